"""What other wheels, folders and files that are verified in the same call bring."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from winarm.coff.buffer import MalformedError
from winarm.coff.image import Image, read_image
from winarm.verify.wheels.archive import Archive, read_archive
from winarm.verify.wheels.content import METHODS, Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError, Entry
from winarm.verify.wheels.filename import WheelName
from winarm.verify.wheels.metadata import allows_version, header_fields, plain_name, requirements

_MOST_MEMBERS = 100_000
_MOST_METADATA = 2**20
#: Bytes of one DLL that is looked into, and of all of one call.
_LARGEST = 64 * 2**20
_MOST_BYTES = 512 * 2**20
#: Files of one name of which DLLs are compared; packages have `__init__.py` by the hundred.
_MOST_OF_A_NAME = 8
#: Paths that are remembered, and wheels whose directory is: reading it again for each of hundreds
#: of DLLs took longer than all the rest.
_MOST_REMEMBERED = 4096
_MOST_DIRECTORIES = 4


class Bringer(NamedTuple):
    """A file that another path brings."""

    #: The wheel, or the file itself.
    path: Path
    #: The member of the wheel, or "".
    member: str = ""

    def content(self, most: int) -> bytes | None:
        """Return its content, or None where it cannot be read or has more than `most` bytes."""
        try:
            if not self.member:
                fits = self.path.is_file() and self.path.stat().st_size <= most
                return self.path.read_bytes() if fits else None
            archive, entries = _directory(self.path, _state(self.path))
            entry = entries[self.member]
            offset = archive.data_offsets.get(entry.header_offset)
            plain = entry.method in METHODS and not entry.is_encrypted and entry.size <= most
            if not (plain and offset):
                return None
            with self.path.open("rb") as file:
                return Content(file, entry, offset).read_all()
        except (ArchiveError, DamagedError, OSError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class Companion:
    """The files that another path brings."""

    #: The distribution of a wheel, spelled as by `plain_name`; "" of a folder or a single file.
    distribution: str
    #: By their names in lower case.
    files: Mapping[str, tuple[Bringer, ...]]
    #: Distributions that a wheel requires, as it names them, and the versions that will do.
    requires: tuple[tuple[str, str], ...] = ()
    #: The version of a wheel.
    version: str = ""
    #: A single file: only other single files see it.
    single: bool = False


class Brought:
    """The files that come with what is verified, and the images among them."""

    def __init__(self, files: Mapping[str, tuple[Bringer, ...]] | None = None) -> None:
        self._files = files or {}
        self._bytes_left = _MOST_BYTES
        self._images: dict[str, tuple[tuple[Bringer, Image], ...]] = {}

    def __contains__(self, file: object) -> bool:
        """Return whether a file, its name in lower case, is brought."""
        return file in self._files

    def images(self, file: str) -> tuple[tuple[Bringer, Image], ...]:
        """Return the images of that name and who brings them; none where one is not known."""
        if file not in self._images:
            read = [self._read(one) for one in self._files.get(file, ())]
            known = tuple(pair for pair in read if pair is not None)
            self._images[file] = known if len(known) == len(read) else ()
        return self._images[file]

    def _read(self, bringer: Bringer) -> tuple[Bringer, Image] | None:
        content = bringer.content(min(self._bytes_left, _LARGEST))
        if content is None:
            return None
        self._bytes_left -= len(content)
        try:
            return bringer, read_image(content, _no_symbols)
        except MalformedError:
            return None


def _no_symbols(_dll: str) -> bool:
    return False


def brought(
    companions: Sequence[Companion], required: Iterable[tuple[str, str]], *, single: bool
) -> Brought:
    """Return the files that come with what is required, directly or by what that requires.

    :param single: the path itself is a single file.
    """
    wheels = [one for one in companions if one.distribution]
    wanted = list(required)
    files: dict[str, tuple[Bringer, ...]] = {}
    chosen = [one for one in companions if not one.distribution and (single or not one.single)]
    while wanted:
        name, versions = wanted.pop()
        plain = plain_name(name)
        for one in [wheel for wheel in wheels if wheel.distribution == plain]:
            if not allows_version(versions, one.version):
                continue
            wheels.remove(one)
            wanted += one.requires
            chosen.append(one)
    for one in chosen:
        for file, bringers in one.files.items():
            files[file] = files.get(file, ()) + bringers
    return Brought(files)


def read_companions(paths: Iterable[Path]) -> Mapping[Path, tuple[Companion, ...]]:
    """Return what each path brings; a folder of wheels stands for the wheels."""
    return {path: tuple(_companions(path)) for path in dict.fromkeys(paths)}


def _state(path: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=_MOST_DIRECTORIES)
def _directory(path: Path, _state: tuple[int, int]) -> tuple[Archive, Mapping[str, Entry]]:
    """Return a wheel's directory, and its members by their names.

    :raises ArchiveError: it is not an archive.
    :raises OSError: it cannot be read.
    """
    with path.open("rb") as file:
        archive = read_archive(file, _MOST_MEMBERS)
    return archive, {entry.name: entry for entry in archive.entries}


def _companions(path: Path) -> Iterator[Companion]:
    try:
        wheels = sorted(path.glob("*.whl")) if path.is_dir() else [path]
        for one in wheels or [path]:
            # The state of a folder stays when a file in it is written again.
            yield from _remembered(one, _state(one))
    except (OSError, ValueError):
        return


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered(path: Path, _state: tuple[int, int]) -> tuple[Companion, ...]:
    """Return what a wheel, a folder without wheels, or a file brings."""
    try:
        if path.is_dir():
            return (Companion("", _by_name(islice(_files(path), _MOST_MEMBERS))),)
        # A pipe would be read for ever.
        if path.suffix.lower() == ".whl":
            return tuple(_wheel(path)) if path.is_file() else ()
    except (OSError, ValueError):
        return ()
    return (Companion("", {path.name.lower(): (Bringer(path),)}, single=True),)


def _by_name(bringers: Iterable[Bringer]) -> Mapping[str, tuple[Bringer, ...]]:
    found: dict[str, tuple[Bringer, ...]] = {}
    for one in bringers:
        file = (one.member or one.path.name).rpartition("/")[2].lower()
        found[file] = (*found.get(file, ())[:_MOST_OF_A_NAME], one)
    return found


def is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a regular file, or a link that leads to one."""
    try:
        return entry.is_file()
    except OSError:
        # The link leads to itself.
        return False


def _files(root: Path) -> Iterator[Bringer]:
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(root / entry.path)
                elif is_file(entry):
                    yield Bringer(Path(entry.path))


def _wheel(path: Path) -> Iterator[Companion]:
    name = WheelName.parse(path.name)
    if name is None:
        return
    try:
        archive, _ = _directory(path, _state(path))
        metadata = b""
        with path.open("rb") as file:
            for entry in archive.entries:
                offset = archive.data_offsets.get(entry.header_offset)
                folder, _, rest = entry.name.partition("/")
                wanted = folder.endswith(".dist-info") and rest == "METADATA"
                if wanted and offset is not None and entry.size <= _MOST_METADATA:
                    metadata = Content(file, entry, offset).read_all()
    except (ArchiveError, DamagedError, OSError):
        return
    files = _by_name(Bringer(path, entry.name) for entry in archive.entries if not entry.is_folder)
    requires = requirements(header_fields(metadata))
    yield Companion(plain_name(name.distribution), files, requires, name.version)
