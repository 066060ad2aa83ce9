"""The directory of a zip archive: its end records, and the entry of each member."""

from __future__ import annotations

import struct
from struct import Struct
from typing import IO, NamedTuple

from winarm.verify.codes import Code
from winarm.verify.wheels.entry import (
    FULL_32,
    ArchiveError,
    Entry,
    Fault,
    extra_field,
    read_exactly,
    wide_fields,
)

_END = Struct("<4s4H2IH")
_END_64_LOCATOR = Struct("<4sIQI")
_END_64 = Struct("<4sQ2H2I4Q")
_CENTRAL = Struct("<4s6H3I5H2I")
_MAX_COMMENT = 0xFFFF
_FULL_16 = 0xFFFF
_UTF8 = 0x0800
_UNICODE_PATH = 0x7075

_UNIX = 3
_TYPE_MASK = 0o170000


class End(NamedTuple):
    """What the end records say of the directory."""

    members: int
    directory_size: int
    directory_offset: int
    #: Where the end records begin: the directory must reach to here.
    start: int


def find_end(file: IO[bytes], size: int) -> tuple[End, list[Fault]]:
    """Return what stands at the end of an archive of `size` bytes, and what is wrong there.

    :raises ArchiveError: there is no end record, or a damaged one.
    """
    start = max(0, size - _END.size - _MAX_COMMENT)
    tail = read_exactly(file, start, size - start)
    at = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
    if at < 0:
        message = "it has no directory: no zip archive, or cut off"
        raise ArchiveError(message)
    _, disk, first_disk, here, count, length, offset, comment = _END.unpack_from(tail, at)
    faults = []
    rest = len(tail) - at - _END.size - comment
    if rest:
        words = f"{rest} bytes follow" if rest > 0 else "its comment is cut off at"
        faults.append(Fault(Code.WA013, "", f"{words} the end of the archive"))
    if tail.find(b"PK\5\6", 0, at) >= 0 and _second_end(tail, at):
        faults.append(Fault(Code.WA013, "", "the archive has more than one end record"))
    if _FULL_16 in {count, here} or FULL_32 in {length, offset}:
        end = _end_64(file, start + at)
        if end is not None:
            return end, faults
    if disk or first_disk or here != count:
        message = "it is one part of an archive in several files"
        raise ArchiveError(message)
    return End(count, length, offset, start + at), faults


def _second_end(tail: bytes, last: int) -> bool:
    """Return whether an end record before the last one is plausible, not chance bytes."""
    at = tail.find(b"PK\5\6")
    while 0 <= at < last:
        _, disk, first_disk, here, count, *_ = _END.unpack_from(tail, at)
        if disk == first_disk == 0 and here == count:
            return True
        at = tail.find(b"PK\5\6", at + 1)
    return False


def _end_64(file: IO[bytes], end: int) -> End | None:
    if end < _END_64_LOCATOR.size:
        return None
    locator = read_exactly(file, end - _END_64_LOCATOR.size, _END_64_LOCATOR.size)
    signature, _, offset, _ = _END_64_LOCATOR.unpack(locator)
    if signature != b"PK\6\7":
        return None
    record = read_exactly(file, offset, _END_64.size)
    signature, _, _, _, disk, first_disk, here, count, length, directory = _END_64.unpack(record)
    if signature != b"PK\6\6" or disk or first_disk or here != count:
        message = "its 64-bit end record is damaged"
        raise ArchiveError(message)
    return End(count, length, directory, offset)


def read_entries(directory: bytes, count: int, shift: int) -> list[Entry]:
    """Return the members that a directory lists; they begin `shift` bytes after where it says.

    :raises ArchiveError: it is damaged, or has not `count` members.
    """
    entries = []
    at = 0
    try:
        while at < len(directory):
            entry, at = _entry(directory, at, shift)
            entries.append(entry)
    except struct.error:
        message = "its directory is cut off"
        raise ArchiveError(message) from None
    if len(entries) != count:
        message = f"its directory has {len(entries)} members and claims {count}"
        raise ArchiveError(message)
    return entries


def _entry(directory: bytes, at: int, shift: int) -> tuple[Entry, int]:
    (
        signature, made_by, _, flags, method, _, _, crc, packed, size,
        name_size, extra_size, comment_size, _, _, attributes, offset,
    ) = _CENTRAL.unpack_from(directory, at)  # fmt: skip
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_size
    end = extra_at + extra_size + comment_size
    if signature != b"PK\1\2" or end > len(directory):
        message = "its directory is damaged"
        raise ArchiveError(message)
    raw_name = directory[name_at:extra_at]
    extra = directory[extra_at : extra_at + extra_size]
    size, packed, offset = wide_fields(extra, (size, packed, offset))
    entry = Entry(
        name=raw_name.decode("utf-8" if flags & _UTF8 else "cp437", "backslashreplace"),
        raw_name=raw_name,
        flags=flags,
        method=method,
        crc=crc,
        packed_size=packed,
        size=size,
        header_offset=offset + shift,
        file_type=(attributes >> 16) & _TYPE_MASK if made_by >> 8 == _UNIX else 0,
        # Behind a byte of version and the checksum of the name that it stands for.
        other_name=extra_field(extra, _UNICODE_PATH)[5:].decode("utf-8", "replace"),
    )
    return entry, end
