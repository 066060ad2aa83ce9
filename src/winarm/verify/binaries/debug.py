"""The path of the debug database that an image names (CodeView records)."""

from __future__ import annotations

from struct import Struct

from winarm.verify.binaries.buffer import MAX_NAME, Buffer, MalformedError
from winarm.verify.binaries.headers import DEBUG, Headers

_ENTRY = Struct("<12xIIII")
_CODEVIEW = 2
#: "RSDS", a GUID and an age stand before the path.
_PATH_AT = 24
_MAX_ENTRIES = 32


def read_pdb_paths(data: Buffer, headers: Headers) -> tuple[str, ...]:
    """Return the .pdb paths in an image; an unreadable debug directory has none."""
    directory = headers.directory(DEBUG)
    try:
        first = headers.offset(directory.rva) if directory.rva else 0
    except MalformedError:
        return ()
    count = min(directory.size // _ENTRY.size, _MAX_ENTRIES) if first else 0
    return tuple(
        path
        for index in range(count)
        if (path := _path(data, first + index * _ENTRY.size)) is not None
    )


def _path(data: Buffer, entry: int) -> str | None:
    if entry + _ENTRY.size > len(data):
        return None
    kind, size, _, at = _ENTRY.unpack_from(data, entry)
    if kind != _CODEVIEW or data[at : at + 4] != b"RSDS":
        return None
    text = data[at + _PATH_AT : at + min(size, MAX_NAME)]
    return text.partition(b"\0")[0].decode("utf-8", "backslashreplace")
