"""A zip archive read the strict way: its directory, what contradicts it, and members' bytes.

The standard library's zipfile repairs what it reads (it cuts names at NUL, turns backslashes
round, believes the last directory), as installers do, each in its own way. Verification must see
what is really there, so this reads the structures themselves. (PKWARE's APPNOTE.TXT, 4.3 and 4.4;
"Wheel archive confusion" on the PyPI blog, 2025-08-07.)
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from struct import Struct
from typing import IO

from winarm.verify.codes import Code
from winarm.verify.wheels.directory import find_end, read_entries
from winarm.verify.wheels.entry import (
    DESCRIPTOR,
    ENCRYPTED,
    FULL_32,
    PATCH,
    UTF8,
    ZIP64,
    ArchiveError,
    Entry,
    Fault,
    extra_fields,
    read_exactly,
    unicode_name,
    wide_sizes,
)

_LOCAL = Struct("<4s5H3I2H")
#: A directory larger than this has more members than any limit allows.
_MAX_DIRECTORY = 256 * 2**20
_DESCRIPTOR_SIGNATURE = b"PK\7\x08"
_DESCRIPTOR = Struct("<3I")
_DESCRIPTOR_64 = Struct("<IQQ")
_STORED = 0
#: Bytes of one size of 64 bits, and of nothing when it is deflated.
_ONE_SIZE = 8
_EMPTY_DEFLATED = 2


@dataclass(frozen=True, slots=True)
class Archive:
    """The directory of an archive, in its own order, and what is wrong with it."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    #: Where each entry's data begins; an entry whose own header is unreadable has none.
    data_offsets: dict[int, int]
    size: int


def read_archive(file: IO[bytes], max_members: int) -> Archive:
    """Read the directory and the members' own headers.

    :raises ArchiveError: there is no directory, or more than `max_members`.
    """
    size = file.seek(0, 2)
    end, faults = find_end(file, size)
    if end.members > max_members or end.directory_size > _MAX_DIRECTORY:
        raise ArchiveError(f"it claims {end.members} members")
    # As other readers do: bytes before the archive shift all offsets.
    shift = end.start - end.directory_size - end.directory_offset
    if shift < 0:
        raise ArchiveError("its directory overlaps its end")
    if shift:
        faults.append(Fault(Code.WA013, "", f"{shift} bytes do not belong to the archive"))
    directory = read_exactly(file, end.directory_offset + shift, end.directory_size)
    entries = tuple(read_entries(directory, end.members, shift, faults))
    data_offsets: dict[int, int] = {}
    ends = []
    for entry in entries:
        if entry.other_name:
            _second_name(entry, entry.other_name, faults)
        if entry.is_folder and (entry.size or entry.packed_size > _EMPTY_DEFLATED):
            faults.append(Fault(Code.WA012, entry.name, "it is a folder and has content"))
        data_offset = _local_header(file, entry, faults)
        if data_offset is not None:
            data_offsets[entry.header_offset] = data_offset
            stop = data_offset + entry.packed_size
            if entry.flags & DESCRIPTOR:
                stop = _descriptor_end(file, entry, stop, faults)
            ends.append((entry.header_offset, stop, entry))
    faults.extend(_layout_faults(ends, end.directory_offset + shift, shift))
    return Archive(entries, tuple(faults), data_offsets, size)


def _second_name(entry: Entry, name: str, faults: list[Fault]) -> None:
    if name not in {"", entry.name}:
        words = f"some readers call it {name}, as an extra field does"
        faults.append(Fault(Code.WA012, entry.name, words))


