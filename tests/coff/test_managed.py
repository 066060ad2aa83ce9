from __future__ import annotations

import struct

import pytest
from verify_samples.image import AMD64, ARM64, X86, image

from winarm.coff.headers import CLR, read_headers
from winarm.coff.image import read_image
from winarm.coff.managed import Managed, read_managed

IL_ONLY, REQUIRES_32, PREFERS_32 = 0x1, 0x2, 0x20000


@pytest.mark.parametrize(
    ("data", "managed"),
    [
        (image(), Managed.NONE),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY), Managed.ANY_CPU),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY | 8), Managed.ANY_CPU),
        (
            image(machine=X86, wide=False, clr_flags=IL_ONLY | REQUIRES_32 | PREFERS_32),
            Managed.ANY_CPU,
        ),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY | REQUIRES_32), Managed.IL),
        (image(machine=AMD64, clr_flags=IL_ONLY), Managed.IL),
        (image(machine=ARM64, clr_flags=IL_ONLY, clr_native=True), Managed.READY_TO_RUN),
        (image(machine=AMD64, clr_flags=0), Managed.MIXED),
    ],
)
def test_relation_to_dotnet_is_told(data: bytes, managed: Managed) -> None:
    assert read_image(data).managed is managed


def test_a_cut_off_header_counts_as_native_code_and_is_a_defect() -> None:
    """What is judged most strictly."""
    data = image(machine=X86, wide=False, clr_flags=IL_ONLY)
    headers = read_headers(data)
    start = headers.offset(headers.place(CLR))

    assert read_managed(data[: start + 10], headers) == (
        Managed.MIXED,
        ("the CLR header lies outside of the file",),
    )


def test_an_address_in_no_section_is_a_defect() -> None:
    data = image(machine=X86, wide=False, clr_flags=IL_ONLY)
    rva = read_headers(data).place(CLR)
    moved = data.replace(struct.pack("<I", rva), struct.pack("<I", 0x7000_0000), 1)

    assert read_managed(moved, read_headers(moved)) == (
        Managed.MIXED,
        ("the address 0x70000000 is in no section",),
    )
