"""The directory of a zip archive: its end records, and the entry of each member."""

from __future__ import annotations

import struct
import unicodedata
from struct import Struct
from typing import IO, NamedTuple

from winarm.verify.codes import Code
from winarm.verify.wheels.entry import (
    FULL_32,
    UTF8,
    ArchiveError,
    Entry,
    Fault,
    extra_fields,
    read_exactly,
    unicode_name,
    wide_sizes,
)

_END = Struct("<4s4H2IH")
_END_64_LOCATOR = Struct("<4sIQI")
_END_64 = Struct("<4sQ2H2I4Q")
_CENTRAL = Struct("<4s6H3I5H2I")
_MAX_COMMENT = 0xFFFF
#: How records begin (4.3); readers that look for them find them in a comment too.
_SIGNATURES = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")
_FULL_16 = 0xFFFF
#: The end record's size field counts from after it: 44 bytes, and extensible data.
_END_64_REST = _END_64.size - 12
#: Categories of Unicode: control, format and private characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Co"})
#: A member that needs a newer version of the format (4.4.3) is refused by Python's zipfile.
_NEWEST_VERSION = 63

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
    """Return the end records of an archive of `size` bytes, and what is wrong with them.

    :raises ArchiveError: there is no end record, or a damaged one.
    """
    start = max(0, size - _END.size - _MAX_COMMENT)
    tail = read_exactly(file, start, size - start)
    at = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
    if at < 0:
        raise ArchiveError("it has no directory: no zip archive, or cut off")
    _, disk, first_disk, here, count, length, offset, comment = _END.unpack_from(tail, at)
    faults = []
    if any(signature in tail[at + _END.size :] for signature in _SIGNATURES):
        faults.append(Fault(Code.WA013, "", "its comment holds a record of a zip archive"))
    rest = len(tail) - at - _END.size - comment
    if rest:
        words = f"{rest} bytes follow" if rest > 0 else "its comment is cut off at"
        faults.append(Fault(Code.WA013, "", f"{words} the end of the archive"))
    if tail.find(b"PK\5\6", 0, at) >= 0 and _second_end(tail, at):
        faults.append(Fault(Code.WA013, "", "the archive has more than one end record"))
    end = _end_64(file, start + at, faults)
    if end is not None:
        pairs = (
            (count, _FULL_16, end.members),
            (length, FULL_32, end.directory_size),
            (offset, FULL_32, end.directory_offset),
        )
        if any(value not in {full, wide} for value, full, wide in pairs):
            faults.append(Fault(Code.WA013, "", "its end record contradicts the 64-bit one"))
        return end, faults
    if FULL_32 in {length, offset}:
        raise ArchiveError("its end record refers to a 64-bit one that is not there")
    if disk or first_disk or here != count:
        raise ArchiveError("it is one part of an archive in several files")
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


def _end_64(file: IO[bytes], end: int, faults: list[Fault]) -> End | None:
    """Return what the 64-bit end record says, where a locator of one is before `end`."""
    if end < _END_64_LOCATOR.size:
        return None
    locator = read_exactly(file, end - _END_64_LOCATOR.size, _END_64_LOCATOR.size)
    signature, disk, offset, disks = _END_64_LOCATOR.unpack(locator)
    if signature != b"PK\6\7":
        return None
    if disk or disks > 1:
        raise ArchiveError("it is one part of an archive in several files")
    record = read_exactly(file, offset, _END_64.size)
    signature, rest, _, _, disk, first_disk, here, count, length, directory = _END_64.unpack(record)
    if signature != b"PK\6\6" or disk or first_disk or here != count:
        raise ArchiveError("its 64-bit end record is damaged")
    if rest != _END_64_REST:
        words = "its 64-bit end record has extensible data"
        faults.append(Fault(Code.WA015, "", words))
    elif offset + _END_64.size != end - _END_64_LOCATOR.size:
        words = "bytes between its 64-bit end record and the locator belong to no member"
        faults.append(Fault(Code.WA013, "", words))
    return End(count, length, directory, offset)


def read_entries(directory: bytes, count: int, shift: int, faults: list[Fault]) -> list[Entry]:
    """Return the members that a directory lists; they begin `shift` bytes after where it says.

    What is wrong with an entry is added to `faults`.

    :raises ArchiveError: it is damaged, or has not `count` members.
    """
    entries = []
    at = 0
    try:
        while at < len(directory):
            entry, at = _entry(directory, at, shift, faults)
            entries.append(entry)
    except struct.error:
        raise ArchiveError("its directory is cut off") from None
    if len(entries) != count:
        raise ArchiveError(f"its directory has {len(entries)} members and claims {count}")
    return entries


def _entry(directory: bytes, at: int, shift: int, faults: list[Fault]) -> tuple[Entry, int]:
    (
        signature, made_by, version, flags, method, _, _, crc, packed, size,
        name_size, extra_size, comment_size, _, _, attributes, offset,
    ) = _CENTRAL.unpack_from(directory, at)  # fmt: skip
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_size
    end = extra_at + extra_size + comment_size
    if signature != b"PK\1\2" or end > len(directory):
        raise ArchiveError("its directory is damaged")
    raw_name = directory[name_at:extra_at]
    encoding = "ascii" if raw_name.isascii() else "utf-8" if flags & UTF8 else "cp437"
    name = raw_name.decode(encoding, "backslashreplace")
    other_name = ""
    if extra_size or FULL_32 in {size, packed, offset}:
        # Up to three bytes at the end are passed over here by every reader.
        fields, problem = extra_fields(directory[extra_at : extra_at + extra_size], whole=False)
        (size, packed, offset), wide_problem = wide_sizes(fields, (size, packed, offset))
        if problem := problem or wide_problem:
            faults.append(Fault(Code.WA016, name, problem))
        other_name = unicode_name(fields, raw_name)
    if odd := _oddity(raw_name, flags):
        faults.append(Fault(Code.WA015, name, odd))
    if comment_size:
        faults.append(Fault(Code.WA015, name, "it has a comment"))
    if version & 0xFF > _NEWEST_VERSION:
        words = f"it needs version {version & 0xFF} of the format, in tenths"
        faults.append(Fault(Code.WA015, name, words))
    entry = Entry(
        name=name,
        raw_name=raw_name,
        flags=flags,
        method=method,
        crc=crc,
        packed_size=packed,
        size=size,
        header_offset=offset + shift,
        file_type=(attributes >> 16) & _TYPE_MASK if made_by >> 8 == _UNIX else 0,
        other_name=other_name,
        is_folder=name.endswith("/"),
    )
    return entry, end


def _oddity(raw_name: bytes, flags: int) -> str:
    """Return what is unusual about a name's encoding: installers decode it in different ways."""
    if raw_name.isascii():
        return "its name has a control character" if b"\x7f" in raw_name else ""
    if not flags & UTF8:
        return "its name is not ASCII and not marked as UTF-8"
    try:
        name = raw_name.decode("utf-8")
    except UnicodeDecodeError:
        return "its name is marked as UTF-8 and is not"
    if _INVISIBLE.isdisjoint(map(unicodedata.category, name)):
        return ""
    return "its name has a character without a shape, which uv refuses"
