"""The headers of a PE image: machine, characteristics, directories and sections."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from winarm.coff.buffer import U16, U32, Buffer, MalformedError, fields

_COFF = Struct("<4sHHIIIHH")
#: AddressOfEntryPoint, ImageBase, SectionAlignment, FileAlignment, the subsystem's version,
#: SizeOfImage, SizeOfHeaders, Subsystem and DllCharacteristics; PE32 and PE32+ differ here in the
#: place and width of the base only.
_OPTIONAL_32 = Struct("<16xI8xIII8xHH4xII4xHH")
_OPTIONAL_64 = Struct("<16xI4xQII8xHH4xII4xHH")
_SECTION = Struct("<8sIIII12xI")
_DIRECTORY = Struct("<II")

_PE32, _PE32_PLUS = 0x10B, 0x20B
#: Offsets of NumberOfRvaAndSizes in the optional header.
_COUNT_32, _COUNT_64 = 92, 108
_MAX_DIRECTORIES = 16
#: "The Windows loader limits the number of sections to 96" (PE Format, COFF File Header).
_MAX_SECTIONS = 96

# Characteristics (IMAGE_FILE_*)
RELOCS_STRIPPED = 0x0001
EXECUTABLE_IMAGE = 0x0002
IS_DLL = 0x2000

# DllCharacteristics (IMAGE_DLLCHARACTERISTICS_*)
HIGH_ENTROPY_VA = 0x0020
DYNAMIC_BASE = 0x0040
FORCE_INTEGRITY = 0x0080
NX_COMPAT = 0x0100

# Section characteristics (IMAGE_SCN_*)
INITIALIZED_DATA = 0x40
EXECUTABLE = 0x2000_0000
READABLE = 0x4000_0000
WRITABLE = 0x8000_0000


#: A data directory: its address relative to the image base, and its bytes.
Directory = tuple[int, int]
#: Addresses that the file holds: the first, the one after the last, and by how much its place in
#: the file is more than an address.
Span = tuple[int, int, int]

#: Indices of the data directories that are read.
EXPORT, IMPORT, RESOURCE, SECURITY, RELOCATION, DEBUG = 0, 1, 2, 4, 5, 6
TLS, LOAD_CONFIG, IAT, DELAY_IMPORT, CLR = 9, 10, 12, 13, 14
#: Those whose content is read, not only their place.
TABLES = (EXPORT, IMPORT, RESOURCE, RELOCATION, DEBUG, TLS, LOAD_CONFIG, DELAY_IMPORT, CLR)


class Section(NamedTuple):
    """A section: where it is in memory and in the file."""

    raw_name: bytes
    virtual_size: int
    rva: int
    raw_size: int
    raw_offset: int
    characteristics: int

    @property
    def name(self) -> str:
        """Return its name, which only messages need."""
        return self.raw_name.rstrip(b"\0").decode("ascii", "backslashreplace")

    @property
    def memory_size(self) -> int:
        """Return its bytes in memory: the raw size where the header gives no other."""
        return self.virtual_size or self.raw_size


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of an image say."""

    #: Where the PE signature is, in the file and in memory (e_lfanew).
    start: int
    machine: int
    characteristics: int
    #: PE32+ (64-bit addresses) rather than PE32.
    wide: bool
    #: SizeOfOptionalHeader.
    optional_size: int
    entry_point: int
    image_base: int
    section_alignment: int
    file_alignment: int
    subsystem: int
    subsystem_version: tuple[int, int]
    dll_characteristics: int
    size_of_image: int
    size_of_headers: int
    directories: tuple[Directory, ...]
    sections: tuple[Section, ...]
    spans: tuple[Span, ...]
    #: Where each span starts: addresses are looked up by the thousand.
    starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note where the spans start."""
        object.__setattr__(self, "starts", tuple([start for start, _, _ in self.spans]))

    @property
    def machine_offset(self) -> int:
        """Return where the machine number is, in the file and in memory."""
        return self.start + 4

    @property
    def table_end(self) -> int:
        """Return where the section table ends in the file."""
        return self.start + _COFF.size + self.optional_size + len(self.sections) * _SECTION.size

    def section(self, rva: int) -> Section | None:
        """Return the section that has the address `rva` in memory, or None."""
        for section in self.sections:
            if section.rva <= rva < section.rva + (section.virtual_size or section.raw_size):
                return section
        return None

    def directory(self, index: int) -> Directory:
        """Return a data directory; one that the image does not have is (0, 0)."""
        return self.directories[index] if index < len(self.directories) else (0, 0)

    def place(self, index: int) -> int:
        """Return the address of a data directory, or 0."""
        return self.directory(index)[0]

    def span(self, rva: int) -> Span | None:
        """Return the part of the file that holds the address `rva`, or None."""
        span = start, stop, _ = self.spans[bisect_right(self.starts, rva) - 1]
        return span if start <= rva < stop else None

    def offset(self, rva: int) -> int:
        """Return where in the file the address `rva` is.

        :raises MalformedError: the file does not hold it.
        """
        span = self.span(rva)
        if span is None:
            raise MalformedError(f"the address {rva:#x} is in no section")
        return rva + span[2]


def read_headers(data: Buffer, size: int | None = None) -> Headers:
    """Read the headers of the image that `data` begins with.

    :param size: bytes of the image, where `data` is only its beginning.
    :raises MalformedError: they are no PE image's, or cut off.
    """
    start, (machine, count, _, _, _, optional_size, characteristics) = _coff_header(data)
    optional = start + _COFF.size
    magic = fields(U16, data, optional, "optional header")[0]
    if magic not in {_PE32, _PE32_PLUS}:
        raise MalformedError(f"its optional header has the unknown magic {magic:#x}")
    wide = magic == _PE32_PLUS
    values = fields(_OPTIONAL_64 if wide else _OPTIONAL_32, data, optional, "optional header")
    entry_point, base, alignment, file_alignment, major, minor, *rest = values
    size_of_image, size_of_headers, subsystem, flags = rest
    sections = _sections(data, optional + optional_size, count)
    return Headers(
        start=start,
        machine=machine,
        characteristics=characteristics,
        wide=wide,
        optional_size=optional_size,
        entry_point=entry_point,
        image_base=base,
        section_alignment=alignment,
        file_alignment=file_alignment,
        subsystem=subsystem,
        subsystem_version=(major, minor),
        dll_characteristics=flags,
        size_of_image=size_of_image,
        size_of_headers=size_of_headers,
        directories=_directories(data, optional, optional_size, _COUNT_64 if wide else _COUNT_32),
        sections=sections,
        spans=_spans(sections, size_of_headers, len(data) if size is None else size),
    )


def read_machine(data: Buffer) -> int:
    """Return the machine in the COFF header of the image that `data` begins with.

    :raises MalformedError: it is not a PE image, or cut off.
    """
    return _coff_header(data)[1][0]


def _coff_header(data: Buffer) -> tuple[int, tuple[int, ...]]:
    """Return where the PE signature is, and the fields of the COFF header after it."""
    if data[:2] != b"MZ":
        raise MalformedError("it does not begin with MZ")
    start = fields(U32, data, 0x3C, "DOS header")[0]
    signature, *values = _COFF.unpack(_slice(data, start, _COFF.size, "PE header"))
    if signature != b"PE\0\0":
        raise MalformedError(
            "it has no PE signature: a program for DOS or 16-bit Windows, or cut off"
        )
    return start, tuple(values)


def _slice(data: Buffer, offset: int, size: int, what: str) -> Buffer:
    if offset + size > len(data):
        raise MalformedError(f"the {what} lies outside of the file")
    return data[offset : offset + size]


def _directories(
    data: Buffer, optional: int, optional_size: int, count_at: int
) -> tuple[Directory, ...]:
    count = fields(U32, data, optional + count_at, "optional header")[0]
    room = max(0, optional_size - count_at - U32.size) // _DIRECTORY.size
    size = min(count, room, _MAX_DIRECTORIES) * _DIRECTORY.size
    table = _slice(data, optional + count_at + U32.size, size, "table of data directories")
    return tuple(_DIRECTORY.iter_unpack(table))


def _sections(data: Buffer, first: int, count: int) -> tuple[Section, ...]:
    if count > _MAX_SECTIONS:
        raise MalformedError(f"it has {count} sections, and Windows loads at most {_MAX_SECTIONS}")
    table = _slice(data, first, count * _SECTION.size, "section table")
    return tuple(map(Section._make, _SECTION.iter_unpack(table)))


def _spans(sections: tuple[Section, ...], header_end: int, file_end: int) -> tuple[Span, ...]:
    """Return what the file holds in memory, in the order of addresses."""
    spans = [(0, min(header_end, file_end), 0)]
    for section in sections:
        held = min(section.raw_size, max(0, file_end - section.raw_offset))
        if held:
            shift = section.raw_offset - section.rva
            spans.append((section.rva, section.rva + held, shift))
    return tuple(sorted(spans))
