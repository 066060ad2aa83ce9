"""Reading the members of an archive that nobody vouches for, one after the other."""

from __future__ import annotations

import bz2
import gzip
import io
import stat
import tarfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, TYPE_CHECKING, Literal, cast

from winarm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Endings of the archives that can be unpacked, as pip and PyPI know them for sdists.
ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar", ".zip")

#: Bytes that all files of an archive may have together.
MAX_SIZE = 4 * 2**30
#: Bytes asked for at once; a tar with a longer header (a name, extended attributes) is hostile.
MAX_READ = 2**20
#: Longest link that a zip may hold, in bytes; PATH_MAX of Linux.
MAX_LINK = 4096

_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
HOSTILE = "No build tool makes such an archive: it is damaged, or made to do harm."


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


def members(archive: Path) -> Iterator[Member]:
    """Yield the members of `archive`, which is a tar of some kind or a zip (a wheel is one).

    :raises ArchiveError: it is hostile; damage shows as what tarfile and zipfile raise.
    """
    return (_zip_members if ending(archive.name) in {".zip", None} else _tar_members)(archive)


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
                raise ArchiveError(message, why=HOSTILE)
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
                raise damaged(archive, f"{path} is encrypted or compressed in an unusual way")
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
            raise damaged(self._archive, "a header is too long")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        # Seeking inflates all that is skipped.
        if not 0 <= offset <= MAX_SIZE:
            raise too_large(self._archive, f"more than {MAX_SIZE} bytes")
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


def _safe_path(name: str, archive: Path) -> PurePosixPath:
    """Return a member's path, which stays inside on POSIX and on Windows alike."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    leaves = ".." in path.parts or ".." in windows.parts
    if leaves or path.is_absolute() or windows.drive or windows.root:
        message = f"{archive.name} wants to write outside of its folder: {name}"
        raise ArchiveError(message, why=HOSTILE)
    return path


def damaged(archive: Path, reason: str) -> ArchiveError:
    """Return the error for an archive that is not what it should be, for that reason."""
    return ArchiveError(
        f"{archive.name} cannot be unpacked: {reason or 'it ends too early'}.",
        why="It was not downloaded completely, or it is no archive of this kind.",
        cure="Download it again.",
    )


def too_large(archive: Path, bound: str) -> ArchiveError:
    """Return the error for an archive that becomes more than the bound that is named."""
    return ArchiveError(
        f"{archive.name} unpacks to {bound}.",
        why=HOSTILE,
        cure="When it is what you expect, unpack it yourself and build the folder.",
    )
