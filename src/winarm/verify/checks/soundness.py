"""Windows must be willing to load every image, and it should be safe when it does.

The rules for headers and tables are those of the kernel where it makes a section of an image, which
LIEF's `check_layout` collected too: every published image of the corpus keeps them. Windows on Arm
also refuses images that cannot be moved (no DYNAMICBASE, or relocations with an address and no
size), whose data may be executed, or with a base below 4 GiB, which Microsoft's linker will not
make (LNK1246, LNK1355).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from winarm.coff import headers as pe
from winarm.coff.image import Image
from winarm.coff.machines import Kind
from winarm.verify.codes import Code
from winarm.verify.member_names import is_module, suffix_of
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
_FOUR_GIB = 2**32
#: IMAGE_SUBSYSTEM_WINDOWS_GUI and _CUI.
_SUBSYSTEMS = frozenset({2, 3})
_NEWEST_SUBSYSTEM = (10, 0)


def check_image_layout(subject: Subject) -> Iterator[Finding]:
    """Find images that the kernel or the loader refuses for their headers or tables."""
    for member, image in subject.loadable.items():
        if not image.has_windows_loader:
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
        size = section.memory_size
        if not size:
            yield f"section {section.name} is empty"
        following = section.rva + _aligned(size, alignment)
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
    table, size = headers.directory(pe.IAT)
    if table and table + size > headers.size_of_image:
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
    table, size = headers.directory(pe.IAT)
    if table and size:
        return table & -_PAGE, _aligned(table + size, _PAGE)
    section = headers.section(headers.place(pe.IMPORT))
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


def check_soundness(subject: Subject) -> Iterator[Finding]:
    """Find images that Windows refuses, or that are unsafe."""
    for member, image in subject.checked.items():
        if image.has_windows_loader:
            if image.kind in {Kind.ARM64, Kind.ARM64X}:
                yield from _required_on_arm64(member, image.headers)
            yield from _subsystem(member, image.headers)
        yield from _sections(member, image)
        # The libraries that are bundled are made elsewhere.
        if is_module(member) and (path := image.pdb_path) and ("\\" in path or "/" in path):
            yield finding(Code.WA509, member, f"its debug record names {path}")


def _required_on_arm64(member: str, headers: pe.Headers) -> Iterator[Finding]:
    flags = headers.dll_characteristics
    relocations, size = headers.directory(pe.RELOCATION)
    if not flags & pe.DYNAMIC_BASE:
        yield finding(Code.WA501, member, "DYNAMICBASE is not set")
    if not flags & pe.NX_COMPAT:
        yield finding(Code.WA502, member, "NX_COMPAT is not set")
    if headers.image_base < _FOUR_GIB:
        yield finding(Code.WA503, member, f"its base is {headers.image_base:#x}, below 4 GiB")
    if headers.characteristics & pe.RELOCS_STRIPPED:
        yield finding(Code.WA504, member, "its relocations are stripped")
    elif relocations and not size:
        yield finding(Code.WA504, member, "its relocations have an address and no size")
    if not flags & pe.HIGH_ENTROPY_VA:
        yield finding(Code.WA506, member, "HIGH_ENTROPY_VA is not set")


def _subsystem(member: str, headers: pe.Headers) -> Iterator[Finding]:
    if headers.subsystem not in _SUBSYSTEMS:
        words = f"its subsystem is {headers.subsystem}, neither windows (2) nor console (3)"
        yield finding(Code.WA510, member, words)
    elif headers.subsystem_version > _NEWEST_SUBSYSTEM:
        version = ".".join(map(str, headers.subsystem_version))
        yield finding(Code.WA510, member, f"it asks for version {version} of Windows")


def _sections(member: str, image: Image) -> Iterator[Finding]:
    sections = sorted(image.headers.sections, key=lambda section: section.rva)
    both = pe.WRITABLE | pe.EXECUTABLE
    faults = {
        Code.WA505: [
            f"section {section.name} can be written and run"
            for section in sections
            if section.characteristics & both == both
        ],
        Code.WA508: [
            f"section {section.name} ends after the file does"
            for section in sections
            if section.raw_size and section.raw_offset + section.raw_size > image.size
        ],
        Code.WA507: [
            f"sections {one.name} and {other.name} overlap"
            for one, other in pairwise(sections)
            if one.rva + max(one.virtual_size, 1) > other.rva
        ],
    }
    for code, found in faults.items():
        if found:
            more = f" ({len(found) - 1} more too)" if len(found) > 1 else ""
            yield finding(code, member, found[0] + more)
