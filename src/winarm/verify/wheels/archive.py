"""A zip archive read the strict way: its directory, what contradicts it, and members' bytes.

The standard library's zipfile repairs what it reads (it cuts names at NUL, turns backslashes
round, believes the last directory), as installers do, each in its own way. Verification must see
what is really there, so this reads the structures themselves. (PKWARE's APPNOTE.TXT, 4.3 and 4.4;
"Wheel archive confusion" on the PyPI blog, 2025-08-07.)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from struct import Struct
from typing import IO, NamedTuple

from winarm.verify.codes import Code

_END = Struct("<4s4H2IH")
_END_64_LOCATOR = Struct("<4sIQI")
_END_64 = Struct("<4sQ2H2I4Q")
_CENTRAL = Struct("<4s6H3I5H2I")
_LOCAL = Struct("<4s5H3I2H")
_MAX_COMMENT = 0xFFFF
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFF_FFFF
#: A directory larger than this has more members than any limit allows.
_MAX_DIRECTORY = 256 * 2**20

# General purpose flags
_ENCRYPTED = 0x0001
_DESCRIPTOR = 0x0008
_STRONG_ENCRYPTION = 0x0040
_UTF8 = 0x0800
_MASKED_HEADERS = 0x2000

#: Lengths of a data descriptor: with or without signature, with 4- or 8-byte sizes.
_DESCRIPTORS = frozenset({12, 16, 20, 24})

_UNIX = 3
_TYPE_MASK, _REGULAR, _FOLDER = 0o170000, 0o100000, 0o040000


class ArchiveError(Exception):
    """The file is no zip archive that can be read."""


class Fault(NamedTuple):
    """Something wrong with the archive, as a code, the member and a sentence."""

    code: Code
    member: str
    message: str


class Entry(NamedTuple):
    """A member as the archive's directory has it."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    header_offset: int
    #: The file type of a Unix mode, or 0.
    file_type: int

    @property
    def is_folder(self) -> bool:
        """Return whether it stands for a folder."""
        return self.name.endswith("/")

    @property
    def is_special(self) -> bool:
        """Return whether it is a symbolic link, a device or the like."""
        return self.file_type not in {0, _REGULAR, _FOLDER}

    @property
    def is_encrypted(self) -> bool:
        """Return whether its data or its header is encrypted."""
        return bool(self.flags & (_ENCRYPTED | _STRONG_ENCRYPTION | _MASKED_HEADERS))


