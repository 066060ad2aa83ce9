"""Clang's file-system overlays: Windows headers and libraries, found in any case.

Projects write `#include <Windows.h>` and `"Winsvc.h"`, and libraries ask for others by
`#pragma comment(lib, "Kernel32")`; on a file system that does not ignore case these are other
files. An overlay answers for the user's tree without writing into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from winarm.host import Host
from winarm.storage import cached_folder

#: Goes into the names of the files: raised when the same folders make another overlay.
GENERATOR = 2
_FILE = "overlay.yaml"

#: Deeper than any SDK; a link to a folder above itself ends here.
_DEPTH = 8


def case_overlay(host: Host, roots: Sequence[Path]) -> Path:
    """Return an overlay that finds what is in `roots` in any case.

    The key covers only the roots' modification times; deeper changes go unnoticed. The names stay
    external, since zig reads clang's dependency files back.

    :raises CacheError: it cannot be written.
    """

    def make(folder: Path) -> None:
        tree = {
            "version": 0,
            "case-sensitive": False,
            "use-external-names": True,
            "roots": [
                {"type": "directory", "name": str(root), "contents": _listing(root, _DEPTH)}
                for root in roots
            ],
        }
        # JSON is YAML, which is what clang reads.
        (folder / _FILE).write_text(json.dumps(tree), encoding="utf-8")

    return cached_folder(host.cache / "overlays" / _key(roots), [_FILE], make) / _FILE


def _key(roots: Sequence[Path]) -> str:
    facts = [str(GENERATOR)]
    for root in roots:
        try:
            changed = root.stat().st_mtime_ns
        except OSError:
            changed = 0
        facts.append(f"{root} {changed}")
    joined = "\0".join(facts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(joined).hexdigest()[:16]


def _listing(folder: Path | str, depth: int) -> list[dict[str, object]]:
    # xwin's links repeat files in other cases; one name in any case is all that is needed.
    found: dict[str, os.DirEntry[str]] = {}
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            found.setdefault(entry.name.casefold(), entry)
    entries: list[dict[str, object]] = []
    for entry in found.values():
        name, path = entry.name, entry.path
        # A link that goes round in circles cannot be asked what it is.
        with contextlib.suppress(OSError):
            if entry.is_file():
                entries.append({"type": "file", "name": name, "external-contents": path})
            elif depth and entry.is_dir() and not _is_link_to(entry, folder):
                contents = _listing(path, depth - 1)
                entries.append({"type": "directory", "name": name, "contents": contents})
    return entries


def _is_link_to(entry: os.DirEntry[str], folder: Path | str) -> bool:
    return entry.is_symlink() and os.path.realpath(entry.path) == os.path.realpath(folder)
