"""The names that each CPython DLL exports: what import libraries promise and images may import.

One text file per DLL beside this module, a `NAME KIND [REMARKS]` line per name, sorted;
`tools/python_exports.py` writes them. A name whose address is in executable memory, or that
forwards to another DLL, is `FUNC`, any other is `DATA`. x64 and ARM64 builds export the same C API.

Where the names come from:

- `python311.txt` to `python314.txt`: the export directories of the official DLLs.
- `python313t.txt` and `python314t.txt`: the names that the python3-dll-a project (MIT) lists for
  those builds; the first was compared with a python313t.dll built from 3.13.5.
- `python315.txt` and `python315t.txt`: no DLL was at hand. A name is listed when it can be called
  or linked to by the headers of 3.15.2, the stable ABI or python314.dll, and when something proves
  that it is defined. The remark on each line says what: `linux`, the Linux binary of 3.15.2 exports
  it; `314`, python314.dll (python314t.dll) does and the name is for Windows, or for builds without
  the GIL, only; `wheels`, modules of published cp315 (cp315t) wheels for Windows import it.
  A name that only a header declares is not listed: a module that uses it must not link here and
  then fail to load.
- `python3.txt`: the stable ABI (PEP 384, PEP 803). The remark is the first version whose
  `python3.dll` has the name, as CPython's Misc/stable_abi.toml records it, without what Windows
  releases never export (fork, reference debugging).

**Patch releases.** The public API of a version does not change after 3.X.0, private names do. A
list holds the names of every patch release that was seen. The remark `after:3.13.5` marks a name
that this release still lacks and a later one has. Import libraries made with a Python of 3.13.5 or
earlier leave it out, as that Python's headers do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

if TYPE_CHECKING:
    from winarm.target import PythonABI

#: Code that is called, or a variable whose address is taken (`DATA` in a `.def` file).
ExportKind = Literal["FUNC", "DATA"]

#: `python3t.dll` promises to free-threaded code what `python3.dll` does to other (PEP 803).
_STABLE = re.compile(r"python3t?")
_NAMED = re.compile(r"(?P<stem>python3[0-9]{0,3}t?)\.dll", re.IGNORECASE)


def exported_names(dll: str) -> Mapping[str, ExportKind] | None:
    """Return every name that `dll` exports, or None when nothing is known of it.

    These are the names of all patch releases together, for `python3.dll` of all versions;
    `names_in_release` and `stable_names` have those of one.

    :param dll: file name such as `python313.dll`, in any case, without a folder.
    """
    match = _NAMED.fullmatch(dll)
    return None if match is None else _names(match["stem"].lower())


def names_in_release(abi: PythonABI, patch: int) -> Mapping[str, ExportKind]:
    """Return the names that the DLL of one patch release of a supported Python exports."""
    rows = _rows(abi.library)
    return MappingProxyType({row.name: row.kind for row in rows if row.after < patch})


def stable_names(abi: PythonABI) -> Mapping[str, ExportKind]:
    """Return the names that `python3.dll` (`python3t.dll`) of this Python exports.

    A name that its own `python3XX.dll` lacks is left out: `python3.dll` only forwards.
    """
    behind = exported_names(abi.dll)
    return MappingProxyType(
        {
            row.name: row.kind
            for row in _rows("python3")
            if row.since <= abi.minor and (behind is None or row.name in behind)
        }
    )


class _Row(NamedTuple):
    """One line of a file."""

    name: str
    kind: ExportKind
    #: The minor version that brought a name of the stable ABI; 0 in other files.
    since: int = 0
    #: The last patch release that is known to lack the name; -1 where none is.
    after: int = -1


@lru_cache(maxsize=64)
def _names(stem: str) -> Mapping[str, ExportKind] | None:
    stem = "python3" if _STABLE.fullmatch(stem) else stem
    if not _file(stem).is_file():
        return None
    return MappingProxyType({row.name: row.kind for row in _rows(stem)})


@cache
def _rows(stem: str) -> tuple[_Row, ...]:
    return tuple(_row(line) for line in _file(stem).read_text("ascii").splitlines())


def _row(line: str) -> _Row:
    name, kind, *remarks = line.split(" ")
    remark = remarks[0] if remarks else ""
    if remark.startswith("3."):
        return _Row(name, cast("ExportKind", kind), since=int(remark[2:]))
    after = int(remark.rpartition(".")[2]) if remark.startswith("after:") else -1
    return _Row(name, cast("ExportKind", kind), after=after)


def _file(stem: str) -> Path:
    return Path(__file__).with_name(f"{stem}.txt")
