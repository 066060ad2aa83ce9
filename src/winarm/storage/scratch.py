"""Private folders, gone in the end, and what is said where files cannot be written."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from winarm.errors import FileSystemError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def file_errors_in_words() -> Iterator[None]:
    """Name the file that cannot be read or written.

    :raises FileSystemError: instead of `OSError`.
    """
    try:
        yield
    except BrokenPipeError:
        # Of whoever listens.
        raise
    except OSError as error:
        # A full disk names no file.
        raise FileSystemError(error.filename or tempfile.gettempdir(), error) from error


@contextlib.contextmanager
def scratch_folder(kept: Path | None = None) -> Iterator[Path]:
    """Make a private folder and sweep it in the end.

    :param kept: where to make it; the same path each time is what lets a second build find that
        nothing has changed. Others who want it wait.
    :raises FileSystemError: it cannot be made.
    """
    with _temporary() if kept is None else _locked(kept) as folder:
        yield folder.resolve()


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    with file_errors_in_words():
        folder = tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    with file_errors_in_words():
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f"{folder.name}.lock"))
        lock.acquire()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        with file_errors_in_words():
            folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
