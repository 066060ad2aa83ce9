"""Handing a finished wheel to the caller's folder: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from typing import TYPE_CHECKING

from winarm.errors import FileSystemError

if TYPE_CHECKING:
    from pathlib import Path

#: Ending of a wheel that is being copied.
PART = ".winarm-part"
#: Seconds after which such a file belongs to nobody: copying takes some seconds at most.
STALE = 3600


def deliver(wheel: Path, folder: Path) -> Path:
    """Copy `wheel` into `folder` under a dot-name, then give it its own; return its new path.

    A process that is killed on the way leaves no `*.whl`; what it leaves, the next one sweeps.

    :raises FileSystemError: the folder cannot be written.
    """
    part = folder / f".{wheel.name}.{os.getpid()}{PART}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        shutil.copyfile(wheel, part)
        return part.replace(folder / wheel.name)
    except OSError as error:
        raise FileSystemError(folder, error) from error
    finally:
        _remove(part)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".*{PART}"):
        # Another process may sweep, too.
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def _remove(part: Path) -> None:
    # It may be gone, or never have been there: what went wrong is said by then.
    with contextlib.suppress(OSError):
        part.unlink()
