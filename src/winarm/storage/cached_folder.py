"""A folder in a shared cache that is there whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from winarm.errors import FileSystemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Seconds to wait for another process that makes the same folder.
PATIENCE = 900


def cached_folder(folder: Path, members: Sequence[str], make: Callable[[Path], None]) -> Path:
    """Return `folder`, made by `make` unless an earlier call, of any process, has made it.

    It is filled under another name beside its place and renamed at the end, so a process that
    is killed on the way leaves nothing that is taken for whole; the next one sweeps it.

    :param members: files that a whole folder has, relative to it; cleaners of caches may have
        taken some of them.
    :param make: fills the new folder that it is handed.
    :raises FileSystemError: the cache cannot be written.
    :raises OSError: something else cannot, that `make` needs.
    """
    if _is_whole(folder, members):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock"), timeout=PATIENCE):
            if not _is_whole(folder, members):
                _make(folder, make)
    except OSError as error:
        if not _is_of_cache(error, folder.parent):
            raise
        raise FileSystemError(
            error.filename or folder,
            error,
            cure="Free space, or name another folder for winarm's caches: WINARM_CACHE_DIR.",
        ) from error
    return folder


def _is_of_cache(error: OSError, cache: Path) -> bool:
    if not isinstance(error.filename, str | Path):
        return True  # a full disk names no file
    named = Path(error.filename)
    return named.is_relative_to(cache) or cache.is_relative_to(named)


def _is_whole(folder: Path, members: Sequence[str]) -> bool:
    return all((folder / member).is_file() for member in members)


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    """Make the folder anew; the caller holds its lock."""
    prefix = f".{folder.name}."
    for leftover in (folder, *folder.parent.glob(f"{prefix}*")):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=prefix, dir=folder.parent, ignore_cleanup_errors=True
    ) as scratch:
        whole = Path(scratch, "whole")
        whole.mkdir()
        make(whole)
        whole.rename(folder)