def _local_header(file: IO[bytes], entry: Entry, faults: list[Fault]) -> int | None:
    """Return where the member's data begins, and note what its own header says otherwise."""
    try:
        header = read_exactly(file, entry.header_offset, _LOCAL.size + len(entry.raw_name))
        signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size = (
            _LOCAL.unpack_from(header)
        )
        name = header[_LOCAL.size :]
        if name_size != len(name):
            name = read_exactly(file, entry.header_offset + _LOCAL.size, name_size)
        extra = read_exactly(file, file.tell(), extra_size) if extra_size else b""
    except (ArchiveError, OSError):
        signature = b""
    if signature != b"PK\3\4":
        faults.append(Fault(Code.WA012, entry.name, "its own header is missing"))
        return None
    data_offset: int = entry.header_offset + _LOCAL.size + name_size + extra_size
    if extra or FULL_32 in {size, packed}:
        fields, problem = extra_fields(extra)
        (size, packed), wide_problem = wide_sizes(fields, (size, packed))
        if len(fields.get(ZIP64, b"")) == _ONE_SIZE and method != _STORED:
            wide_problem = "its ZIP64 field has one size of two"
        if problem := problem or wide_problem:
            faults.append(Fault(Code.WA016, entry.name, f"in its own header, {problem}"))
        if (other := unicode_name(fields, entry.raw_name)) != entry.other_name:
            _second_name(entry, other, faults)
    own = (name, flags, method, crc, packed, size)
    if own != (entry.raw_name, entry.flags, entry.method, entry.crc, entry.packed_size, entry.size):
        different = _differences(entry, *own)
        if different:
            words = f"its own header has another {different} than the archive's directory"
            faults.append(Fault(Code.WA012, entry.name, words))
    return data_offset


def _descriptor_end(file: IO[bytes], entry: Entry, offset: int, faults: list[Fault]) -> int:
    """Return where the data descriptor (4.3.9) after a member's data ends, and compare it.

    It has a signature or not, and sizes of 4 or 8 bytes.
    """
    words = "its sizes follow its data (a data descriptor)"
    faults.append(Fault(Code.WA015, entry.name, words))
    file.seek(offset)
    data = file.read(len(_DESCRIPTOR_SIGNATURE) + _DESCRIPTOR_64.size)
    values = (entry.crc, entry.packed_size, entry.size)
    for start in (len(_DESCRIPTOR_SIGNATURE), 0):
        if start and not data.startswith(_DESCRIPTOR_SIGNATURE):
            continue
        for form in (_DESCRIPTOR, _DESCRIPTOR_64):
            stop = start + form.size
            if len(data) >= stop and form.unpack_from(data, start) == values:
                return offset + stop
    words = "its data descriptor has another checksum or size than the archive's directory"
    faults.append(Fault(Code.WA012, entry.name, words))
    return offset


def _differences(  # noqa: PLR0917 - the fields of a header, in their order
    entry: Entry, name: bytes, flags: int, method: int, crc: int, packed: int, size: int
) -> str:
    """Return in what a member's own header contradicts its directory entry."""
    # Written as a stream, sizes and checksum follow the data; the header has zeros, or the
    # values all the same.
    streamed = bool(flags & DESCRIPTOR)
    non_ascii = not name.isascii()
    pairs = (
        ("name", name, entry.raw_name, False),
        ("compression", method, entry.method, False),
        ("encryption", flags & ENCRYPTED, entry.flags & ENCRYPTED, False),
        ("use of patches", flags & PATCH, entry.flags & PATCH, False),
        ("place of its sizes", flags & DESCRIPTOR, entry.flags & DESCRIPTOR, False),
        (
            "encoding of its name",
            flags & UTF8,
            entry.flags & UTF8 if non_ascii else flags & UTF8,
            False,
        ),
        ("checksum", crc, entry.crc, streamed),
        ("packed size", packed, entry.packed_size, streamed),
        ("size", size, entry.size, streamed),
    )
    return ", ".join(
        what
        for what, own, listed, may_be_zero in pairs
        if own != listed and not (may_be_zero and own in {0, FULL_32})
    )


def _layout_faults(ends: list[tuple[int, int, Entry]], directory: int, first: int) -> list[Fault]:
    """Return members that overlap, and bytes that belong to no member."""
    faults = []
    expected = first
    previous: Entry | None = None
    for start, stop, entry in sorted(ends, key=itemgetter(0)):
        if start != expected:
            faults.append(_gap(start - expected, previous, entry.name))
        expected, previous = max(stop, expected), entry
    if directory != expected:
        faults.append(_gap(directory - expected, previous, ""))
    return faults


def _gap(gap: int, previous: Entry | None, name: str) -> Fault:
    if gap < 0:
        return Fault(Code.WA013, name, "its data overlaps another member's")
    place = f"after {previous.name}" if previous else "before the first member"
    return Fault(Code.WA013, "", f"{gap} bytes {place} belong to no member")
