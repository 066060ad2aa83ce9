"""What other wheels, folders and files that are verified in the same call bring."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError
from winarm.verify.wheels.filename import WheelName
from winarm.verify.wheels.metadata import header_fields, required_names, same_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MOST_MEMBERS = 100_000
_MOST_METADATA = 2**20


@dataclass(frozen=True, slots=True)
class Companion:
    """The files that another path brings."""

    #: The distribution of a wheel; "" of a folder or a single file.
    distribution: str
    #: File names in lower case.
    files: frozenset[str]
    #: Distributions that a wheel requires, as it names them.
    requires: frozenset[str] = frozenset()
    #: A single file: only other single files see it.
    single: bool = False


def brought(
    companions: Iterable[Companion], required: Iterable[str], *, single: bool
) -> frozenset[str]:
    """Return the files that come with what is required, directly or by what that requires.

    :param single: the path itself is a single file.
    """
    wheels = [one for one in companions if one.distribution]
    wanted = list(required)
    files: set[str] = set()
    for one in companions:
        if not one.distribution and (single or not one.single):
            files |= one.files
    while wanted:
        name = wanted.pop()
        for one in [wheel for wheel in wheels if same_name(wheel.distribution, name)]:
            wheels.remove(one)
            wanted += one.requires
            files |= one.files
    return frozenset(files)


def read_companions(paths: Iterable[Path]) -> tuple[Companion, ...]:
    """Return what each path brings; a folder of wheels stands for the wheels."""
    return tuple(one for path in dict.fromkeys(paths) for one in _companions(path))


@lru_cache(maxsize=256)
def _companions(path: Path) -> tuple[Companion, ...]:
    try:
        if path.is_dir():
            wheels = sorted(path.glob("*.whl"))
            if wheels:
                return tuple(one for wheel in wheels for one in _wheel(wheel))
            return (Companion("", frozenset(islice(_names(path), _MOST_MEMBERS))),)
        if path.suffix.lower() == ".whl":
            return tuple(_wheel(path))
    except (OSError, ValueError):
        return ()
    return (Companion("", frozenset({path.name.lower()}), single=True),)


def _names(root: Path) -> Iterator[str]:
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(root / entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry.name.lower()


def _wheel(path: Path) -> Iterator[Companion]:
    name = WheelName.parse(path.name)
    if name is None:
        return
    try:
        with path.open("rb") as file:
            archive = read_archive(file, _MOST_MEMBERS)
            metadata = b""
            for entry in archive.entries:
                offset = archive.data_offsets.get(entry.header_offset)
                folder, _, rest = entry.name.partition("/")
                wanted = folder.endswith(".dist-info") and rest == "METADATA"
                if wanted and offset is not None and entry.size <= _MOST_METADATA:
                    metadata = Content(file, entry, offset).read_all()
    except (ArchiveError, DamagedError, OSError):
        return
    files = frozenset(entry.name.rpartition("/")[2].lower() for entry in archive.entries)
    yield Companion(name.distribution, files, required_names(header_fields(metadata)))
