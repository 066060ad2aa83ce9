"""Whole members inflated at once, where libdeflate is there to do it: in half of zlib's time.

The package `deflate` (the extra `fast`) brings it. It tells neither where the packed data ends nor
why it failed, so whoever calls this reads in pieces what this does not.
"""

from __future__ import annotations

import importlib
from struct import Struct
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from winarm.verify.wheels.entry import Entry

try:
    _libdeflate: Any = importlib.import_module("deflate")
except ImportError:
    _libdeflate = None

#: Bytes of a member, unpacked and packed: both are held in memory.
_MOST = 128 * 2**20
_MOST_PACKED = 32 * 2**20

#: What makes packed data a gzip file (RFC 1952): the deflate method, no flags, no time, an unknown
#: system before it; its checksum and its size behind it.
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_GZIP_TRAILER = Struct("<II")


def inflated(file: IO[bytes], entry: Entry, offset: int, *, checked: bool) -> bytearray | None:
    """Return the content of a deflated member whose data begins at `offset`.

    Return None for an empty or a large one, or where it is not what the archive promises.

    :param checked: compare the checksum, too, and see that nothing follows its end.
    """
    if _libdeflate is None or not 0 < entry.size <= _MOST or entry.packed_size > _MOST_PACKED:
        return None
    file.seek(offset)
    try:
        if checked:
            content: bytearray = _from_gzip(file, entry)
        else:
            content = _libdeflate.deflate_decompress(file.read(entry.packed_size), entry.size)
    except (_libdeflate.DeflateError, ValueError):
        return None
    return content if len(content) == entry.size else None


def _from_gzip(file: IO[bytes], entry: Entry) -> bytearray:
    """Inflate packed data as a gzip file, whose reader compares the checksum in passing.

    :raises ValueError: bytes may follow its end.
    """
    trailer = _GZIP_TRAILER.pack(entry.crc, entry.size)
    data = bytearray(len(_GZIP_HEADER) + entry.packed_size + len(trailer))
    data[: len(_GZIP_HEADER)] = _GZIP_HEADER
    file.readinto(memoryview(data)[len(_GZIP_HEADER) : -len(trailer)])  # type: ignore[attr-defined]
    data[-len(trailer) :] = trailer
    # The reader takes the trailer where the packed data ends, and ignores what follows: a second
    # one there would hide bytes behind it.
    if data.find(trailer) != len(data) - len(trailer):
        raise ValueError
    content: bytearray = _libdeflate.gzip_decompress(data, entry.size)
    return content
