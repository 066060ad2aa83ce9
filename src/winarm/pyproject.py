"""A project's pyproject.toml: read with bounds, and what the folders that it names may be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from winarm.errors import FileSystemError, SourceError

#: A file of more bytes is not read; real ones have some thousands.
MAX_PYPROJECT = 4 * 2**20


def read_pyproject(project: Path) -> dict[str, Any] | None:
    """Return the pyproject.toml in the folder `project`, or None when it has none.

    :raises SourceError: it is not TOML; the message names the line.
    :raises FileSystemError: it cannot be read.
    """
    path = project / "pyproject.toml"
    try:
        if not path.exists():
            return None
        # A pipe or a device would be read for ever.
        if not path.is_file() or path.stat().st_size > MAX_PYPROJECT:
            raise SourceError(
                f"{path} is not a file of at most {MAX_PYPROJECT // 2**20} MiB.",
                cure="Put a pyproject.toml there, or remove it.",
            )
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise FileSystemError(path, error, cure="Make it readable.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _not_toml(path, f"it is not UTF-8 (at line {line})") from error
    except ValueError as error:
        # tomllib's own errors name line and column; numbers too long for int() end here too.
        raise _not_toml(path, str(error)) from error
    except RecursionError as error:
        raise _not_toml(path, "its values are nested too deeply") from error


def table(document: object, *keys: str) -> Mapping[str, Any]:
    """Return the table at `keys`, one inside the other; an empty one where there is none."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def stays_inside(project: Path, folder: str) -> bool:
    """Return whether `folder` is relative and leads to no place outside the project.

    PEP 517 asks this of `backend-path`; symbolic links count as what they lead to.
    """
    root = project.absolute()
    if Path(folder).is_absolute():
        return False
    try:
        return (root / folder).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        # Links that go round in circles, and names that no system takes.
        return False


def _not_toml(path: Path, detail: str) -> SourceError:
    return SourceError(
        f"{path} is not valid TOML: {detail}.",
        why="No build tool can read this project as it is.",
        cure="Correct the file there.",
    )
