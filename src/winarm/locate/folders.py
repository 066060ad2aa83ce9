"""Files and folders of Windows trees, in any case: `Include` and `include`, `HostX64`, `Hostx64`.

Windows ignores case, so that versions of Visual Studio and tools that unpack it spell names
differently; the same tree may be on a file system that does not ignore it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from winarm.target import TARGETS, Target

#: Longest line of a version file.
_MAX_LINE = 200


def names(folder: Path | None) -> list[str]:
    """Return the names in `folder`, sorted; none where it cannot be read."""
    if folder is None:
        return []
    try:
        return sorted(entry.name for entry in os.scandir(folder))
    except (OSError, ValueError):  # of a name with NUL, which TOML and JSON can write
        return []


def files(folder: Path) -> list[Path]:
    """Return the files in `folder`, sorted; none where it cannot be read."""
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_file())
    except (OSError, ValueError):
        return []


def inside(folder: Path | None, *parts: str) -> Path | None:
    """Return the file or folder `parts` below `folder`, each part in any case, or None."""
    if folder is None:
        return None
    exact = folder.joinpath(*parts)
    if _exists(exact):
        return exact
    for part in parts:
        wanted = part.casefold()
        found = next((name for name in names(folder) if name.casefold() == wanted), None)
        if found is None:
            return None
        folder /= found
    return folder


def first(folder: Path | None, *paths: tuple[str, ...]) -> Path | None:
    """Return the first of `paths` that is below `folder`, or None."""
    return next((found for path in paths if (found := inside(folder, *path))), None)


def present(folder: Path, *paths: tuple[str, ...]) -> Iterator[Path]:
    """Return those of `paths` that are below `folder`."""
    return (found for path in paths if (found := inside(folder, *path)))


def line_of(path: Path | None) -> str:
    """Return the first line of a small text file without spaces around it, or nothing."""
    if path is None:
        return ""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.readline(_MAX_LINE).strip()
    except OSError:
        return ""


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # A name that this system cannot have, or a folder that it may not look into.
        return False


def program(folder: Path | None, name: str) -> Path | None:
    """Return the program `name` in `folder`, with or without `.exe`, or None."""
    found = first(folder, (f"{name}.exe",), (name,))
    return found if found is not None and found.is_file() else None


def architecture_folder(folder: Path | None, target: Target) -> Path | None:
    """Return the folder of `target`'s libraries in `folder`, in either spelling, or None."""
    return first(folder, (target.vs_arch,), (target.cpu,))


def libraries_instead(folder: Path | None) -> str:
    """Return what to say of the machines whose libraries `folder` has, or nothing."""
    there = [target.processor for target in TARGETS if architecture_folder(folder, target)]
    return f"; it has those of {' and '.join(there)} only" if there else ""
