"""The path of the debug database that an image names (CodeView records)."""

from __future__ import annotations

from struct import Struct

from winarm.coff.buffer import Buffer
from winarm.coff.headers import DEBUG, Headers

_ENTRY = Struct("<12xIIII")
_CODEVIEW = 2
#: "RSDS", a GUID and an age stand before the path.
_PATH_AT = 24
_MAX_ENTRIES = 32
#: Bytes of the path that are read.
_MAX_PATH = 1024


def read_pdb_path(data: Buffer, headers: Headers) -> tuple[str | None, bool]:
    """Return the first .pdb path in an image, and whether its debug records are all within `data`.

    An unreadable debug directory has none: Windows does not look at it.
    """
    rva, size = headers.directory(DEBUG)
    if not rva:
        return None, True
    span = headers.span(rva)
    if span is None:
        return None, False
    first = rva + span[2]
    count = min(size // _ENTRY.size, _MAX_ENTRIES)
    stop = first + count * _ENTRY.size
    held = stop <= len(data)
    path = None
    for kind, size, _, at in _ENTRY.iter_unpack(data[first:stop] if held else b""):
        held = held and at + size <= len(data)
        if path is None and kind == _CODEVIEW and data[at : at + 4] == b"RSDS":
            text = data[at + _PATH_AT : at + min(size, _MAX_PATH)]
            path = text.partition(b"\0")[0].decode("utf-8", "replace")
    return path, held
