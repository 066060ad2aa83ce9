"""Unpacking source distributions and wheels: inside one folder, and bounded."""

from __future__ import annotations

import errno
import os
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from winarm.errors import FileSystemError, SourceError

#: Endings of the archives that can be unpacked, as pip and PyPI know them for sdists.
ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".tar", ".zip")

MAX_MEMBERS = 100_000
#: Bytes that all files of an archive may have together.
MAX_SIZE = 4 * 2**30

#: What tarfile, zipfile and the decompressors raise for bytes that they do not expect.
BAD_DATA = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError),
)
#: An archive with impossible names; without a number it is bad data, as gzip and bz2 report it.
_BAD_NAMES = (None, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOTDIR)


def ending(name: str) -> str | None:
    """Return which of `ENDINGS` a file's name has, or None."""
    return next((end for end in ENDINGS if name.lower().endswith(end)), None)


def unpack(
    archive: Path, into: Path, *, wanted: Callable[[PurePosixPath], bool] = lambda _: True
) -> None:
    """Unpack the members of `archive` that are `wanted` into the folder `into`.

    :raises SourceError: the archive is damaged or hostile; what was written so far stays.
    :raises FileSystemError: the folder cannot be written, or is full.
    """
    try:
        if ending(archive.name) in {".zip", None}:
            _unpack_zip(archive, into, wanted)
        else:
            _unpack_tar(archive, into, wanted)
    except BAD_DATA as error:
        raise _damaged(archive, str(error)) from error
    except OSError as error:
        if error.errno in _BAD_NAMES:
            raise _damaged(archive, str(error)) from error
        raise FileSystemError(error.filename or into, error) from error


def _unpack_tar(archive: Path, into: Path, wanted: Callable[[PurePosixPath], bool]) -> None:
    """Unpack a tar through the `data` filter (PEP 706), which keeps members and links inside."""
    if not hasattr(tarfile, "data_filter"):
        raise SourceError(
            "this Python is too old to unpack source distributions safely.",
            cure="Use Python 3.11.4 or newer, or unpack it yourself and build the folder.",
        )
    with tarfile.open(archive) as tar:
        size = 0
        for number, member in enumerate(tar):
            size += member.size
            _require_bounds(archive, number, size)
            if wanted(PurePosixPath(member.name)):
                tar.extract(member, into, filter="data")


def _unpack_zip(archive: Path, into: Path, wanted: Callable[[PurePosixPath], bool]) -> None:
    """Unpack a zip; zipfile drops what would lead out of the folder from names."""
    with zipfile.ZipFile(archive) as file:
        size = 0
        for number, member in enumerate(file.infolist()):
            size += member.file_size
            _require_bounds(archive, number, size)
            if wanted(PurePosixPath(member.filename)):
                path = file.extract(member, into)
                if not member.is_dir():
                    # Cython and make compare the times of a source and of what was made from it.
                    changed = max(time.mktime((*member.date_time, 0, 0, -1)), 0)
                    os.utime(path, (changed, changed))


def top_folder(into: Path, archive: Path) -> Path:
    """Return the one folder that an archive unpacked into `into` has at its top.

    :raises SourceError: there are none, or more.
    """
    # Archives made on macOS may have AppleDouble files (`._name`) next to the folder.
    entries = [entry for entry in into.iterdir() if not entry.name.startswith("._")]
    if len(entries) == 1 and entries[0].is_dir():
        return entries[0]
    raise SourceError(
        f"{archive.name} does not have exactly one folder at its top.",
        why="A source distribution has everything in one folder, NAME-VERSION.",
        cure="Unpack it yourself and build the folder that has the project in it.",
    )


def _require_bounds(archive: Path, members: int, size: int) -> None:
    if members < MAX_MEMBERS and size <= MAX_SIZE:
        return
    bound = f"{MAX_MEMBERS} members" if members >= MAX_MEMBERS else f"{MAX_SIZE // 2**30} GiB"
    raise SourceError(
        f"{archive.name} unpacks to more than {bound}.",
        cure="If it is right, unpack it yourself and build the folder.",
    )


def _damaged(archive: Path, reason: str) -> SourceError:
    return SourceError(
        f"{archive.name} cannot be unpacked: {reason or 'it ends too early'}.",
        why="It is damaged, was not downloaded completely, or is not an archive of this kind.",
        cure="Download it again.",
    )
