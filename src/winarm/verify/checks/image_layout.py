"""The headers of an image must describe it as the Windows kernel and loader require.

The rules are those of the kernel where it makes a section of an image, which LIEF's `check_layout`
collected too: every published image of the corpus keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator

from winarm.coff import headers as pe
from winarm.coff.image import Image
from winarm.coff.managed import Managed
from winarm.verify.codes import Code
from winarm.verify.member_names import suffix_of
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject

_PAGE = 0x1000
#: Bytes of the DOS header, before which no other header may begin.
_DOS_HEADER = 0x40
_LARGEST_IMAGE = 0x7700_0000
_BASE_ALIGNMENT = 0x1_0000
#: Raw data of sections begins at multiples of this, unless sections do in memory too.
_SECTOR = 0x200
_WIDE_MACHINES = frozenset({0xAA64, 0x8664, 0x0200})


def check_image_layout(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find images that the kernel or the loader refuses for their headers or tables."""
    for member, image in subject.checked.items():
        # .NET has a loader of its own.
        if not image.loads_on(subject.target) or image.managed not in {Managed.NONE, Managed.MIXED}:
            continue
        if fault := next(_header_faults(image.headers, image.size), ""):
            # The rest depends on what the headers say.
            yield finding(Code.WA511, member, fault)
        else:
            yield from _check(member, image)


def _check(member: str, image: Image) -> Iterator[Finding]:
    if fault := next(_load_faults(image), ""):
        yield finding(Code.WA516, member, fault)
    if image.loading.relocations:
        yield finding(Code.WA504, member, image.loading.relocations)
    if image.exports.faults:
        yield finding(Code.WA515, member, image.exports.faults[0])
    if suffix_of(member) in {".pyd", ".dll"} and not image.is_dll:
        yield finding(Code.WA512, member, "IMAGE_FILE_DLL is not set")
    if fault := _signature_fault(image):
        yield finding(Code.WA513, member, fault)


def _header_faults(headers: pe.Headers, size: int) -> Iterator[str]:
    yield from _place_faults(headers, size)
    yield from _alignment_faults(headers)
    if not headers.sections:
        yield "it has no sections"
    elif headers.section_alignment < _PAGE:
        yield from _flat_section_faults(headers)
    else:
        yield from _section_faults(headers)
    yield from _raw_faults(headers, size)


def _place_faults(headers: pe.Headers, size: int) -> Iterator[str]:
    if headers.start % 4 or not _DOS_HEADER <= headers.start < size:
        yield f"its headers begin at {headers.start:#x}"
    if not headers.characteristics & pe.EXECUTABLE_IMAGE:
        yield "EXECUTABLE_IMAGE is not set"
    if headers.wide is not (headers.machine in _WIDE_MACHINES):
        yield "its optional header is another machine's"
    if headers.optional_size % 8:
        yield f"its optional header has {headers.optional_size} bytes, not a multiple of 8"
    if headers.table_end >= _PAGE:
        yield "its section table reaches beyond the first page"
    if headers.image_base % _BASE_ALIGNMENT:
        yield f"its base, {headers.image_base:#x}, is not a multiple of 64 KiB"


def _alignment_faults(headers: pe.Headers) -> Iterator[str]:
    in_file, in_memory = headers.file_alignment, headers.section_alignment
    for name, value in (("FileAlignment", in_file), ("SectionAlignment", in_memory)):
        if value <= 0 or value & (value - 1):
            yield f"its {name} is {value:#x}, not a power of two"
    if in_file > in_memory:
        yield f"its FileAlignment, {in_file:#x}, is over its SectionAlignment, {in_memory:#x}"
    if in_file % _SECTOR and in_file != in_memory:
        yield f"its FileAlignment is {in_file:#x}"
    if 2 * headers.start >= in_memory:
        yield f"its headers begin at {headers.start:#x}, too far into the first page"
    if not headers.size_of_headers:
        yield "SizeOfHeaders is 0"
    if headers.size_of_image > _LARGEST_IMAGE:
        yield f"SizeOfImage is {headers.size_of_image:#x}"
    if headers.size_of_headers > headers.size_of_image:
        yield f"SizeOfImage is {headers.size_of_image:#x}, less than the headers"


