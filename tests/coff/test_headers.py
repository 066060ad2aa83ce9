from __future__ import annotations

import struct

import pytest
from verify_samples.image import (
    AMD64,
    ARM64,
    E_LFANEW,
    HEADERS_SIZE,
    SECTION_RVA,
    X86,
    image,
)

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import CLR, EXPORT, read_headers, read_machine
from winarm.coff.image import read_image


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "begin with MZ"),
        (b"\x7fELF" + bytes(200), "begin with MZ"),
        (b"MZ", "DOS header lies outside"),
        (b"MZ" + bytes(100), "no PE signature"),
        (image()[:0x90], "lies outside of the file"),
        (image()[:0xA0], "lies outside of the file"),
    ],
)
def test_what_is_no_image_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        read_image(data)


@pytest.mark.parametrize("wide", [True, False])
def test_both_widths_have_the_same_facts(wide: bool) -> None:  # noqa: FBT001 - a parameter
    headers = read_headers(
        image(
            wide=wide,
            machine=ARM64 if wide else X86,
            base=0x40_0000,
            entry_point=0x1010,
            subsystem=3,
            subsystem_version=(10, 1),
        )
    )

    assert (headers.wide, headers.image_base, headers.entry_point) == (wide, 0x40_0000, 0x1010)
    assert (headers.subsystem, headers.subsystem_version) == (3, (10, 1))
    assert [section.name for section in headers.sections] == [".text", ".reloc"]
    assert read_machine(image(machine=AMD64)) == AMD64


def test_an_address_is_in_the_headers_in_a_section_or_nowhere() -> None:
    headers = read_headers(image())

    assert headers.offset(0x10) == 0x10
    assert headers.offset(SECTION_RVA + 1) == HEADERS_SIZE + 1
    # In memory the section goes on; the file holds no more of it.
    assert headers.section(SECTION_RVA + 0x8000) is headers.sections[0]
    assert headers.span(SECTION_RVA + 0x8000) is None
    with pytest.raises(MalformedError, match="0x9000 is in no section"):
        headers.offset(0x9000)


def test_a_directory_that_the_table_does_not_reach_is_none() -> None:
    data = bytearray(image(exports=["f"]))
    count = E_LFANEW + 24 + 108
    assert read_headers(data).place(EXPORT)
    struct.pack_into("<I", data, count, 0)

    headers = read_headers(data)

    assert headers.directory(EXPORT) == headers.directory(CLR) == (0, 0)


def test_an_unknown_magic_is_named() -> None:
    data = bytearray(image())
    struct.pack_into("<H", data, E_LFANEW + 24, 0x107)

    with pytest.raises(MalformedError, match="unknown magic 0x107"):
        read_headers(data)