@dataclass(frozen=True, slots=True)
class Archive:
    """The directory of an archive, in its own order, and what is wrong with it."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    #: Where each entry's data begins; an entry whose own header is unreadable has none.
    data_offsets: dict[int, int]
    size: int


class _End(NamedTuple):
    members: int
    directory_size: int
    directory_offset: int
    #: Where the end records begin: the directory must reach to here.
    start: int


def read_archive(file: IO[bytes], max_members: int) -> Archive:
    """Read the directory and the members' own headers.

    :raises ArchiveError: there is no directory, or more than `max_members`.
    """
    size = file.seek(0, 2)
    end, faults = _find_end(file, size)
    if end.members > max_members or end.directory_size > _MAX_DIRECTORY:
        message = f"it claims {end.members} members"
        raise ArchiveError(message)
    # Like every reader: when something stands before the archive, all offsets shift.
    shift = end.start - end.directory_size - end.directory_offset
    if shift < 0:
        message = "its directory overlaps its end"
        raise ArchiveError(message)
    if shift:
        faults.append(Fault(Code.WA013, "", f"{shift} bytes do not belong to the archive"))
    directory = _read(file, end.directory_offset + shift, end.directory_size)
    entries = tuple(_entries(directory, end.members, shift))
    data_offsets: dict[int, int] = {}
    ends = []
    for entry in entries:
        data_offset = _local_header(file, entry, faults)
        if data_offset is not None:
            data_offsets[entry.header_offset] = data_offset
            ends.append((entry.header_offset, data_offset + entry.packed_size, entry))
    faults.extend(_layout_faults(ends, end.directory_offset + shift, shift))
    return Archive(entries, tuple(faults), data_offsets, size)


def _read(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        message = "it is cut off"
        raise ArchiveError(message)
    return data


def _find_end(file: IO[bytes], size: int) -> tuple[_End, list[Fault]]:
    start = max(0, size - _END.size - _MAX_COMMENT)
    tail = _read(file, start, size - start)
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
    if _FULL_16 in {count, here} or _FULL_32 in {length, offset}:
        end = _end_64(file, start + at)
        if end is not None:
            return end, faults
    if disk or first_disk or here != count:
        message = "it is one part of an archive in several files"
        raise ArchiveError(message)
    return _End(count, length, offset, start + at), faults


def _second_end(tail: bytes, last: int) -> bool:
    """Return whether an end record before the last one is plausible, not chance bytes."""
    at = tail.find(b"PK\5\6")
    while 0 <= at < last:
        _, disk, first_disk, here, count, *_ = _END.unpack_from(tail, at)
        if disk == first_disk == 0 and here == count:
            return True
        at = tail.find(b"PK\5\6", at + 1)
    return False


def _end_64(file: IO[bytes], end: int) -> _End | None:
    if end < _END_64_LOCATOR.size:
        return None
    locator = _read(file, end - _END_64_LOCATOR.size, _END_64_LOCATOR.size)
    signature, _, offset, _ = _END_64_LOCATOR.unpack(locator)
    if signature != b"PK\6\7":
        return None
    record = _read(file, offset, _END_64.size)
    signature, _, _, _, disk, first_disk, here, count, length, directory = _END_64.unpack(record)
    if signature != b"PK\6\6" or disk or first_disk or here != count:
        message = "its 64-bit end record is damaged"
        raise ArchiveError(message)
    return _End(count, length, directory, offset)


def _entries(directory: bytes, count: int, shift: int) -> list[Entry]:
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
    size, packed, offset = _wide_fields(
        directory[extra_at : extra_at + extra_size], (size, packed, offset)
    )
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
    )
    return entry, end


def _wide_fields(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return sizes and offset, those that do not fit from the ZIP64 extra field (4.5.3)."""
    if _FULL_32 not in values:
        return values
    at = 0
    while at + 4 <= len(extra):
        kind = int.from_bytes(extra[at : at + 2], "little")
        length = int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == 1:
            wide = extra[at + 4 : at + 4 + length]
            numbers = iter(
                int.from_bytes(wide[index : index + 8], "little")
                for index in range(0, len(wide) // 8 * 8, 8)
            )
            size, packed, offset = (
                next(numbers, value) if value == _FULL_32 else value for value in values
            )
            return size, packed, offset
        at += 4 + length
    return values


def _local_header(file: IO[bytes], entry: Entry, faults: list[Fault]) -> int | None:
    """Return where the member's data begins, and note what its own header says otherwise."""
    try:
        header = _read(file, entry.header_offset, _LOCAL.size + len(entry.raw_name))
        signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size = (
            _LOCAL.unpack_from(header)
        )
        name = header[_LOCAL.size :]
        if name_size != len(name):
            name = _read(file, entry.header_offset + _LOCAL.size, name_size)
        extra = _read(file, file.tell(), extra_size) if extra_size else b""
    except (ArchiveError, OSError):
        signature = b""
    if signature != b"PK\3\4":
        faults.append(Fault(Code.WA012, entry.name, "its own header is missing"))
        return None
    data_offset: int = entry.header_offset + _LOCAL.size + name_size + extra_size
    size, packed, _ = _wide_fields(extra, (size, packed, 0))
    own = (name, flags, method, crc, packed, size)
    if own != (entry.raw_name, entry.flags, entry.method, entry.crc, entry.packed_size, entry.size):
        different = _differences(entry, *own)
        if different:
            words = f"its own header has another {different} than the archive's directory"
            faults.append(Fault(Code.WA012, entry.name, words))
    return data_offset


def _differences(  # noqa: PLR0917 - the fields of a header, in their order
    entry: Entry, name: bytes, flags: int, method: int, crc: int, packed: int, size: int
) -> str:
    """Return in what a member's own header contradicts its directory entry."""
    # Written as a stream, sizes and checksum follow the data; the header has zeros, or the
    # values all the same.
    streamed = bool(flags & _DESCRIPTOR)
    pairs = (
        ("name", name, entry.raw_name, False),
        ("compression", method, entry.method, False),
        ("encryption", flags & _ENCRYPTED, entry.flags & _ENCRYPTED, False),
        ("checksum", crc, entry.crc, streamed),
        ("packed size", packed, entry.packed_size, streamed),
        ("size", size, entry.size, streamed),
    )
    return ", ".join(
        what
        for what, own, listed, may_be_zero in pairs
        if own != listed and not (may_be_zero and own in {0, _FULL_32})
    )


def _layout_faults(ends: list[tuple[int, int, Entry]], directory: int, first: int) -> list[Fault]:
    """Return members that overlap, and bytes between members that are nobody's."""
    faults = []
    expected = first
    previous: Entry | None = None
    for start, stop, entry in sorted(ends, key=lambda item: item[0]):
        faults.extend(_gap(start - expected, previous, entry.name))
        expected, previous = max(stop, expected), entry
    faults.extend(_gap(directory - expected, previous, ""))
    return faults


def _gap(gap: int, previous: Entry | None, name: str) -> list[Fault]:
    if gap < 0:
        return [Fault(Code.WA013, name, "its data overlaps another member's")]
    if not gap or (previous and previous.flags & _DESCRIPTOR and gap in _DESCRIPTORS):
        return []
    place = f"after {previous.name}" if previous else "before the first member"
    return [Fault(Code.WA013, "", f"{gap} bytes {place} belong to no member")]
