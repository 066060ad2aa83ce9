"""One folder that shows the libraries of all prefixes as a linker of the target looks for them.

Each linker tries other file names for `-lNAME` and takes a static library or an import library by
an order of its own. In this folder every name is there in each spelling and means one file, the
one that `linkage` chooses, so that setuptools, CMake, Meson and a bare compiler find the same. It
is in winarm's cache and holds links (copies on Windows); nothing is written to a prefix.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.errors import DOCUMENTATION, LibraryError, SettingsError, UsageError
from winarm.libraries import pkg_config
from winarm.libraries.lookup import (
    Found,
    LibraryFile,
    Linkage,
    Refused,
    by_name,
    dlls_in,
    libraries_in,
    names_of,
)
from winarm.libraries.prefix import Prefix, is_folder, prefixes
from winarm.storage import cached_folder, remove_unused
from winarm.target import Target

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.locate.toolchain import Style

#: Changed when the content of a view changes, so that older ones are not used.
FORMAT = 5
#: What says that a view is whole, and what is in it.
_INDEX = "view.json"

#: What installs pkgconf, for messages and for `get_requires_for_build_wheel`.
PKGCONF = "pkgconf>=2.3"


@dataclass(frozen=True, slots=True)
class Native:
    """The native libraries of a build; empty where no prefix is named."""

    prefixes: tuple[Prefix, ...] = ()
    #: Folders with headers, for the front of the search.
    include_dirs: tuple[Path, ...] = ()
    #: Folders with headers that come after the toolchain's own.
    late_include_dirs: tuple[Path, ...] = ()
    #: The view's folder of libraries.
    library_dir: Path | None = None
    #: The view's folder of `.pc` files.
    pkgconfig_dir: Path | None = None
    #: The view's folder of programs: `pkg-config`.
    programs: Path | None = None
    #: The file of each library, by every name that means it, in lower case.
    libraries: Mapping[str, str] = field(default_factory=dict)
    #: What a static library needs, by its name.
    closure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Why a library cannot be linked, by every name that would mean it.
    refused: Mapping[str, str] = field(default_factory=dict)
    #: The packages of `pkg-config`.
    packages: tuple[str, ...] = ()
    #: What the user should know, and what only a curious one wants to.
    notes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def openmp(self) -> Path | None:
        """Return the folder with OpenMP's header, where there is its library, too."""
        folders = (*self.include_dirs, *self.late_include_dirs) if "omp" in self.libraries else ()
        return next((folder for folder in folders if (folder / "omp.h").is_file()), None)

    @property
    def roots(self) -> tuple[Path, ...]:
        """Return the folders in which a build tool may look for headers and packages."""
        return tuple(root for prefix in self.prefixes for root in prefix.roots)


def native_libraries(
    host: Host,
    target: Target,
    style: Style,
    *,
    named: Sequence[str],
    library_dirs: Sequence[str] = (),
    linkage: Linkage = "shared",
    pkgconf: Path | None = None,
    must_have_pkgconf: bool = True,
) -> Native:
    """Return the libraries that the settings name, in a view for one style of toolchains.

    :param named: the prefixes.
    :param library_dirs: further folders with libraries, which come first.
    :param pkgconf: pkgconf's program.
    :param must_have_pkgconf: whether it is an error that it is not there and would be of use.
    :raises SettingsError: a folder does not exist.
    :raises LibraryError: a prefix has nothing for the target.
    :raises UsageError: there are `.pc` files and no pkgconf.
    :raises FileSystemError: the cache cannot be written.
    """
    missing = [f"library-dirs: {one} is not a folder" for one in library_dirs if not is_folder(one)]
    if missing:
        raise SettingsError(missing)
    trees = prefixes(named, target)
    if not trees and not library_dirs:
        return Native()
    pc_dirs = [folder for tree in trees for folder in tree.pkgconfig_dirs]
    has_packages = any(next(folder.glob("*.pc"), None) for folder in pc_dirs)
    if pkgconf is None and must_have_pkgconf and has_packages:
        raise UsageError(
            f"prefix {trees[0].path} has pkg-config files, and pkgconf is not installed.",
            cure=f'pip install "{PKGCONF}", or "winarm[cli]".',
        )
    extra = tuple(map(Path, library_dirs))
    view = _View(host, target, style, trees, extra, linkage, pkgconf)

    def make(part: Path) -> None:
        view.make(part)
        remove_unused(view.folder.parent, "*")

    folder = cached_folder(view.folder, [_INDEX], make)
    index = json.loads((folder / _INDEX).read_text("utf-8"))
    if trees and index["refused"] and not index["libraries"]:
        first = next(iter(index["refused"].values()))
        raise LibraryError(
            f"no library of prefix {trees[0].path} can be used: {first}.",
            cure=f"Name a prefix of {target.processor} libraries. "
            f"See {DOCUMENTATION}/libraries.html",
        )
    return _native(folder, index, trees)


def pkg_config_program(host: Host, native: Native) -> Path | None:
    """Return pkg-config's program for the libraries, where there is one."""
    program = native.programs / f"pkg-config{host.exe}" if native.programs else None
    return program if program and program.is_file() else None


