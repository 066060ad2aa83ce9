"""Clang's file-system overlays: Windows headers and libraries, found in any case.

Projects write `#include <Windows.h>` and `"Winsvc.h"`, and libraries ask for others by
`#pragma comment(lib, "Kernel32")`; on a file system that does not ignore case these are other
files. An overlay answers for the user's tree without writing into it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from winarm.host import Host
from winarm.locate.folders import names
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


def _listing(folder: Path, depth: int) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    # xwin's links repeat files in other cases; one name in any case is all that is needed.
    for name in reversed({name.casefold(): name for name in reversed(names(folder))}.values()):
        path = folder / name
        if path.is_file():
            entries.append({"type": "file", "name": name, "external-contents": str(path)})
        elif depth and path.is_dir() and not (path.is_symlink() and path.samefile(folder)):
            contents = _listing(path, depth - 1)
            entries.append({"type": "directory", "name": name, "contents": contents})
    return entries
