"""Which package of a prefix a DLL belongs to, and the files with that package's licence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.libraries.lookup import dll_stem, names_of, unversioned

if TYPE_CHECKING:
    from winarm.libraries.prefix import Prefix

#: Files of a licence, by how their names begin.
_LICENCE = re.compile(r"(licen[cs]e|copying|copyright|notice|authors)", re.IGNORECASE)
#: Projects whose libraries have other names.
_PROJECTS = {
    "crypto": "openssl",
    "ssl": "openssl",
    "exslt": "libxslt",
    "jpeg": "libjpeg-turbo",
    "turbojpeg": "libjpeg-turbo",
}
#: Longest licence that is copied, in bytes, and the most files of one package.
MAX_SIZE = 2**20
MAX_FILES = 50


@dataclass(frozen=True, slots=True)
class Component:
    """A package that a DLL comes from, as far as the prefix tells."""

    name: str
    version: str = ""
    #: The licence in the package's own words.
    licence: str = ""
    files: tuple[Path, ...] = ()


def component_of(dll: Path, prefixes: Sequence[Prefix]) -> Component:
    """Return the package that a prefix's DLL is of."""
    root = next(
        (root for prefix in prefixes for root in prefix.roots if dll.is_relative_to(root)), None
    )
    stem = dll_stem(dll.name)
    found = _of_wheel(dll)
    if found is None and root is not None:
        found = _of_vcpkg(dll, root) or _of_conda(dll, root) or _of_msys2(dll, root)
    if found is not None or root is None:
        return found or Component(_plain(stem), files=_licences(dll.parent))
    files = tuple(_by_place(stem, root))[:MAX_FILES]
    # `share/licenses/libxml2` says what the package is called.
    named = [file.parent.name for file in files if _key(file.parent.name) in _wanted(stem)]
    return Component(named[0] if named else _plain(stem), files=files)


def _plain(stem: str) -> str:
    return unversioned(stem) or stem


def _of_wheel(dll: Path) -> Component | None:
    """Return the package of an unpacked wheel; its metadata describes it."""
    for folder in dll.parents:
        infos = _entries(folder, "*.dist-info")
        if len(infos) == 1:
            metadata = Parser().parsestr(_text(infos[0] / "METADATA"), headersonly=True)
            licence = metadata["License-Expression"] or metadata["License"] or ""
            return Component(
                metadata["Name"] or infos[0].stem.partition("-")[0],
                metadata["Version"] or "",
                # The whole text of the licence may follow.
                licence.partition("\n")[0].strip(),
                _licences(infos[0] / "licenses", all_=True) or _licences(infos[0]),
            )
    return None


def _of_vcpkg(dll: Path, root: Path) -> Component | None:
    """Return vcpkg's port; `vcpkg/info` lists the files of each."""
    member = f"{root.name}/{dll.relative_to(root).as_posix()}"
    for file in _entries(root.parent / "vcpkg" / "info", "*.list"):
        if member in _text(file).splitlines():
            port, _, rest = file.stem.partition("_")
            licences = (root / "share" / port / "copyright",)
            files = tuple(one for one in licences if one.is_file())
            return Component(port, rest.partition("_")[0], files=files)
    return None


def _of_conda(dll: Path, root: Path) -> Component | None:
    """Return conda's package; `conda-meta` describes each, its cache has the licences."""
    environment = root.parent if root.name == "Library" else root
    member = dll.relative_to(environment).as_posix()
    for file in _entries(environment / "conda-meta", "*.json"):
        text = _text(file, 64 * MAX_SIZE)
        if member not in text:
            continue
        try:
            record = json.loads(text)
            if member not in record.get("files", ()):
                continue
            folder = Path(str(record.get("extracted_package_dir", ""))) / "info" / "licenses"
            name, version = str(record["name"]), str(record.get("version", ""))
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            continue
        return Component(
            name, version, str(record.get("license", "")), _licences(folder, all_=True)
        )
    return None


def _of_msys2(dll: Path, root: Path) -> Component | None:
    """Return MSYS2's package; pacman's database lists the files of each."""
    member = f"{root.name}/{dll.relative_to(root).as_posix()}"
    for folder in _entries(root.parent / "var" / "lib" / "pacman" / "local", "*"):
        if member in _text(folder / "files").splitlines():
            name = re.sub(r"^mingw-w64-(clang-)?(aarch64|x86_64|i686)-", "", folder.name)
            match = re.fullmatch(r"(.+)-([^-]+)-[^-]+", name)
            port, version = (match[1], match[2]) if match else (name, "")
            return Component(
                port, version, files=_licences(root / "share/licenses" / port, all_=True)
            )
    return None


def _by_place(stem: str, root: Path) -> Iterator[Path]:
    """Yield the licences that are where `make install` and its relatives put them."""
    wanted = _wanted(stem)
    for place in ("share/licenses", "share/doc", "share", "licenses"):
        for folder in _entries(root / place, "*"):
            if folder.is_dir() and _key(folder.name) in wanted:
                yield from _licences(folder, all_=place.endswith("licenses"))
    # conan's packages are of one library.
    yield from _licences(root / "licenses")
    yield from _licences(root)


def _wanted(stem: str) -> set[str]:
    plain = unversioned(stem)
    return {_key(name) for name in (*names_of(stem), plain, _PROJECTS.get(plain, plain))}


def _key(name: str) -> str:
    """Return a name without `lib`, version and punctuation."""
    return re.sub(r"[^a-z0-9]", "", unversioned(name.lower()))


def _licences(folder: Path, *, all_: bool = False) -> tuple[Path, ...]:
    """Return the files of licences in a folder; with `all_`, every file."""
    files: Iterable[Path] = _entries(folder, "**/*" if all_ else "*")
    return tuple(
        file
        for file in files
        if (all_ or _LICENCE.match(file.name))
        and file.is_file()
        and file.stat().st_size <= MAX_SIZE
    )[:MAX_FILES]


def _entries(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except (OSError, ValueError):
        return []


def _text(file: Path, most: int = 16 * MAX_SIZE) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