def _flat_section_faults(headers: pe.Headers) -> Iterator[str]:
    """Yield faults where sections must lie in memory as in the file."""
    for section in headers.sections:
        if section.rva != section.raw_offset or section.raw_size < section.memory_size:
            yield f"section {section.name} is elsewhere in memory than in the file"


def _section_faults(headers: pe.Headers) -> Iterator[str]:
    alignment = headers.section_alignment
    following = _aligned(headers.size_of_headers, alignment)
    for section in headers.sections:
        if section.rva != following:
            yield f"section {section.name} is at {section.rva:#x}, not at {following:#x}"
        if not section.memory_size:
            yield f"section {section.name} is empty"
        following = section.rva + _aligned(section.memory_size, alignment)
    if following > _aligned(headers.size_of_image, _PAGE):
        yield f"SizeOfImage is {headers.size_of_image:#x}, and the sections end at {following:#x}"


def _raw_faults(headers: pe.Headers, size: int) -> Iterator[str]:
    if headers.size_of_headers > size:
        yield f"SizeOfHeaders is {headers.size_of_headers:#x}, more than the file has"
    least = max(headers.table_end, headers.size_of_headers if headers.wide else 0)
    following = headers.table_end
    for section in headers.sections:
        if section.raw_size and 0 < section.raw_offset < least:
            yield f"section {section.name} lies over the headers in the file"
        elif 0 < section.raw_offset < following:
            yield f"section {section.name} lies over the section before it in the file"
        if section.raw_size:
            following = max(following, section.raw_offset + section.raw_size)


def _aligned(number: int, alignment: int) -> int:
    return -(-number // alignment) * alignment


def _load_faults(image: Image) -> Iterator[str]:
    headers = image.headers
    if entry := headers.entry_point:
        section = headers.section(entry)
        if section is None:
            yield f"its entry point, {entry:#x}, is in no section"
        elif not section.characteristics & pe.EXECUTABLE:
            yield f"its entry point, {entry:#x}, is in {section.name}, which is not code"
    table = headers.directory(pe.IAT)
    if table.rva and table.rva + table.size > headers.size_of_image:
        yield "its table of import addresses lies outside of the image"
    first, last = _made_writable(headers)
    for item in image.imports:
        section = headers.section(item.addresses)
        if section is None or not section.characteristics & pe.READABLE or item.addresses % 4:
            yield f"the addresses of imports from {item.dll} have no place in the image"
        elif not (item.delayed or section.characteristics & pe.WRITABLE):
            end = item.addresses + len(item.symbols) * (8 if headers.wide else 4)
            if item.addresses < first or end > last:
                yield f"the addresses of imports from {item.dll} cannot be written"
    yield from filter(None, (image.loading.tls, image.loading.config))


def _made_writable(headers: pe.Headers) -> tuple[int, int]:
    """Return where the pages begin and end that the loader makes writable to bind the imports.

    Without a table of import addresses these are all of the section with the import table.
    """
    table = headers.directory(pe.IAT)
    if table.rva and table.size:
        return table.rva & -_PAGE, _aligned(table.rva + table.size, _PAGE)
    section = headers.section(headers.directory(pe.IMPORT).rva)
    return (section.rva, section.rva + section.memory_size) if section is not None else (0, 0)


def _signature_fault(image: Image) -> str:
    headers = image.headers
    if not headers.dll_characteristics & pe.FORCE_INTEGRITY:
        return ""
    # This directory has a place in the file, not in memory.
    place, size = headers.directory(pe.SECURITY)
    if not (place and size):
        return "FORCE_INTEGRITY is set, and it has no signature"
    if place + size > image.size:
        return "FORCE_INTEGRITY is set, and its signature is cut off"
    return ""
