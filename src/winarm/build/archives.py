"""Unpacking archives that nobody vouches for: bounded, and never outside the folder named.

Only regular files and folders are written. A link inside a tar becomes the file that it names, or
stays a link where it names a folder; one that leads out of the archive is an error, and so are
devices. Counts, sizes and the ratio of compression are bounded while unpacking, since what an
archive says of itself may be a lie.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import os
import shutil
import stat
import tarfile
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, TYPE_CHECKING, Literal, cast

from winarm.errors import FileSystemError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Endings of the archives that can be unpacked, as pip and PyPI know them for sdists.
ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar", ".zip")

MAX_MEMBERS = 100_000
#: Bytes that all files of an archive may have together.
MAX_SIZE = 4 * 2**30
#: Times that an archive may grow; small ones may grow more, since empty files compress well.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 64 * 2**20
#: Bytes asked for at once; a tar with a longer header (a name, extended attributes) is hostile.
MAX_READ = 2**20
#: Longest link that a zip may hold, in bytes; PATH_MAX of Linux.
MAX_LINK = 4096
#: A link may name a link; one that still leads nowhere after that is of no use to anybody.
MAX_LINKS_IN_A_ROW = 8

_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
_HOSTILE = "No build tool makes such an archive: it is damaged, or made to do harm."


class ArchiveError(SourceError):
    """An archive is damaged, too large, or would write where it must not."""


Kind = Literal["file", "folder", "hard link", "symbolic link"]


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive; `content` can be read until the next member is asked for."""

    path: PurePosixPath
    kind: Kind
    executable: bool = False
    #: Seconds since 1970.
    modified: float = 0
    #: What a link names, as written.
    link: str = ""
    content: IO[bytes] | None = None


def ending(name: str) -> str | None:
    """Return which of `ENDINGS` a file's name has, or None."""
    return next((end for end in ENDINGS if name.lower().endswith(end)), None)


def unpack(
    archive: Path, into: Path, *, wanted: Callable[[PurePosixPath], bool] = lambda _: True
) -> None:
    """Unpack the members of `archive` that are `wanted` into the folder `into`.

    :raises ArchiveError: the archive is damaged or hostile; what was written so far stays.
    :raises FileSystemError: the folder cannot be written, or is full.
    """
    is_tar = ".tar" in archive.name.lower() or archive.suffix.lower() in {".tgz", ".tbz"}
    try:
        _write_all(archive, into, (_tar_members if is_tar else _zip_members)(archive), wanted)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise _damaged(archive, str(error)) from error
    except OSError as error:
        if error.errno is None:  # gzip and bz2 report bad data as an OSError without a number
            raise _damaged(archive, str(error)) from error
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
            raise _too_large(self.archive, f"more than {MAX_MEMBERS} members")

    def count_bytes(self, count: int) -> None:
        self.size += count
        if self.size > MAX_SIZE:
            raise _too_large(self.archive, f"more than {MAX_SIZE} bytes")
        if self.size > max(RATIO_COUNTS_FROM, MAX_RATIO * self.packed):
            raise _too_large(self.archive, f"more than {MAX_RATIO} times its own size")


def _write_all(
    archive: Path,
    into: Path,
    members: Iterator[Member],
    wanted: Callable[[PurePosixPath], bool],
) -> None:
    budget = _Budget(archive)
    links: list[Member] = []
    for member in members:
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
        raise ArchiveError(message, why=_HOSTILE)
    if named.is_dir():
        path.symlink_to(member.link, target_is_directory=True)
    else:
        budget.count_bytes(named.stat().st_size)
        with contextlib.suppress(shutil.SameFileError):
            shutil.copy2(named, path)
    return True


def _tar_members(archive: Path) -> Iterator[Member]:
    with (
        _decompressed(archive) as plain,
        tarfile.open(fileobj=cast("IO[bytes]", _Bounded(plain, archive)), mode="r:") as tar,
    ):
        for info in tar:
            path = _safe_path(info.name, archive)
            if not path.parts:
                continue
            kind = _tar_kind(info)
            if kind is None:
                message = f"{archive.name} holds a device, {path}."
                raise ArchiveError(message, why=_HOSTILE)
            yield Member(
                path,
                kind,
                executable=bool(info.mode & 0o111),
                modified=min(max(info.mtime, 0), 2**32),
                link=info.linkname,
                content=tar.extractfile(info) if kind == "file" else None,
            )


def _tar_kind(info: tarfile.TarInfo) -> Kind | None:
    if info.isreg():
        return "file"
    if info.isdir():
        return "folder"
    if info.issym():
        return "symbolic link"
    return "hard link" if info.islnk() else None


def _zip_members(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            path = _safe_path(info.filename, archive)
            if not path.parts:
                continue
            if info.flag_bits & 1 or info.compress_type not in _METHODS:
                raise _damaged(archive, f"{path} is encrypted or compressed in an unusual way")
            mode = info.external_attr >> 16
            if info.is_dir():
                yield Member(path, "folder")
                continue
            with file.open(info) as content:
                if stat.S_ISLNK(mode):
                    link = content.read(MAX_LINK).decode("utf-8")
                    yield Member(path, "symbolic link", link=link)
                else:
                    # The thirteenth month of a broken date is normalized by mktime.
                    modified = min(max(time.mktime((*info.date_time, 0, 0, -1)), 0), 2**32)
                    yield Member(path, "file", bool(mode & 0o111), modified, content=content)


def _decompressed(archive: Path) -> IO[bytes]:
    name = archive.name.lower()
    if name.endswith((".gz", ".tgz")):
        return cast("IO[bytes]", gzip.open(archive))
    if name.endswith((".bz2", ".tbz")):
        return cast("IO[bytes]", bz2.open(archive))
    return archive.open("rb")


class _Bounded(io.RawIOBase):
    """A stream for tarfile, which otherwise reads a header of any length into memory."""

    def __init__(self, stream: IO[bytes], archive: Path) -> None:
        self._stream = stream
        self._archive = archive

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= MAX_READ:
            raise _damaged(self._archive, "a header is too long")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        # Seeking inflates all that is skipped.
        if not 0 <= offset <= MAX_SIZE:
            raise _too_large(self._archive, f"more than {MAX_SIZE} bytes")
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


def _safe_path(name: str, archive: Path) -> PurePosixPath:
    """Return a member's path, which stays inside on POSIX and on Windows alike."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    leaves = ".." in path.parts or ".." in windows.parts
    if leaves or path.is_absolute() or windows.drive or windows.root:
        message = f"{archive.name} wants to write outside of its folder: {name}"
        raise ArchiveError(message, why=_HOSTILE)
    return path


def _damaged(archive: Path, reason: str) -> ArchiveError:
    return ArchiveError(
        f"{archive.name} cannot be unpacked: {reason or 'it ends too early'}.",
        why="It was not downloaded completely, or it is no archive of this kind.",
        cure="Download it again.",
    )


def _too_large(archive: Path, bound: str) -> ArchiveError:
    return ArchiveError(
        f"{archive.name} unpacks to {bound}.",
        why=_HOSTILE,
        cure="When it is what you expect, unpack it yourself and build the folder.",
    )
