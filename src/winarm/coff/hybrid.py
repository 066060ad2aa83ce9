"""Hybrid images: ARM64EC, ARM64X and x86 CHPE, told apart by the load configuration.

A hybrid image's header names one machine; only the pointer to its CHPE metadata says that there
is code of another inside. An ARM64X image has dynamic relocations, too, that turn its header
into the x64 one when an x64 process loads it. ("Arm64X PE files" in Microsoft's documentation;
IMAGE_LOAD_CONFIG_DIRECTORY64 and IMAGE_DYNAMIC_RELOCATION_TABLE in winnt.h.)
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from winarm.coff.buffer import U16, U32, U64, Buffer, MalformedError, fields
from winarm.coff.headers import LOAD_CONFIG, Headers
from winarm.target import WIN_AMD64


class _Layout(NamedTuple):
    """Offsets in the load configuration, which differ with the width of addresses."""

    chpe: int
    table_offset: int
    table_section: int
    pointer: Struct


_WIDE = _Layout(0xC8, 0xE0, 0xE4, U64)
_NARROW = _Layout(0x7C, 0x88, 0x8C, U32)

#: Symbol of the dynamic relocations of an ARM64X image (IMAGE_DYNAMIC_RELOCATION_ARM64X).
_ARM64X_SYMBOL = 6
_TABLE = Struct("<II")
_ENTRY = {(1, True): Struct("<QI"), (1, False): Struct("<II")}
_ENTRY_2 = {True: Struct("<IIQII"), False: Struct("<IIIII")}
_BLOCK = Struct("<II")

#: Symbols that have dynamic relocations; Windows knows eight.
_MAX_ENTRIES = 64
#: Bytes of the fixups of the headers' page that are looked at; they are some dozens.
_MAX_BLOCK = 0x800

# Kinds of ARM64X fixups (IMAGE_DVRT_ARM64X_FIXUP_TYPE_*)
_ZERO_FILL, _VALUE, _DELTA = 0, 1, 2


class Hybrid(NamedTuple):
    """What the load configuration says of a second machine inside the image."""

    #: There is CHPE metadata.
    metadata: bool = False
    #: A dynamic relocation turns the header's machine into x64's.
    x64_view: bool = False


def read_hybrid(data: Buffer, headers: Headers) -> tuple[Hybrid, tuple[str, ...]]:
    """Return whether an image is a hybrid, and what is wrong with its load configuration."""
    rva = headers.place(LOAD_CONFIG)
    if not rva:
        return Hybrid(), ()
    try:
        config = headers.offset(rva)
        # Older linkers write a shorter structure; the first field says how long it is.
        size = fields(U32, data, config, "load configuration")[0]
        layout = _WIDE if headers.wide else _NARROW
        if size < layout.chpe + layout.pointer.size:
            return Hybrid(), ()
        pointer = fields(layout.pointer, data, config + layout.chpe, "load configuration")[0]
        if not pointer:
            return Hybrid(), ()
        if size < layout.table_section + U16.size:
            return Hybrid(metadata=True), ()
        return Hybrid(metadata=True, x64_view=_has_x64_view(data, headers, config, layout)), ()
    except MalformedError as error:
        return Hybrid(), (error.what,)


def _has_x64_view(data: Buffer, headers: Headers, config: int, layout: _Layout) -> bool:
    offset = fields(U32, data, config + layout.table_offset, "load configuration")[0]
    section = fields(U16, data, config + layout.table_section, "load configuration")[0]
    if not 0 < section <= len(headers.sections):
        return False
    table = headers.sections[section - 1].raw_offset + offset
    start, stop = next(_arm64x_relocations(data, table, wide=headers.wide), (0, 0))
    return any(
        value == WIN_AMD64.machine.to_bytes(2, "little") and rva == headers.machine_offset
        for rva, value in _first_values(data, start, stop)
    )


def _arm64x_relocations(data: Buffer, table: int, *, wide: bool) -> Iterator[tuple[int, int]]:
    """Yield where in the file the ARM64X relocations begin and end."""
    version, size = fields(_TABLE, data, table, "dynamic relocation table")
    at, end = table + _TABLE.size, min(table + _TABLE.size + size, len(data))
    for _ in range(_MAX_ENTRIES):
        if at >= end:
            return
        if version == 1:
            layout = _ENTRY[1, wide]
            symbol, length = fields(layout, data, at, "dynamic relocation")
            first = at + layout.size
        else:
            header, length, symbol, *_ = fields(_ENTRY_2[wide], data, at, "dynamic relocation")
            first = at + max(header, _ENTRY_2[wide].size)
        if symbol == _ARM64X_SYMBOL:
            yield first, min(first + length, end)
        at = first + length


def _first_values(data: Buffer, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield address and new value of every fixup of the first page that writes a value.

    Blocks are in the order of their pages, so that the headers' comes first.
    """
    if at + _BLOCK.size <= end:
        page, size = fields(_BLOCK, data, at, "dynamic relocation block")
        yield from _block_values(data, page, at + _BLOCK.size, min(at + size, end, at + _MAX_BLOCK))


def _block_values(data: Buffer, page: int, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    while at + U16.size <= end:
        word = fields(U16, data, at, "dynamic relocation")[0]
        at += U16.size
        kind, meta = word >> 12 & 3, word >> 14
        if kind == _VALUE:
            length = 1 << meta
            yield page + (word & 0xFFF), bytes(data[at : at + length])
            at += length
        elif kind == _DELTA:
            at += U16.size
