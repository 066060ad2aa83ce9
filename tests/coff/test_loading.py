"""What keeps the loader from using an image: each fault, and what is just right."""

from __future__ import annotations

import struct

import pytest
from verify_samples.image import DATA, E_LFANEW, RELOC_RVA, SECTION_RVA, X86, image, module

from winarm.coff.headers import LOAD_CONFIG, TLS, read_headers
from winarm.coff.loading import Loading, read_loading

BASE = 0x1_8000_0000
TLS_RVA = 0x10_1000
#: Start and end of the data, the index, the list of callbacks.
SOUND = (
    BASE + TLS_RVA + 0x100,
    BASE + TLS_RVA + 0x110,
    BASE + TLS_RVA + 0x120,
    BASE + TLS_RVA + 40,
)
#: For the four fields of the directory, and for one callback.
RELOCATED = struct.pack("<II6H", TLS_RVA, 20, 0xA000, 0xA008, 0xA010, 0xA018, 0xA028, 0)
DIRECTORIES = E_LFANEW + 24 + 112


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
        block(RELOC_RVA, 10 << 12 | 0xFFF, 0),
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
        (block(SECTION_RVA, 0), "impossible length, 10"),
        (block(0x80_0000, 0, 0), "for the address 0x800000, outside of the image"),
        (block(RELOC_RVA + 0x1000, 0, 0), "outside of the image"),
        (block(SECTION_RVA, 4 << 12, 0), "unknown type 4"),
        (block(SECTION_RVA, 12 << 12, 0), "unknown type 12"),
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
    data = module(relocation_blocks=block(RELOC_RVA, 10 << 12 | 0x800, 0), size_of_image=0x10_0800)

    assert "0x100800, outside of the image" in loading(data).relocations


@pytest.mark.parametrize("place", [(0x5000_0000, 12), (RELOC_RVA, 0x1000)])
def test_relocations_outside_of_the_file_are_no_reason_to_trust_the_rest(
    place: tuple[int, int],
) -> None:
    data = module(relocations=place)

    found, held = read_loading(data, read_headers(data))

    assert not held
    assert found.relocations


def with_tls(
    places: tuple[int, ...] = SOUND,
    callbacks: tuple[int, ...] = (BASE + 0x1000,),
    relocations: bytes = RELOCATED,
    characteristics: int = DATA,
) -> bytes:
    section = (b".tls", 0x1000, TLS_RVA, 0x200, 0, characteristics)
    data = bytearray(module(relocation_blocks=relocations, more_sections=[section]))
    struct.pack_into("<I", data, data.index(b".tls\0") + 20, len(data))
    struct.pack_into("<II", data, DIRECTORIES + 8 * TLS, TLS_RVA, 40)
    body = struct.pack(f"<4Q8x{len(callbacks) + 1}Q", *places, *callbacks, 0)
    return bytes(data) + body + bytes(0x200 - len(body))


def with_config(at: int, layout: str, value: int, size: int = 0x140) -> bytes:
    data = bytearray(image(chpe=True, load_config_size=size))
    headers = read_headers(data)
    struct.pack_into(layout, data, headers.offset(headers.place(LOAD_CONFIG)) + at, value)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        with_tls(),
        with_tls(places=(0, 0, SOUND[2], 0)),
        with_tls(callbacks=()),
        with_config(0x58, "<Q", BASE + 0x1000),
        with_config(0x130, "<Q", 5, size=0x130),
    ],
)
def test_what_the_loader_accepts_has_no_faults(data: bytes) -> None:
    assert loading(data) == Loading()


@pytest.mark.parametrize(
    "data",
    [
        with_tls(places=(SOUND[0], SOUND[1], 0, 0)),
        with_tls(places=(SOUND[0], SOUND[1], BASE + 0x900_0000, 0)),
        with_tls(places=(SOUND[1], SOUND[0], SOUND[2], 0)),
        with_tls(places=(*SOUND[:3], 5)),
        with_tls(callbacks=(BASE + TLS_RVA,)),
        with_tls(characteristics=0xC000_0080),
        with_tls(characteristics=0x8000_0040),
    ],
    ids=["no index", "index outside", "end before start", "no list", "data", "empty", "unreadable"],
)
def test_thread_local_storage_that_the_loader_cannot_use_is_found(data: bytes) -> None:
    assert loading(data).tls


@pytest.mark.parametrize("kept", [0, 1, 2, 3, 4])
def test_addresses_of_thread_local_storage_must_move_with_the_image(kept: int) -> None:
    entries = [0xA000, 0xA008, 0xA010, 0xA018, 0xA028, 0]
    entries[kept] = 0
    relocations = struct.pack("<II6H", TLS_RVA, 20, *entries)

    assert "no relocations" in loading(with_tls(relocations=relocations)).tls


@pytest.mark.parametrize("offset", [0x28, 0x58, 0x70, 0xC0, 0xD8, 0xF8, 0x118, 0x138])
@pytest.mark.parametrize("value", [5, BASE - 8, BASE + 0x20_0000])
def test_load_configuration_with_an_address_outside_of_the_image_is_found(
    offset: int, value: int
) -> None:
    assert "outside of the image" in loading(with_config(offset, "<Q", value)).config


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