def _native(folder: Path, index: Mapping[str, Any], trees: tuple[Prefix, ...]) -> Native:
    normal = [tree for tree in trees if not tree.has_own_c_library]
    late = [tree for tree in trees if tree.has_own_c_library]
    kinds = [f"prefix {tree.path}: {tree.layout}" for tree in trees]
    return Native(
        prefixes=trees,
        include_dirs=tuple(one for tree in normal for one in tree.include_dirs),
        late_include_dirs=(
            *(one for tree in late for one in tree.include_dirs),
            *map(Path, index["header_dirs"]),
        ),
        library_dir=folder / "lib",
        pkgconfig_dir=folder / "pkgconfig",
        programs=folder / "bin",
        libraries={name: str(folder / "lib" / f) for name, f in index["libraries"].items()},
        closure={name: tuple(names) for name, names in index["closure"].items()},
        refused=index["refused"],
        packages=tuple(index["packages"]),
        notes=tuple(index["notes"]),
        details=(*kinds, *index["details"]),
    )


@dataclass(frozen=True)
class _View:
    """The view of some folders for one style of toolchains."""

    host: Host
    target: Target
    style: Style
    trees: tuple[Prefix, ...]
    library_dirs: tuple[Path, ...]
    linkage: Linkage
    pkgconf: Path | None

    @cached_property
    def folder(self) -> Path:
        """Return where the view is; the name changes with anything that it shows."""
        folders = [
            *self.library_dirs,
            *(one for tree in self.trees for one in (*tree.library_dirs, *tree.pkgconfig_dirs)),
            *(one for tree in self.trees for one in tree.dll_dirs),
        ]
        facts = [
            FORMAT,
            self.target.wheel_platform,
            self.style,
            self.linkage,
            [str(tree.path.absolute()) for tree in self.trees],
            [[str(folder.absolute()), *_listing(folder)] for folder in folders],
            str(self.pkgconf),
        ]
        digest = hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()
        return self.host.cache / "prefixes" / digest[:32]

    def make(self, folder: Path) -> None:
        """Fill `folder`, new and empty, which will be the view's."""
        look = partial(libraries_in, target=self.target, style=self.style)
        found = [
            look(self.library_dirs, without_runtime=False),
            *(look(it.library_dirs, without_runtime=it.has_own_c_library) for it in self.trees),
        ]
        packages = pkg_config.packages_in(
            {
                folder: next(root for root in tree.roots if folder.is_relative_to(root))
                for tree in self.trees
                for folder in tree.pkgconfig_dirs
            }
        )
        names = by_name([one.libraries for one in found], self.linkage)
        # Where there is a DLL and no import library for it.
        alone = [dlls_in(tree.dll_dirs, self.target, self.style, names) for tree in self.trees]
        names = {**by_name(alone, "shared"), **names}
        names |= {alias: names[it] for alias, it in pkg_config.aliases(packages, names).items()}
        static = by_name(
            [[one for one in group.libraries if one.linkage == "static"] for group in found],
            "static",
        )
        files = self._write_libraries(folder / "lib", names, static)
        self._write_packages(folder / "pkgconfig", packages, names, files)
        self._write_programs(folder / "bin")
        refused = [one for group in found for one in group.refused]
        closure = self._closure(packages, names)
        _write_needs(folder / "lib", "{}.lib", closure)
        _write_needs(folder / "lib", "lib{}.a", self._closure(packages, static))
        index = {
            "libraries": files,
            "closure": closure,
            "refused": _refused_names(refused, names),
            "packages": list(packages),
            "header_dirs": [str(one) for one in self._header_dirs(packages)],
            "notes": [*_twice(found, self.trees), *_refusals(refused)],
            "details": [f"{name}.pc: {why}" for name, why in pkg_config.broken(packages).items()],
        }
        text = json.dumps(index, ensure_ascii=True)
        (folder / _INDEX).write_text(text, encoding="utf-8")

    def _write_libraries(
        self, folder: Path, names: Mapping[str, LibraryFile], static: Mapping[str, LibraryFile]
    ) -> dict[str, str]:
        """Put every library under each of its names; return the file of each name."""
        folder.mkdir()
        files: dict[str, str] = {}
        for name, library in names.items():
            if not _is_file_name(name):
                continue
            # zig tries NAME.lib first, other MinGW linkers libNAME.dll.a and libNAME.a.
            files[name] = f"{name}.lib"
            spellings = [files[name]]
            if self.style == "gnu":
                if library.linkage == "shared":
                    spellings.append(f"lib{name}.dll.a")
                if name in static:
                    self._link(static[name].path, folder / f"lib{name}.a")
            for spelling in spellings:
                self._link(library.path, folder / spelling)
        return files

    def _write_packages(
        self,
        folder: Path,
        packages: Mapping[str, pkg_config.Package],
        names: Mapping[str, LibraryFile],
        files: Mapping[str, str],
    ) -> None:
        folder.mkdir()
        final = self.folder / "lib"
        by_path = {
            pkg_config.normal(library.path.as_posix()): final / files[name]
            for name, library in names.items()
            if name in files
        }
        own_dirs = [one for tree in self.trees for one in tree.library_dirs]
        for name, package in pkg_config.named(packages).items():
            text = pkg_config.rewritten(
                package,
                library_dir=final,
                own_dirs=own_dirs,
                library_files=by_path,
                known=packages,
                static=self.linkage == "static",
                msvc=self.style == "msvc",
            )
            (folder / f"{name}.pc").write_text(text, encoding="utf-8")

    def _write_programs(self, folder: Path) -> None:
        folder.mkdir()
        if self.pkgconf is not None:
            for name in ("pkg-config", "pkgconf"):
                # Not a link: the environment that it is from may be a temporary one.
                shutil.copy(self.pkgconf, folder / f"{name}{self.host.exe}")

    def _closure(
        self, packages: Mapping[str, pkg_config.Package], names: Mapping[str, LibraryFile]
    ) -> dict[str, list[str]]:
        """Return what each static library needs, as the `.pc` files tell."""
        found: dict[str, list[str]] = {}
        for package in packages.values():
            own = package.libraries()
            needed = pkg_config.needed_by(package, packages)
            for position, name in enumerate(own):
                library = names.get(name)
                if library is not None and library.linkage == "static":
                    found[library.path.as_posix()] = [*own[position + 1 :], *needed]
        return {
            name: found[library.path.as_posix()]
            for name, library in names.items()
            if library.path.as_posix() in found
        }

    def _header_dirs(self, packages: Mapping[str, pkg_config.Package]) -> list[Path]:
        """Return the folders of headers that packages name below the prefixes' own.

        Projects that do not ask pkg-config expect them to be known: `include/libxml2`.
        """
        includes = [one for tree in self.trees for one in tree.include_dirs]
        named = (
            Path(os.path.normpath(word[2:]))
            for package in packages.values()
            for word in pkg_config.split(package.fields.get("Cflags", ""))
            if word.startswith("-I")
        )
        return [
            folder
            for folder in dict.fromkeys(named)
            if folder.is_dir()
            and folder not in includes
            and any(folder.is_relative_to(include) for include in includes)
        ]

    def _link(self, file: Path, to: Path) -> None:
        if to.exists():
            return
        if self.host.system == "windows":
            # Links need a privilege there.
            shutil.copyfile(file, to)
        else:
            to.symlink_to(file.absolute())


