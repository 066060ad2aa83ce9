"""What keeps the loader from using an image: each fault, and what is just right."""

from __future__ import annotations

import struct

import pytest
from verify_samples.image import E_LFANEW, RELOC_RVA, SECTION_RVA, X86, image, module

from winarm.coff.headers import TLS, read_headers
from winarm.coff.loading import Loading, read_loading

#: Bytes of the code section that no table uses: it begins with a few of no meaning.
TLS_RVA = SECTION_RVA + 0x100
BASE = 0x1_8000_0000


def loading(data: bytes) -> Loading:
    found, held = read_loading(data, read_headers(data))
    assert held
    return found


def block(page: int, *entries: int, length: int | None = None) -> bytes:
    size = 8 + 2 * len(entries) if length is None else length
    return struct.pack(f"<II{len(entries)}H", page, size, *entries)


@pytest.mark.parametrize(
    "blocks",
    [
        block(SECTION_RVA),
        block(SECTION_RVA, 10 << 12 | 0xFFF, 0),
        block(SECTION_RVA, 10 << 12, 0) + block(0x2000, 3 << 12, 0),
        # The last byte of the image.
        block(RELOC_RVA, 10 << 12 | 0xFFF),
    ],
)
def test_sound_relocations_are_no_fault(blocks: bytes) -> None:
    assert loading(module(relocation_blocks=blocks)) == Loading()


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (block(SECTION_RVA, length=7), "impossible length, 7"),
        (block(SECTION_RVA, 0, length=9), "impossible length, 9"),
        (block(SECTION_RVA, 0, 0, length=0x40), "impossible length, 64"),
        (block(0x80_0000, 0), "for the address 0x800000, outside of the image"),
        (block(RELOC_RVA + 0x1000, 0), "outside of the image"),
        (block(SECTION_RVA, 4 << 12), "unknown type 4"),
        (block(SECTION_RVA, 12 << 12), "unknown type 12"),
        (block(SECTION_RVA, 0, 0) + bytes(4), "4 bytes follow its last block"),
    ],
)
def test_relocations_that_windows_refuses(blocks: bytes, words: str) -> None:
    assert words in loading(module(relocation_blocks=blocks)).relocations


def test_machines_of_32_bits_have_more_types() -> None:
    blocks = block(SECTION_RVA, 4 << 12, 0)

    assert loading(image(machine=X86, wide=False, relocation_blocks=blocks)) == Loading()


def test_an_entry_beyond_the_last_page_of_the_image_is_found() -> None:
    """The page begins inside of the image, the address does not."""
    data = module(relocation_blocks=block(RELOC_RVA, 10 << 12 | 0x800), size_of_image=0x10_0800)

    assert "0x100800, outside of the image" in loading(data).relocations


@pytest.mark.parametrize("place", [(0x5000_0000, 12), (RELOC_RVA, 0x1000)])
def test_relocations_outside_of_the_file_are_no_reason_to_trust_the_rest(
    place: tuple[int, int],
) -> None:
    data = module(relocations=place)

    found, held = read_loading(data, read_headers(data))

    assert not held
    assert found.relocations


def with_tls(*fields: int, **changes: object) -> bytes:
    """Return an image with a directory of thread-local storage."""
    data = bytearray(image(**{"exports": [f"f{n}" for n in range(99)], **changes}))
    directories = E_LFANEW + 24 + 112
    struct.pack_into("<II", data, directories + 8 * TLS, TLS_RVA, 40)
    struct.pack_into("<QQQQ", data, read_headers(data).offset(TLS_RVA), *fields)
    return bytes(data)


START, END, INDEX = BASE + 0x1200, BASE + 0x1210, BASE + 0x1300
#: An address in the section that the file does not hold: zeros in memory.
EMPTY = BASE + 0x9000


@pytest.mark.parametrize(
    "fields",
    [(START, END, INDEX, 0), (0, 0, INDEX, 0), (START, END, INDEX, EMPTY)],
)
def test_sound_thread_local_storage_is_no_fault(fields: tuple[int, ...]) -> None:
    assert loading(with_tls(*fields)) == Loading()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((START, END, 0, 0), "no place for the index"),
        ((START, END, BASE + 0x7000_0000, 0), "no place for the index"),
        ((END, START, INDEX, 0), "data lies outside"),
        ((BASE + 0x7000_0000, BASE + 0x7000_0010, INDEX, 0), "data lies outside"),
        ((START, END, INDEX, BASE + 0x7000_0000), "list of thread callbacks lies outside"),
    ],
)
def test_thread_local_storage_that_windows_refuses(fields: tuple[int, ...], words: str) -> None:
    assert words in loading(with_tls(*fields)).tls


def with_callbacks(*callbacks: int, **changes: object) -> bytes:
    data = bytearray(with_tls(START, END, INDEX, BASE + 0x1400, **changes))
    at = read_headers(data).offset(0x1400)
    struct.pack_into(f"<{len(callbacks)}QQ", data, at, *callbacks, 0)
    return bytes(data)


def test_callbacks_are_code() -> None:
    assert loading(with_callbacks(BASE + SECTION_RVA)).tls == ""
    assert "0x180100000 is not code" in loading(with_callbacks(BASE + RELOC_RVA)).tls
    assert "0x1 is not code" in loading(with_callbacks(BASE + SECTION_RVA, 1)).tls


def test_storage_in_a_section_that_cannot_be_read_is_refused() -> None:
    data = with_tls(START, END, INDEX, 0, section_characteristics=0x2000_0020)

    assert "in no section that can be read" in loading(data).tls


def with_config(at: int, layout: str, value: int) -> bytes:
    data = bytearray(image(chpe=True))
    headers = read_headers(data)
    struct.pack_into(layout, data, headers.offset(headers.directory(10).rva) + at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("at", "layout", "value", "words"),
    [
        (0xE4, "<H", 2, ""),
        (0xE4, "<H", 3, "dynamic relocations are in section 3 of 2"),
        (0x80, "<Q", 0, ""),
        (0x80, "<Q", BASE + 0x1000, "control flow guard is empty"),
        (0x80, "<Q", 0x1000, "control flow guard is empty or outside"),
    ],
)
def test_a_load_configuration_that_windows_refuses(
    at: int, layout: str, value: int, words: str
) -> None:
    found = loading(with_config(at, layout, value)).config

    assert (words in found) if words else (found == "")
