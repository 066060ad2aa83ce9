"""Bytecode of what environments hold, kept from one build to the next.

A new environment has sources only, and Python compiling setuptools takes longer than uv making the
environment (0.5 s). Python itself decides whether bytecode is that of a source, by the time and
size that it notes of it. uv's hard links keep both; on another disk than uv's cache it copies, with
new times, and there bytecode of an earlier build would be of no use.

A build could write wrong bytecode for later ones, as it could change uv's cache through its links
and whatever else its user may: no door is opened that was closed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from winarm.storage import remove_unused


def bring_bytecode(modules: Path, cache: Path) -> None:
    """Link into an environment what earlier builds have compiled of the same distributions.

    :param modules: the environment's folder of modules.
    :param cache: the folder that `keep_bytecode` keeps it in.
    """
    kept = _place(modules, cache)
    with contextlib.suppress(OSError):
        os.utime(kept)  # remove_unused() goes by it
    for file in _compiled(kept):
        _link(file, modules / file.relative_to(kept))


def keep_bytecode(modules: Path, cache: Path) -> None:
    """Keep what a build has compiled of its environment's distributions; nothing if that fails."""
    compiled = list(_compiled(modules))
    kept = _place(modules, cache)
    if compiled and not kept.exists():
        remove_unused(cache, "*")
    for file in compiled:
        _link(file, kept / file.relative_to(modules))


def _place(modules: Path, cache: Path) -> Path:
    """Return the folder for the bytecode of the distributions that are installed."""
    names = sorted(folder.name for folder in modules.glob("*.dist-info"))
    return cache / hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _compiled(folder: Path) -> Iterator[Path]:
    for inner, _, names in os.walk(folder):
        if inner.endswith("__pycache__"):
            yield from (Path(inner, name) for name in names if name.endswith(".pyc"))


def _link(source: Path, destination: Path) -> None:
    """Make `destination` the same file as `source`, or leave it where the disk has no links."""
    with contextlib.suppress(OSError):
        if destination.exists():
            if destination.samefile(source):
                return
            destination.unlink()
        destination.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, destination)