def _write_needs(folder: Path, spelling: str, closure: Mapping[str, Sequence[str]]) -> None:
    """Write what static libraries need next to them, for the one-word tools."""
    for name, needed in closure.items():
        file = folder / spelling.format(name)
        if file.is_file():
            Path(f"{file}.needs").write_text("\n".join(needed), encoding="utf-8")


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    """Return what changes when a file of a folder does."""
    found: list[tuple[str, int, int]] = []
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            # A dangling link has no status; changes of the other entries must still be seen.
            with contextlib.suppress(OSError):
                status = entry.stat()
                found.append((entry.name, status.st_size, status.st_mtime_ns))
    return found


def _is_file_name(name: str) -> bool:
    return not set(name) & set('/\\:*?"<>|\0')


def _refused_names(refused: Sequence[Refused], names: Mapping[str, object]) -> dict[str, str]:
    """Return why libraries cannot be linked, by the names that only they would have."""
    return {
        name: f"{one.path}: {one.why}"
        for one in refused
        for name in names_of(one.stem)
        if name not in names
    }


def _refusals(refused: Sequence[Refused]) -> list[str]:
    most = 5
    lines = [f"{one.path} is not used: {one.why}" for one in refused[:most]]
    more = len(refused) - most
    return [*lines, f"{more} more libraries are not used"] if more > 0 else lines


def _twice(found: Sequence[Found], trees: Sequence[Prefix]) -> list[str]:
    """Return which libraries are in two prefixes."""
    first: dict[str, Path] = {}
    twice: dict[tuple[Path, Path], list[str]] = {}
    for tree, group in zip(trees, found[1:], strict=True):
        for stem in dict.fromkeys(library.stem.removeprefix("lib") for library in group.libraries):
            other = first.setdefault(stem, tree.path)
            if other != tree.path:
                twice.setdefault((other, tree.path), []).append(stem)
    most = 5
    return [
        f"{', '.join(stems[:most])}{' and others' if len(stems) > most else ''}: in the prefixes "
        f"{one} and {other}; the first is used"
        for (one, other), stems in twice.items()
    ]


def as_json(native: Native) -> dict[str, Any]:
    """Return what the child needs to know, as JSON has it."""
    return {
        "include_dirs": [str(one) for one in native.include_dirs],
        "late_include_dirs": [str(one) for one in native.late_include_dirs],
        "library_dirs": [str(native.library_dir)] if native.library_dir else [],
        "roots": [str(one) for one in native.roots],
        "openmp": str(native.openmp or ""),
        "libraries": dict(native.libraries),
        "closure": {name: list(names) for name, names in native.closure.items()},
        "refused": dict(native.refused),
    }
