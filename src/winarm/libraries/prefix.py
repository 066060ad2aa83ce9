"""Install trees of libraries for the target, in the layouts of those who make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from winarm.errors import DOCUMENTATION, LibraryError, SettingsError

if TYPE_CHECKING:
    from winarm.target import Target

Layout = Literal["make install", "vcpkg", "conda", "MSYS2", "conan", "package"]

#: How deep below a prefix conan's deployers and Python packages keep their folders:
#: `full_deploy/host/zlib/1.3.1/Release/armv8`.
MAX_DEPTH = 6
#: Folders that are looked at on the way down.
MAX_FOLDERS = 2000

#: MSYS2's environment of each target, by LLVM's name of its instruction set.
_MSYS2 = {"aarch64": "clangarm64", "x86_64": "clang64", "i686": "clang32"}


@dataclass(frozen=True, slots=True)
class Prefix:
    """One tree of libraries: `include`, `lib` and what belongs to them."""

    #: As the user named it.
    path: Path
    layout: Layout
    #: The folders that hold `include` and `lib`; several for conan's deployers.
    roots: tuple[Path, ...]

    @property
    def include_dirs(self) -> tuple[Path, ...]:
        """Return the folders with headers."""
        return _folders(self.roots, ("include",))

    @property
    def library_dirs(self) -> tuple[Path, ...]:
        """Return the folders with libraries to link."""
        return _folders(self.roots, ("lib", "lib64"))

    @property
    def dll_dirs(self) -> tuple[Path, ...]:
        """Return the folders that may have DLLs."""
        return _folders(self.roots, ("bin", "lib", "lib64"))

    @property
    def pkgconfig_dirs(self) -> tuple[Path, ...]:
        """Return the folders with `.pc` files."""
        return _folders(
            self.roots, ("lib/pkgconfig", "lib64/pkgconfig", "share/pkgconfig", "libdata/pkgconfig")
        )

    @property
    def has_own_c_library(self) -> bool:
        """Return whether the headers of C and Windows are among those of the libraries.

        They belong to the compiler that is installed with them.
        """
        return any((folder / "_mingw.h").is_file() for folder in self.include_dirs)


def prefixes(named: Sequence[str], target: Target) -> tuple[Prefix, ...]:
    """Return the trees that the setting `prefix` names.

    :raises SettingsError: one of them is not a folder.
    :raises LibraryError: one of them has neither headers nor libraries.
    """
    missing = [f"prefix: {folder} is not a folder" for folder in named if not is_folder(folder)]
    if missing:
        raise SettingsError(missing)
    return tuple(recognised(Path(folder), target) for folder in named)


def is_folder(path: str) -> bool:
    """Return whether there is a folder; a path that the system refuses is none."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def recognised(path: Path, target: Target) -> Prefix:
    """Return the tree at `path`, whichever layout it has.

    :raises LibraryError: there are neither headers nor libraries.
    """
    for layout, root in _whole_trees(path, target):
        if _is_root(root):
            return Prefix(path, layout, (root,))
    roots = tuple(_roots_below(path))
    if not roots:
        raise LibraryError(
            f"prefix {path} has no libraries: there is no folder `include` or `lib` in it.",
            why="A prefix is what `make install` fills, vcpkg's installed/arm64-windows, conda's "
            "Library, MSYS2's clangarm64, or the folder of a conan deployer.",
            cure=f"Name one of these. See {DOCUMENTATION}/libraries.html",
        )
    is_conan = any("_deploy" in part for root in roots for part in root.parts)
    return Prefix(path, "conan" if is_conan else "package", roots)


def _whole_trees(path: Path, target: Target) -> Iterator[tuple[Layout, Path]]:
    """Yield where each layout that has all of its libraries in one tree keeps it."""
    msys2 = _MSYS2[target.cpu]
    triplet = f"{target.vs_arch}-windows"
    if path.name == msys2:
        yield "MSYS2", path
    yield "MSYS2", path / msys2
    if (path.parent / "vcpkg").is_dir():
        yield "vcpkg", path
    for installed in (path, path / "installed", path / "vcpkg_installed"):
        # Other triplets of a machine are such as arm64-windows-static.
        for folder in (installed / triplet, *sorted(installed.glob(f"{triplet}-*"))):
            yield "vcpkg", folder
    if (path.parent / "conda-meta").is_dir():
        yield "conda", path
    yield "conda", path / "Library"
    yield "make install", path


def _is_root(folder: Path) -> bool:
    return (folder / "include").is_dir() or (folder / "lib").is_dir()


def _roots_below(path: Path) -> Iterator[Path]:
    """Yield the uppermost folders below `path` that have headers or libraries."""
    level, looked_at = [path], 0
    for _ in range(MAX_DEPTH):
        below = []
        for folder in level:
            for entry in _subfolders(folder):
                looked_at += 1
                if looked_at > MAX_FOLDERS:
                    return
                if _is_root(entry):
                    yield entry
                else:
                    below.append(entry)
        level = below


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(
            entry
            for entry in folder.iterdir()
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")
        )
    except OSError:
        return []


def _folders(roots: Iterable[Path], names: Sequence[str]) -> tuple[Path, ...]:
    """Return those folders of the roots that are there, once each."""
    found = (root / name for root in roots for name in names)
    seen: dict[Path, Path] = {}
    for folder in found:
        if folder.is_dir():
            # lib64 is often a link to lib.
            seen.setdefault(folder.resolve(), folder)
    return tuple(seen.values())
