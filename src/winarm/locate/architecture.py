"""Folders of one machine's libraries: `arm64` to Visual Studio, `aarch64` to xwin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.locate import folders
from winarm.target import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.target import Target


def architecture_folder(folder: Path, target: Target) -> Path | None:
    """Return the folder of `target`'s libraries in `folder`, in either spelling, or None."""
    return folders.first(folder, (target.vs_arch,), (target.cpu,))


def libraries_instead(folder: Path | None) -> str:
    """Return what to say of the machines whose libraries `folder` has, or nothing."""
    if folder is None:
        return ""
    there = [target.processor for target in TARGETS if architecture_folder(folder, target)]
    return f"; it has those of {' and '.join(there)} only" if there else ""
