"""The names that each CPython DLL exports: what import libraries promise and images may import.

One text file per DLL beside this module, a `NAME KIND` line per name, sorted. `tools/
python_exports.py` makes one anew from a DLL.

Where the facts come from: the files of the versions with the GIL are the export directories of
the official DLLs (x64 and ARM64 builds export the same C API). A name whose address is in
executable memory, or that forwards to another DLL, is `FUNC`, any other is `DATA`. The
free-threaded ones were not read from a DLL: they are the names that the python3-dll-a project
(MIT) lists for those builds. `python3.txt` is the stable ABI (PEP 384) and has a third column,
the first version whose `python3.dll` has the name, as CPython's Misc/stable_abi.toml records
it, without what Windows releases never export (fork, reference debugging).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.target import PythonABI

#: Code that is called, or a variable whose address is taken (`DATA` in a `.def` file).
Kind = Literal["FUNC", "DATA"]

#: `python3t.dll` promises to free-threaded code what `python3.dll` does to other (PEP 803).
_STABLE = re.compile(r"python3t?")
_NAMED = re.compile(r"(?P<stem>python3[0-9]{0,3}t?)\.dll", re.IGNORECASE)


def exported_names(dll: str) -> Mapping[str, Kind] | None:
    """Return every name that `dll` exports, or None when nothing is known of it.

    For `python3.dll` these are the names of all versions together; `stable_names` has those of
    one.

    :param dll: file name such as `python313.dll`, in any case, without a folder.
    """
    match = _NAMED.fullmatch(dll)
    return None if match is None else _names(match["stem"].lower())


def stable_names(abi: PythonABI) -> Mapping[str, Kind]:
    """Return the names that `python3.dll` (`python3t.dll`) of this Python exports.

    A name that its own `python3XX.dll` lacks is left out: `python3.dll` only forwards.
    """
    behind = exported_names(abi.dll)
    return MappingProxyType(
        {
            name: kind
            for name, kind, since in _rows("python3")
            if since <= abi.minor and (behind is None or name in behind)
        }
    )


@lru_cache(maxsize=64)
def _names(stem: str) -> Mapping[str, Kind] | None:
    stem = "python3" if _STABLE.fullmatch(stem) else stem
    if not _file(stem).is_file():
        return None
    return MappingProxyType({name: kind for name, kind, _ in _rows(stem)})


@cache
def _rows(stem: str) -> tuple[tuple[str, Kind, int], ...]:
    """Return name, kind and the minor version that brought it (0 where all are as old)."""
    lines = (line.split(" ") for line in _file(stem).read_text("ascii").splitlines())
    return tuple(
        (name, cast("Kind", kind), int(since[0].partition(".")[2]) if since else 0)
        for name, kind, *since in lines
    )


def _file(stem: str) -> Path:
    return Path(__file__).with_name(f"{stem}.txt")
