"""Which DLLs a wheel needs that only prefixes have, and the chain of images that needs each."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.image import Image, read_image
from winarm.errors import DOCUMENTATION, LibraryError, SourceError
from winarm.locate.folders import files
from winarm.project.archives import BAD_DATA
from winarm.target import Target
from winarm.verify.dlls import Origin, origin_of

#: Endings of images in a wheel.
IMAGE_SUFFIXES = (".pyd", ".dll", ".exe")
#: Longest image that is read, in bytes, and the most DLLs that are followed.
MAX_IMAGE = 2**30
MAX_DLLS = 2000

#: Who brings a DLL that is never copied: Windows, Python, a driver; a debug runtime may not be.
_NEVER = frozenset(
    (
        Origin.SYSTEM,
        Origin.PYTHON,
        Origin.VCRUNTIME_1,
        Origin.DEBUG_RUNTIME,
        Origin.DRIVER,
        Origin.BUILD_TREE,
    )
)


@dataclass(frozen=True, slots=True)
class Needed:
    """A DLL that is to be copied into a wheel."""

    #: As it is imported, in lower case.
    name: str
    path: Path
    #: The images that need it, from a member of the wheel on.
    chain: tuple[str, ...]


def needed_dlls(
    wheel: Path,
    folders: Sequence[Path],
    target: Target,
    *,
    external: Iterable[str] = (),
    cpp_runtime: Path | None = None,
) -> tuple[tuple[Needed, ...], frozenset[str]]:
    """Return the DLLs in `folders` that the wheel's images need, and those that these need.

    Next to them: the names, in lower case, of all other DLLs that any of these imports.

    What is in no folder is not there: verification reports it. A DLL of a prefix that needs one
    that is nowhere is an error here, since it would be copied in vain.

    :param external: patterns of DLLs that something else brings.
    :param cpp_runtime: a folder with msvcp140.dll and its relatives, where these are wanted.
    :raises LibraryError: a DLL is for another machine, or needs one that is nowhere.
    :raises SourceError: the wheel cannot be read.
    """
    own, pending = _images_of(wheel)
    index = _index(folders)
    runtime = _index([cpp_runtime] if cpp_runtime else [])
    found: dict[str, Needed] = {}
    imported = set[str]()
    while pending:
        chain, image = pending.pop()
        for dll in dict.fromkeys(item.dll for item in image.needed):
            name = dll.lower()
            imported.add(name)
            is_runtime = origin_of(name, target) is Origin.CPP_RUNTIME
            path = (runtime if is_runtime else index).get(name)
            if name in own or name in found or _is_given(name, target, external):
                continue
            if path is None:
                if len(chain) > 1 and not is_runtime:
                    raise _nowhere(dll, chain)
                continue
            found[name] = Needed(name, path, chain)
            if len(found) > MAX_DLLS:
                raise LibraryError(f"{wheel.name} needs more than {MAX_DLLS} DLLs of the prefixes.")
            pending.append(((*chain, path.name), _read(path, target)))
    return tuple(found[name] for name in sorted(found)), frozenset(imported - found.keys())


def _images_of(wheel: Path) -> tuple[set[str], list[tuple[tuple[str, ...], Image]]]:
    """Return the names of a wheel's DLLs in lower case, and its images with their members."""
    names: set[str] = set()
    images: list[tuple[tuple[str, ...], Image]] = []
    try:
        with zipfile.ZipFile(wheel) as archive:
            for info in archive.infolist():
                if not info.filename.lower().endswith(IMAGE_SUFFIXES) or info.file_size > MAX_IMAGE:
                    continue
                names.add(info.filename.rpartition("/")[2].lower())
                try:
                    image = read_image(archive.read(info), wanted=lambda _: False)
                except MalformedError:
                    # Verification reports it.
                    continue
                images.append(((info.filename,), image))
    except (OSError, *BAD_DATA) as error:
        raise SourceError(f"{wheel} cannot be read: {error}") from error
    return names, images


def _index(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the DLLs of the folders by name in lower case; the first of a name counts."""
    found: dict[str, Path] = {}
    for file in (file for folder in folders for file in files(folder)):
        if file.suffix.lower() == ".dll":
            found.setdefault(file.name.lower(), file)
    return found


def _is_given(name: str, target: Target, external: Iterable[str]) -> bool:
    if any(fnmatchcase(name, pattern.lower()) for pattern in external):
        return True
    return origin_of(name, target) in _NEVER


def _read(path: Path, target: Target) -> Image:
    try:
        image = read_image(path.read_bytes(), wanted=lambda _: False)
    except (OSError, MalformedError) as error:
        raise LibraryError(f"{path} cannot be copied into the wheel: {error}") from error
    if not image.loads_on(target):
        raise LibraryError(
            f"{path} is for {image.label}, not for {target.processor}.",
            why="The wheel needs it, and a prefix has it for another machine.",
            cure=f"Name a prefix of {target.processor} libraries.",
        )
    return image


def _nowhere(dll: str, chain: tuple[str, ...]) -> LibraryError:
    return LibraryError(
        f"{' needs '.join((*chain, dll))}, which is in no prefix.",
        why="The wheel would not load: neither Windows nor Python has that DLL.",
        cure="Add the prefix that has it: -C winarm.prefix=DIR, or --prefix DIR of winarm repair. "
        "If something else brings it, name it in external of [tool.winarm.verify]. "
        f"See {DOCUMENTATION}/libraries.html",
    )
