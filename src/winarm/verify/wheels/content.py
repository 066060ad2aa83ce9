"""The bytes of an archive's members: inflated in pieces, and never more than was promised."""

from __future__ import annotations

import importlib
import zlib
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.wheels.entry import Entry

try:
    # Two to three times as fast as zlib, with the same interface; the extra `fast` brings it.
    inflate: Any = importlib.import_module("isal.isal_zlib")
except ImportError:
    inflate = zlib

STORED, DEFLATED = 0, 8
METHODS = frozenset({STORED, DEFLATED})

#: Packed bytes read at once, and of those the first where little may be wanted.
_PEEK = 1024
_READ = 128 * 2**10
_WRITE = 512 * 2**10


class DamagedError(Exception):
    """A member's data is not what the archive promises."""


def chunks(
    file: IO[bytes], entry: Entry, offset: int, *, peek: bool = False, checked: bool = True
) -> Iterator[bytes]:
    """Yield the content of a member whose data begins at `offset`.

    :param peek: begin with a small piece, which may be all that is wanted.
    :param checked: compare the checksum at the end.
    :raises DamagedError: it cannot be inflated, or has another size or checksum; raised after
        the last good piece.
    """
    crc = size = 0
    pieces = _inflated if entry.method == DEFLATED else _packed
    for piece in pieces(file, entry, offset, _PEEK if peek else _READ):
        size += len(piece)
        if size > entry.size:
            message = f"it holds more than the {entry.size} bytes that the archive promises"
            raise DamagedError(message)
        if checked:
            crc = inflate.crc32(piece, crc)
        yield piece
    if size != entry.size:
        message = f"it holds {size} bytes where the archive promises {entry.size}"
        raise DamagedError(message)
    if checked and crc != entry.crc:
        message = "its checksum is not the one in the archive"
        raise DamagedError(message)


def _packed(file: IO[bytes], entry: Entry, offset: int, size: int) -> Iterator[bytes]:
    left = entry.packed_size
    while left:
        # Other members are read between two pieces of this one at nobody's wish; seek anyway.
        file.seek(offset)
        data = file.read(min(left, size))
        if not data:
            message = "its data is cut off"
            raise DamagedError(message)
        offset += len(data)
        left -= len(data)
        size = _READ
        yield data


def _inflated(file: IO[bytes], entry: Entry, offset: int, first: int) -> Iterator[bytes]:
    inflater = inflate.decompressobj(-zlib.MAX_WBITS)
    more = False
    try:
        for packed in _packed(file, entry, offset, first):
            if inflater.eof:
                more = True
                break
            piece = inflater.decompress(packed, _WRITE)
            while piece:
                yield piece
                tail = inflater.unconsumed_tail
                piece = inflater.decompress(tail, _WRITE) if tail else b""
        if piece := inflater.flush():
            yield piece
    except inflate.error as error:
        message = f"its data does not inflate ({error})"
        raise DamagedError(message) from None
    if not inflater.eof:
        message = "its compressed data is cut off"
        raise DamagedError(message)
    if inflater.unused_data or more:
        message = "bytes follow the end of its compressed data"
        raise DamagedError(message)
