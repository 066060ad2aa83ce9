"""The bytes of an archive's members: inflated at once or in pieces, never more than promised.

The package `deflate` (the extra `fast`) inflates whole members at once, in half of zlib's time. It
reports neither where the packed data ends nor why it failed, so that what it cannot read is read in
pieces. It takes some data that zlib refuses, such as symbols that no compressor writes.
"""

from __future__ import annotations

import importlib
import zlib
from typing import IO, Any

from winarm.coff.buffer import U32
from winarm.verify.wheels.entry import Entry

try:
    _libdeflate: Any = importlib.import_module("deflate")
except ImportError:
    _libdeflate = None

STORED, DEFLATED = 0, 8
METHODS = frozenset({STORED, DEFLATED})

#: Packed bytes fetched at once: at least, even for a few bytes of content, and at most.
_FETCH_LEAST = 1024
_FETCH_MOST = 128 * 2**10
#: Bytes of content returned at once.
_MOST = 512 * 2**10
#: Bytes of a member that is inflated at once, unpacked and packed: both are held in memory.
_MOST_WHOLE = 128 * 2**20
_MOST_PACKED = 32 * 2**20
#: Bytes that packed data may have more than what is in it. Else small members could claim to be
#: large, and cost as much.
_MOST_IN_VAIN = 16 * 2**10
#: What makes packed data a gzip file (RFC 1952): the deflate method, no flags, no time, an unknown
#: system before it; its checksum and its size after it.
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


class DamagedError(Exception):
    """A member's data is not what the archive promises."""


class Content:
    """The content of a member, read once from its beginning to its end, as a file is."""

    def __init__(self, file: IO[bytes], entry: Entry, offset: int, *, checked: bool = True) -> None:
        """Begin where the member's data begins in `file`, at `offset`.

        :param checked: compare the checksum at the end.
        """
        self._file = file
        self._entry = entry
        self._offset = offset
        self._packed_left = entry.packed_size
        self._size = self._crc = 0
        self._checked = checked
        self._tail = b""
        self._whole = False
        #: Made when something is read: many members are passed over.
        self._inflater: Any = None

    def at_once(self) -> bytearray | None:
        """Return all of it, or None where only `read` can, or says what is wrong with it."""
        entry = self._entry
        if _libdeflate is None or entry.method != DEFLATED or not 0 < entry.size <= _MOST_WHOLE:
            return None
        if entry.packed_size > min(_MOST_PACKED, entry.size + _MOST_IN_VAIN):
            return None
        self._file.seek(self._offset)
        try:
            whole = _checked(self._file, entry) if self._checked else _unchecked(self._file, entry)
        except _libdeflate.DeflateError:
            return None
        self._whole = whole is not None and len(whole) == entry.size
        return whole if self._whole else None

    def read(self, size: int) -> bytes:
        """Return some of what comes next, at most `size` bytes; nothing at the end.

        :raises DamagedError: it cannot be inflated, or has another size or checksum; raised after
            the last good piece.
        """
        if self._whole:
            return b""
        # One byte more than promised is enough to notice.
        size = min(size, _MOST, self._entry.size - self._size + 1)
        piece = self._inflate(size) if self._entry.method == DEFLATED else self._fetch(size)
        self._size += len(piece)
        if self._size > self._entry.size:
            promised = self._entry.size
            raise DamagedError(f"it holds more than the {promised} bytes that the archive promises")
        if not piece:
            self._end()
        if self._checked:
            self._crc = zlib.crc32(piece, self._crc)
        return piece

    def read_all(self) -> bytes:
        """Return all that is left.

        :raises DamagedError: as `read` does.
        """
        return bytes(self.at_once() or b"".join(iter(lambda: self.read(_MOST), b"")))

    def _fetch(self, size: int) -> bytes:
        """Return the next packed bytes."""
        size = min(size, self._packed_left)
        # Other members may have been read since.
        self._file.seek(self._offset)
        data = self._file.read(size)
        if not data and size:
            raise DamagedError("its data is cut off")
        self._offset += len(data)
        self._packed_left -= len(data)
        return data

    def _inflate(self, size: int) -> bytes:
        inflater = self._inflater = self._inflater or zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            while not inflater.eof:
                packed = self._tail or self._fetch(min(max(size, _FETCH_LEAST), _FETCH_MOST))
                piece: bytes = inflater.decompress(packed, size) if packed else inflater.flush()
                self._tail = inflater.unconsumed_tail
                if piece or not packed:
                    return piece
        except zlib.error as error:
            raise DamagedError(f"its data does not inflate ({error})") from None
        return b""

    def _end(self) -> None:
        inflater = self._inflater
        if inflater is not None and not inflater.eof:
            raise DamagedError("its compressed data is cut off")
        if self._packed_left or (inflater is not None and inflater.unused_data):
            raise DamagedError("bytes follow the end of its compressed data")
        if self._size != self._entry.size:
            raise DamagedError(
                f"it holds {self._size} bytes where the archive promises {self._entry.size}"
            )
        if self._checked and self._crc != self._entry.crc:
            raise DamagedError("its checksum is not the one in the archive")


def _unchecked(file: IO[bytes], entry: Entry) -> bytearray | None:
    packed = file.read(entry.packed_size)
    if len(packed) < entry.packed_size:
        return None
    content: bytearray = _libdeflate.deflate_decompress(packed, entry.size)
    return content


def _checked(file: Any, entry: Entry) -> bytearray | None:  # noqa: ANN401 - IO has no readinto
    """Inflate a member as a gzip file, whose reader compares the checksum in passing.

    Return None if bytes may follow its end.
    """
    first, last = len(_GZIP_HEADER), len(_GZIP_HEADER) + entry.packed_size
    size = U32.pack(entry.size)
    data = bytearray(last)
    data[:first] = _GZIP_HEADER
    with memoryview(data) as view:
        if file.readinto(view[first:]) < entry.packed_size:
            return None
    data += U32.pack(entry.crc) + size
    # The reader takes the trailer where the packed data ends, and ignores what follows. One that
    # somebody wrote there has the same size in it, which must come last or the data is doubtful.
    if data.find(size, first) != len(data) - len(size):
        return None
    content: bytearray = _libdeflate.gzip_decompress(data, entry.size)
    return content
