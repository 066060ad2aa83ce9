"""Unpacking archives that nobody vouches for: bounded, and never outside the folder named.

Only regular files and folders are written. A link inside a tar becomes the file that it names, or
stays a link where it names a folder; one that leads out of the archive is an error, and so are
devices. Counts, sizes and the ratio of compression are bounded while unpacking, since what an
archive says of itself may be a lie.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from winarm.errors import FileSystemError
from winarm.project.archive_members import (
    HOSTILE,
    MAX_SIZE,
    ArchiveError,
    damaged,
    members,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path, PurePosixPath

    from winarm.project.archive_members import Member

MAX_MEMBERS = 100_000
#: Times that an archive may grow; small ones may grow more, since empty files compress well.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 64 * 2**20
#: A link may name a link; one that still leads nowhere after that is of no use to anybody.
MAX_LINKS_IN_A_ROW = 8

#: What tarfile, zipfile and the decompressors raise for bytes that they do not expect.
_BAD_DATA = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
)
#: An archive with impossible names, such as a file that is a folder too; without a number it is
#: bad data, as gzip and bz2 report it.
_BAD_NAMES = frozenset(
    (None, errno.EEXIST, errno.EINVAL, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOTDIR)
)


def unpack(
    archive: Path, into: Path, *, wanted: Callable[[PurePosixPath], bool] = lambda _: True
) -> None:
    """Unpack the members of `archive` that are `wanted` into the folder `into`.

    :raises ArchiveError: the archive is damaged or hostile; what was written so far stays.
    :raises FileSystemError: the folder cannot be written, or is full.
    """
    try:
        _write_all(archive, into, members(archive), wanted)
    except _BAD_DATA as error:
        raise damaged(archive, str(error)) from error
    except OSError as error:
        if error.errno in _BAD_NAMES:
            raise damaged(archive, str(error)) from error
        raise FileSystemError(error.filename or into, error) from error


def top_folder(into: Path, archive: Path) -> Path:
    """Return the one folder that an archive unpacked into `into` has at its top.

    :raises ArchiveError: there are none, or more.
    """
    # Archives made on macOS may have AppleDouble files (`._name`) beside the folder.
    entries = [entry for entry in into.iterdir() if not entry.name.startswith("._")]
    if len(entries) == 1 and entries[0].is_dir():
        return entries[0]
    message = f"{archive.name} does not have exactly one folder at its top."
    raise ArchiveError(
        message,
        why="A source distribution keeps everything in one folder, NAME-VERSION.",
        cure="Unpack it yourself and build the folder that has the project in it.",
    )


@dataclass(slots=True)
class _Budget:
    """Counts what an archive has become, and stops it when that is too much."""

    archive: Path
    members: int = 0
    size: int = 0
    packed: int = field(init=False)

    def __post_init__(self) -> None:
        self.packed = self.archive.stat().st_size

    def count_member(self) -> None:
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise too_large(self.archive, f"more than {MAX_MEMBERS} members")

    def count_bytes(self, count: int) -> None:
        self.size += count
        if self.size > MAX_SIZE:
            raise too_large(self.archive, f"more than {MAX_SIZE} bytes")
        if self.size > max(RATIO_COUNTS_FROM, MAX_RATIO * self.packed):
            raise too_large(self.archive, f"more than {MAX_RATIO} times its own size")


def _write_all(
    archive: Path,
    into: Path,
    found: Iterator[Member],
    wanted: Callable[[PurePosixPath], bool],
) -> None:
    budget = _Budget(archive)
    links: list[Member] = []
    for member in found:
        budget.count_member()
        if not wanted(member.path):
            continue
        if member.kind == "folder":
            (into / member.path).mkdir(parents=True, exist_ok=True)
        elif member.content is not None:
            _write(member, member.content, into / member.path, budget)
        else:
            # After everything else, so that no file can be written through a link.
            links.append(member)
    for _ in range(MAX_LINKS_IN_A_ROW):
        links = [member for member in links if not _write_link(member, into, budget)]


def _write(member: Member, content: IO[bytes], path: Path, budget: _Budget) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while chunk := content.read(65536):
            budget.count_bytes(len(chunk))
            file.write(chunk)
    path.chmod(0o755 if member.executable else 0o644)
    # Cython and make compare the time of a source with that of what was made from it.
    os.utime(path, (member.modified, member.modified))


def _write_link(member: Member, into: Path, budget: _Budget) -> bool:
    """Write a link; return False when what it names is not there, or not yet."""
    path = into / member.path
    path.parent.mkdir(parents=True, exist_ok=True)
    base = into if member.kind == "hard link" else path.parent
    try:
        # Strict: every part of it exists already, so its meaning cannot change later.
        named = (base / member.link).resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    if not named.is_relative_to(into.resolve()):
        message = f"{budget.archive.name} has a link that leads out of it: {member.path}."
        raise ArchiveError(message, why=HOSTILE)
    if named.is_dir():
        path.symlink_to(member.link, target_is_directory=True)
    else:
        budget.count_bytes(named.stat().st_size)
        with contextlib.suppress(shutil.SameFileError):
            shutil.copy2(named, path)
    return True
