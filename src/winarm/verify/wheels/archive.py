"""A zip archive read the strict way: its directory, what contradicts it, and members' bytes.

The standard library's zipfile repairs what it reads (it cuts names at NUL, turns backslashes
round, believes the last directory), as installers do, each in its own way. Verification must see
what is really there, so this reads the structures themselves. (PKWARE's APPNOTE.TXT, 4.3 and 4.4;
"Wheel archive confusion" on the PyPI blog, 2025-08-07.)
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import IO

from winarm.verify.codes import Code
from winarm.verify.wheels.directory import find_end, read_entries
from winarm.verify.wheels.entry import (
    DESCRIPTOR,
    ENCRYPTED,
    FULL_32,
    ArchiveError,
    Entry,
    Fault,
    read_exactly,
    wide_fields,
)

_LOCAL = Struct("<4s5H3I2H")
#: A directory larger than this has more members than any limit allows.
_MAX_DIRECTORY = 256 * 2**20
#: Lengths of a data descriptor: with or without signature, with 4- or 8-byte sizes.
_DESCRIPTORS = frozenset({12, 16, 20, 24})


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
        message = f"it claims {end.members} members"
        raise ArchiveError(message)
    # Like every reader: when something stands before the archive, all offsets shift.
    shift = end.start - end.directory_size - end.directory_offset
    if shift < 0:
        message = "its directory overlaps its end"
        raise ArchiveError(message)
    if shift:
        faults.append(Fault(Code.WA013, "", f"{shift} bytes do not belong to the archive"))
    directory = read_exactly(file, end.directory_offset + shift, end.directory_size)
    entries = tuple(read_entries(directory, end.members, shift))
    data_offsets: dict[int, int] = {}
    ends = []
    for entry in entries:
        if entry.other_name not in {"", entry.name}:
            words = f"some readers call it {entry.other_name}, as an extra field does"
            faults.append(Fault(Code.WA012, entry.name, words))
        data_offset = _local_header(file, entry, faults)
        if data_offset is not None:
            data_offsets[entry.header_offset] = data_offset
            ends.append((entry.header_offset, data_offset + entry.packed_size, entry))
    faults.extend(_layout_faults(ends, end.directory_offset + shift, shift))
    return Archive(entries, tuple(faults), data_offsets, size)


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
    size, packed, _ = wide_fields(extra, (size, packed, 0))
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
    streamed = bool(flags & DESCRIPTOR)
    pairs = (
        ("name", name, entry.raw_name, False),
        ("compression", method, entry.method, False),
        ("encryption", flags & ENCRYPTED, entry.flags & ENCRYPTED, False),
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
    if not gap or (previous and previous.flags & DESCRIPTOR and gap in _DESCRIPTORS):
        return []
    place = f"after {previous.name}" if previous else "before the first member"
    return [Fault(Code.WA013, "", f"{gap} bytes {place} belong to no member")]
