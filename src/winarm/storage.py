"""Files and folders that are there whole or not at all: caches, private folders, delivery."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import CacheError, FileSystemError, UsageError

if TYPE_CHECKING:
    from filelock import FileLock

#: Seconds to wait for another process that makes the same file or folder.
PATIENCE = 900
#: Ending of the name of a file or folder that is not finished.
PART = ".winarm-part"
#: Seconds after which an unfinished file belongs to no running process.
STALE = 3600
#: Seconds between attempts to replace a file that somebody else has open.
_PAUSES = (0.01, 0.05, 0.25, 0.7)
#: Seconds after which a folder of the cache that nobody has used is removed: 30 days.
UNUSED = 30 * 86400
#: Beginning of the name of a private folder; seconds for which a new one may be without a lock.
_SCRATCH, _NEW = "winarm-", 60


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`, for a file or folder that replaces it at the end.

    If the body fails, nothing is left. A file that a killed process left is removed by a later
    call.

    :raises OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".*{PART}"):
        # Another process may remove it at the same time. A folder's time does not change
        # when something deeper in it is written.
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()
    # Threads may make the same file, too.
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{PART}")
    try:
        yield part
        _replace(part, path)
    finally:
        _remove(part)


def _replace(part: Path, path: Path) -> None:
    """Put a file or folder into its place; Windows refuses while somebody else has it open."""
    for pause in _PAUSES:
        try:
            part.replace(path)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    part.replace(path)


def write_text(
    path: Path, text: str, error: type[FileSystemError] = FileSystemError, *, cure: str = ""
) -> None:
    """Write a file that a user may have named: whole or not at all; to a pipe or a device as it is.

    :raises error: it cannot be written.
    """
    data = text.encode("utf-8", "surrogateescape")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        # A link stays one, except one to itself, for which resolve() raises RuntimeError.
        with replacing(Path(os.path.realpath(path))) as part:
            part.write_bytes(data)
    except (OSError, ValueError) as reason:
        reason = reason if isinstance(reason, OSError) else OSError(str(reason))
        raise error(path, reason, cure=cure) from reason


def cached_folder(folder: Path, members: Sequence[str], make: Callable[[Path], None]) -> Path:
    """Return `folder`, made by `make` unless an earlier call, of any process, has made it.

    :param members: files that a whole folder has, relative to it; cleaners of caches may have
        removed some of them.
    :param make: fills the new, empty folder.
    :raises FileSystemError: the cache cannot be written.
    :raises OSError: another file cannot be read or written that `make` needs.
    """

    def is_whole() -> bool:
        return all((folder / member).is_file() for member in members)

    with contextlib.suppress(OSError):
        os.utime(folder)  # remove_unused() goes by it
    if is_whole():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _lock_of(folder, PATIENCE):
            if not is_whole():
                for left in (folder, *folder.parent.glob(f".{folder.name}.*{PART}")):
                    _remove(left)
                with replacing(folder) as part:
                    part.mkdir()
                    make(part)
    except OSError as error:
        if not _is_of_cache(error, folder.parent):
            raise
        raise CacheError(error.filename or folder, error) from error
    return folder


def cached_file(
    cache: Path,
    name: str,
    url: str,
    sha256: str,
    fetch: Callable[[Path], None],
    *,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Return the file `name` from `url` in a folder of the cache, fetched unless it is there.

    :param sha256: its checksum; without one to compare with it is fetched each time.
    :param fetch: writes it to a path.
    :param check: as of `locked`.
    :raises CacheError: the cache cannot be written, or is full.
    """
    key = sha256 or hashlib.sha256(url.encode()).hexdigest()
    path = cache / key / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(cache / f".{key}.lock", check, PATIENCE):
            if not (sha256 and path.is_file() and sha256_of(path) == sha256):
                with replacing(path) as part:
                    fetch(part)
    except OSError as error:
        raise CacheError(error.filename or cache, error) from error
    return path


def sha256_of(file: Path) -> str:
    """Return the checksum of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def locked(lock: Path, check: Callable[[], None], patience: float = math.inf) -> Iterator[None]:
    """Hold a lock that other processes respect.

    :param check: is called again and again while the lock is another's, and may raise.
    :raises OSError: the lock cannot be made, or is still another's after `patience` seconds.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - as in _lock_of

    began = time.monotonic()
    with contextlib.ExitStack() as held:
        while True:
            check()
            try:
                held.enter_context(FileLock(lock).acquire(timeout=0.5))
                break
            except Timeout:
                if time.monotonic() - began > patience:
                    raise
        yield


