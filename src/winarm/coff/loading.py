"""What the loader uses of an image beside imports and exports, and what makes the loader refuse it.

Relocations, thread-local storage and load configuration ("PE Format": The .reloc Section, The .tls
Section, The Load Configuration Structure). The rules are those of ntdll's relocation code, and the
ones that LIEF's `check_layout` collected of the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from winarm.coff.buffer import U32, U64, Buffer, MalformedError, fields
from winarm.coff.headers import (
    DYNAMIC_BASE,
    EXECUTABLE,
    INITIALIZED_DATA,
    LOAD_CONFIG,
    READABLE,
    RELOCATION,
    TLS,
    Headers,
    Section,
)

_BLOCK = Struct("<II")
#: Types of relocations, the high four bits of an entry, that every machine has: none, the two
#: halves, 32 bits, and 64 bits.
_COMMON_TYPES = frozenset({0, 1, 2, 3, 10})
#: Types that 32-bit machines have too: with an adjustment (x86), two kinds of MOV32 (ARM32).
_NARROW_TYPES = frozenset({4, 5, 7})
_POINTER = {True: U64, False: U32}
#: Start and end of the data, address of the index, address of the callbacks.
_TLS = {True: Struct("<QQQQ8x"), False: Struct("<IIII8x")}
#: Functions that are called at the start of threads; images have one or two.
_MAX_CALLBACKS = 64


class _ConfigLayout(NamedTuple):
    """Offsets in the load configuration, which differ with the width of addresses."""

    guard_table: int
    guard_count: int
    relocation_section: int
    #: Fields that hold an address, or 0.
    addresses: tuple[int, ...]
    pointer: Struct


#: LockPrefixTable, SecurityCookie, SEHandlerTable, the pointers of control flow guard, CHPE and
#: enclaves: every field of winnt.h that is an address.
_CONFIG = {
    True: _ConfigLayout(
        0x80, 0x88, 0xE4,
        (0x28, 0x58, 0x60, 0x70, 0x78, 0xA0, 0xB0, 0xC0, 0xC8, 0xD0, 0xD8, 0xE8, 0xF8,
         0x100, 0x108, 0x118, 0x120, 0x128, 0x130, 0x138, 0x140),
        U64,
    ),
    False: _ConfigLayout(
        0x50, 0x54, 0x8C,
        (0x20, 0x3C, 0x40, 0x48, 0x4C, 0x68, 0x70, 0x78, 0x7C, 0x80, 0x84, 0x90, 0x9C, 0xA0,
         0xA4, 0xAC, 0xB0, 0xB4, 0xB8, 0xBC, 0xC0),
        U32,
    ),
}  # fmt: skip
_U16 = Struct("<H")


def _types_deleted(types: frozenset[int]) -> bytes:
    """Return the high bytes of entries of these types, for `bytes.translate` to delete."""
    return bytes(byte for byte in range(256) if byte >> 4 in types)


_DELETED = {
    True: _types_deleted(_COMMON_TYPES),
    False: _types_deleted(_COMMON_TYPES | _NARROW_TYPES),
}


#: The address of a page, and where in the file the entries of its relocations start and stop.
_Relocations = tuple[int, int, int]


class Loading(NamedTuple):
    """What is wrong with what the loader uses; sentences, or empty."""

    relocations: str = ""
    tls: str = ""
    config: str = ""


def read_loading(data: Buffer, headers: Headers) -> tuple[Loading, bool]:
    """Return what the loader refuses of an image, and whether all of it is within `data`."""
    try:
        blocks, fault = _relocations(data, headers)
        tls = next(_tls_faults(data, headers, blocks), "")
        return Loading(fault, tls, _config_fault(data, headers)), True
    except MalformedError as error:
        return Loading(relocations=error.what), False


def _relocations(data: Buffer, headers: Headers) -> tuple[list[_Relocations], str]:
    """Return the blocks of relocations up to one that is damaged, and what is wrong with them."""
    rva, size = headers.directory(RELOCATION)
    blocks: list[_Relocations] = []
    if not (rva and size):
        return blocks, ""
    at = headers.offset(rva)
    span = headers.span(rva + size - 1)
    if at + size > len(data) or span is None or rva + span[2] != at:
        raise MalformedError("its relocations lie outside of the file")
    end = at + size
    fault = ""
    while at + _BLOCK.size <= end:
        page, length = _BLOCK.unpack_from(data, at)
        stop = at + length
        if length < _BLOCK.size or length & 3 or stop > end:
            fault = f"the block of relocations at {at:#x} has an impossible length, {length}"
            break
        blocks.append((page, at + _BLOCK.size, stop))
        at = stop
    else:
        if at != end:
            fault = f"{end - at} bytes follow its last block of relocations"
    limit, deleted = headers.size_of_image, _DELETED[headers.wide]
    # Nearly always all types are known, which costs least to see of all blocks at once.
    types = b"".join([data[start + 1 : stop : 2] for _, start, stop in blocks])
    if types.translate(None, deleted):
        suspects = blocks
    else:
        suspects = [block for block in blocks if block[0] + 0x1000 > limit]
    found = (one for block in suspects for one in _block_faults(data, block, deleted, limit))
    return blocks, next(found, fault)


def _block_faults(data: Buffer, block: _Relocations, deleted: bytes, limit: int) -> Iterator[str]:
    page, start, stop = block
    if page >= limit:
        yield f"relocations are for the address {page:#x}, outside of the image"
    if unknown := data[start + 1 : stop : 2].translate(None, deleted):
        yield f"a relocation has the unknown type {unknown[0] >> 4}"
    room = limit - page
    places = (entry & 0xFFF for entry in _entries(data, block) if entry >> 12)
    if far := next((place for place in places if place >= room), 0):
        yield f"a relocation is for the address {page + far:#x}, outside of the image"


def _entries(data: Buffer, block: _Relocations) -> tuple[int, ...]:
    """Return the entries of a block: four bits of type, and a place in its page."""
    _, start, stop = block
    return Struct(f"<{(stop - start) // 2}H").unpack_from(data, start)


def _tls_faults(data: Buffer, headers: Headers, blocks: list[_Relocations]) -> Iterator[str]:
    rva = headers.place(TLS)
    if rva:
        yield from _tls_place_faults(headers.section(rva))
        yield from _tls_content_faults(data, headers, rva, blocks)


def _tls_place_faults(section: Section | None) -> Iterator[str]:
    if section is None or not section.characteristics & READABLE:
        yield "its thread-local storage is in no section that can be read"
    elif not section.characteristics & INITIALIZED_DATA:
        yield f"its thread-local storage is in {section.name}, which holds no data"


def _tls_content_faults(
    data: Buffer, headers: Headers, rva: int, blocks: list[_Relocations]
) -> Iterator[str]:
    at = headers.offset(rva)
    start, end, index, callbacks = places = fields(_TLS[headers.wide], data, at, "TLS directory")
    base = headers.image_base
    if not index or headers.section(index - base) is None:
        yield "its thread-local storage has no place for the index"
    if start > end or (start and headers.section(start - base) is None):
        yield "its thread-local data lies outside of the image"
    if callbacks and headers.section(callbacks - base) is None:
        yield "its list of thread callbacks lies outside of the image"
    listed = list(_callbacks(data, headers, callbacks - base)) if callbacks else []
    for callback in listed:
        code = headers.section(callback - base)
        if code is None or not code.characteristics & EXECUTABLE:
            yield f"the thread callback at {callback:#x} is not code"
    if headers.dll_characteristics & DYNAMIC_BASE:
        width = _POINTER[headers.wide].size
        moved = {rva + number * width for number, value in enumerate(places) if value}
        moved.update(callbacks - base + number * width for number in range(len(listed)))
        entries: dict[int, set[int]] = {address & ~0xFFF: set() for address in moved}
        for block in blocks:
            if (own := entries.get(block[0])) is not None:
                own.update(_entries(data, block))
        # Of any type but 0, which is none.
        if any(
            entries[address & ~0xFFF].isdisjoint(range(0x1000 | address & 0xFFF, 0x1_0000, 0x1000))
            for address in moved
        ):
            yield "addresses of its thread-local storage have no relocations"


def _callbacks(data: Buffer, headers: Headers, rva: int) -> Iterator[int]:
    pointer = _POINTER[headers.wide]
    span = headers.span(rva)
    if span is None:
        # In memory that begins as zeros: the list is empty.
        return
    at = rva + span[2]
    for _ in range(_MAX_CALLBACKS):
        address = fields(pointer, data, at, "list of thread callbacks")[0]
        if not address:
            return
        yield address
        at += pointer.size


def _config_fault(data: Buffer, headers: Headers) -> str:
    rva = headers.place(LOAD_CONFIG)
    span = headers.span(rva)
    # An unreadable load configuration is a defect that `read_hybrid` reports.
    if not rva or span is None:
        return ""
    at = rva + span[2]
    layout = _CONFIG[headers.wide]
    size = fields(U32, data, at, "load configuration")[0]
    if size >= layout.relocation_section + _U16.size:
        section = fields(_U16, data, at + layout.relocation_section, "load configuration")[0]
        if section > len(headers.sections):
            return f"its dynamic relocations are in section {section} of {len(headers.sections)}"
    if size >= layout.guard_count + layout.pointer.size:
        table = fields(layout.pointer, data, at + layout.guard_table, "load configuration")[0]
        count = fields(layout.pointer, data, at + layout.guard_count, "load configuration")[0]
        if table and (table < headers.image_base or not count):
            return "its table of control flow guard is empty or outside of the image"
    width = layout.pointer.size
    count = min(size, layout.addresses[-1] + width) // width
    words = fields(Struct(f"<{count}{layout.pointer.format[-1]}"), data, at, "load configuration")
    first, last = headers.image_base, headers.image_base + headers.size_of_image
    for offset in layout.addresses:
        address = words[offset // width] if offset < count * width else 0
        if address and not first <= address < last:
            return f"its load configuration names the address {address:#x}, outside of the image"
    return ""
