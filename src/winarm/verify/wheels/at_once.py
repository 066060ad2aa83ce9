"""Whole members inflated at once, where libdeflate is there to do it: in half of zlib's time.

The package `deflate` (the extra `fast`) brings it. It reports neither where the packed data ends
nor why it failed, so the caller reads in pieces what this cannot. It takes some data that
zlib refuses, such as symbols that no compressor writes.
"""

from __future__ import annotations

import importlib
from typing import IO, Any

from winarm.coff.buffer import U32
from winarm.verify.wheels.entry import Entry

try:
    _libdeflate: Any = importlib.import_module("deflate")
except ImportError:
    _libdeflate = None

#: Bytes of a member, unpacked and packed: both are held in memory.
_MOST = 128 * 2**20
_MOST_PACKED = 32 * 2**20
#: Bytes that packed data may have more than what is in it. Else small members could claim to be
#: large, and cost as much.
_MOST_IN_VAIN = 16 * 2**10

#: What makes packed data a gzip file (RFC 1952): the deflate method, no flags, no time, an unknown
#: system before it; its checksum and its size behind it.
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def inflated(file: IO[bytes], entry: Entry, offset: int, *, checked: bool) -> bytearray | None:
    """Return the content of a deflated member whose data begins at `offset`.

    Return None for an empty or a large one, or where it is not what the archive promises.

    :param checked: compare the checksum, too, and see that nothing follows its end.
    """
    if _libdeflate is None or not 0 < entry.size <= _MOST:
        return None
    if entry.packed_size > min(_MOST_PACKED, entry.size + _MOST_IN_VAIN):
        return None
    file.seek(offset)
    packed = file.read(entry.packed_size)
    if len(packed) < entry.packed_size:
        return None
    try:
        content = _checked(packed, entry) if checked else _unchecked(packed, entry)
    except _libdeflate.DeflateError:
        return None
    return content if content is not None and len(content) == entry.size else None


def _unchecked(packed: bytes, entry: Entry) -> bytearray:
    content: bytearray = _libdeflate.deflate_decompress(packed, entry.size)
    return content


def _checked(packed: bytes, entry: Entry) -> bytearray | None:
    """Inflate data as a gzip file, whose reader compares the checksum in passing.

    Return None if bytes may follow its end.
    """
    size = U32.pack(entry.size)
    data = b"".join((_GZIP_HEADER, packed, U32.pack(entry.crc), size))
    # The reader takes the trailer where the packed data ends, and ignores what follows. One that
    # somebody wrote there has the same size in it, which must come last or the data is doubtful.
    if data.find(size, len(_GZIP_HEADER)) != len(data) - len(size):
        return None
    content: bytearray = _libdeflate.gzip_decompress(data, entry.size)
    return content
