from __future__ import annotations

import struct

import pytest
from verify_samples.image import AMD64, ARM64, X86, image

from winarm.coff.headers import LOAD_CONFIG, read_headers
from winarm.coff.hybrid import Hybrid, read_hybrid
from winarm.coff.image import read_image
from winarm.coff.machines import Kind

#: Where in the load configuration of a 64-bit image the pointer to CHPE metadata is, and the number
#: of the section with the dynamic relocations.
CHPE, SECTION = 0xC8, 0xE4


def changed(at: int, layout: str, value: int) -> Hybrid:
    """Read an ARM64X image in whose load configuration one field is changed."""
    data = bytearray(image(machine=ARM64, chpe=True, x64_view=AMD64))
    headers = read_headers(data)
    config = headers.offset(headers.place(LOAD_CONFIG))
    struct.pack_into(layout, data, config + at, value)
    hybrid, defects = read_hybrid(bytes(data), headers)
    assert defects == ()
    return hybrid


@pytest.mark.parametrize("version", [1, 2])
def test_x64_view_is_confirmed_by_dynamic_relocations(version: int) -> None:
    data = image(machine=ARM64, chpe=True, x64_view=AMD64, dynamic_relocation_version=version)

    assert read_image(data).hybrid.x64_view


def test_relocation_to_another_machine_is_no_x64_view() -> None:
    assert not read_image(image(machine=ARM64, chpe=True, x64_view=X86)).hybrid.x64_view


@pytest.mark.parametrize(("size", "kind"), [(0xC8, Kind.ARM64), (0xD0, Kind.ARM64X)])
def test_hybrid_pointer_counts_only_within_the_claimed_size(size: int, kind: Kind) -> None:
    """Older linkers write a shorter load configuration, and anything may follow it."""
    assert read_image(image(machine=ARM64, chpe=True, load_config_size=size)).kind is kind


def test_an_image_without_metadata_is_no_hybrid() -> None:
    assert changed(CHPE, "<Q", 0) == Hybrid()


@pytest.mark.parametrize("section", [0, 3, 0xFFFF])
def test_relocations_in_a_section_that_does_not_exist_are_none(section: int) -> None:
    assert changed(SECTION, "<H", section) == Hybrid(metadata=True)


def test_a_configuration_that_ends_before_the_relocations_has_none() -> None:
    assert changed(0, "<I", SECTION) == Hybrid(metadata=True)


def test_a_cut_off_configuration_is_a_defect() -> None:
    data = image(machine=ARM64, chpe=True, x64_view=AMD64)
    headers = read_headers(data)
    config = headers.offset(headers.place(LOAD_CONFIG))

    hybrid, defects = read_hybrid(data[: config + CHPE], headers)

    assert (hybrid, defects) == (Hybrid(), ("the load configuration lies outside of the file",))