def remove_unused(parent: Path, pattern: str) -> None:
    """Remove folders that `cached_folder` has made and nobody has asked for since UNUSED."""
    for folder in parent.glob(pattern):
        # Others may remove them at the same time.
        with contextlib.suppress(OSError):
            if folder.is_dir() and time.time() - folder.stat().st_mtime > UNUSED:
                _remove_unheld(folder)


def read_bounded(path: Path, most: int, *, cure: str) -> bytes:
    """Return the content of a file that a user names.

    :raises UsageError: it has more than `most` bytes, as a device may; `cure` helps.
    :raises FileSystemError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise FileSystemError(path, error, cure="Make it readable.") from error
    if len(content) > most:
        raise UsageError(f"{path} has more than {most} bytes.", cure=cure)
    return content


def link_or_copy(source: str | Path, destination: str | Path) -> None:
    """Make `destination` the same file as `source`; a copy, where that is on another disk."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)


def deliver(file: Path, folder: Path) -> Path:
    """Copy `file` into `folder`, whole or not at all; return its new path.

    :raises FileSystemError: the folder cannot be written.
    """
    try:
        with replacing(folder / file.name) as part:
            shutil.copyfile(file, part)
    except OSError as error:
        raise FileSystemError(folder, error) from error
    return folder / file.name


@contextlib.contextmanager
def scratch_folder(
    kept: Path | None = None, error: type[FileSystemError] = FileSystemError
) -> Iterator[Path]:
    """Make a private folder and remove it in the end; remove those that killed processes left.

    :param kept: where to make it; with the same path each time, a build tool finds in a second
        build that nothing has changed. A second process waits until the first is done.
    :raises error: it cannot be made.
    """
    with _temporary() if kept is None else _locked(kept, error) as folder:
        yield folder.resolve()


@contextlib.contextmanager
def file_errors_in_words(kind: type[FileSystemError] = FileSystemError) -> Iterator[None]:
    """Raise FileSystemError, or another `kind`, which names the file, instead of OSError."""
    try:
        yield
    except BrokenPipeError:
        # The reader of our own output is gone; main() handles that.
        raise
    except OSError as error:
        # The error of a full disk names no file.
        raise kind(error.filename or tempfile.gettempdir(), error) from error


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    _remove_abandoned(Path(tempfile.gettempdir()))
    with file_errors_in_words():
        folder = tempfile.TemporaryDirectory(prefix=_SCRATCH, ignore_cleanup_errors=True)
        lock = _lock_of(Path(folder.name))
        lock.acquire()
    try:
        with folder as name:
            yield Path(name)
    finally:
        lock.release()
        _remove(Path(lock.lock_file))


def _remove_abandoned(parent: Path) -> None:
    """Remove private folders whose locks nobody holds: the system releases those of the dead."""
    for lock in parent.glob(f"{_SCRATCH}*.lock"):
        folder = lock.with_suffix("")
        # Others remove theirs at the same time.
        with contextlib.suppress(OSError):
            # Not through links, which others may have put into the folder of all.
            is_ours = {lock.lstat().st_uid, folder.lstat().st_uid} == {_own_id()}
            if is_ours and time.time() - lock.stat().st_mtime > _NEW:
                _remove_unheld(folder)


@contextlib.contextmanager
def _locked(folder: Path, error: type[FileSystemError]) -> Iterator[Path]:
    with file_errors_in_words(error):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock_of(folder)
        lock.acquire()
    try:
        _remove(folder)
        with file_errors_in_words(error):
            folder.mkdir()
        yield folder
    finally:
        _remove(folder)
        lock.release()


def _own_id() -> int:
    """Return who runs this; on Windows everything belongs to 0."""
    return os.geteuid() if os.name == "posix" else 0


def _lock_of(folder: Path, timeout: float = -1) -> FileLock:
    """Return the lock of a folder, next to it; a Timeout of it is an OSError."""
    from filelock import FileLock  # noqa: PLC0415 - 50 ms, and a folder is mostly there

    return FileLock(folder.with_name(f"{folder.name}.lock"), timeout=timeout)


def _remove_unheld(folder: Path) -> None:
    """Remove a folder and its lock, which nobody may hold.

    :raises OSError: somebody does.
    """
    with _lock_of(folder, 0) as lock:
        _remove(folder)
    _remove(Path(lock.lock_file))


def _is_of_cache(error: OSError, cache: Path) -> bool:
    if not isinstance(error.filename, str | Path):
        return True  # the error of a full disk names no file
    named = Path(error.filename)
    return named.is_relative_to(cache) or cache.is_relative_to(named)


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it is there and can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
