"""The kernel's rules for headers; `hostile_images` has a case for each fault."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.checks.image_layout import check_image_layout
from winarm.verify.options import VerifyOptions
from winarm.verify.subject import Shape, Subject

PYD = "pkg/_x.pyd"


def codes(data: bytes, member: str = PYD) -> list[str]:
    subject = Subject(Path("x"), Shape.WHEEL, WIN_ARM64, images={member: read_image(data)})
    return [found.code.name for found in check_image_layout(subject, VerifyOptions())]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"entry_point": 0},
        {"more_sections": [(b".bss", 0x5000, 0x101000, 0, 0, im.DATA)]},
        {"file_alignment": 0x1000},
        {
            "section_alignment": 0x2000,
            "section_rva": 0x2000,
            "entry_point": 0x2000,
            "size_of_image": 0x102000,
        },
        {"size_of_image": 0x200000},
        {"relocation_blocks": struct.pack("<IIHH", 0x100000, 12, 0xAFF0, 0)},
        {"relocation_blocks": struct.pack("<II", 0x1000, 8)},
        {"exports": ["PyInit__x", "b", "c"]},
        {"forwarders": {"g": "KERNEL32.Sleep"}},
    ],
)
def test_what_windows_accepts_is_not_reported(changes: dict[str, Any]) -> None:
    assert codes(im.module(**changes)) == []


def test_a_program_need_not_be_a_dll() -> None:
    assert codes(im.image(dll=False), "pkg/tool.exe") == []


def test_managed_code_has_a_loader_of_its_own() -> None:
    data = im.image(machine=im.X86, wide=False, clr_flags=1, size_of_image=0)

    assert codes(data, "pkg/net.dll") == []


def test_images_of_other_machines_are_left_to_another_check() -> None:
    assert codes(im.module(machine=im.AMD64, size_of_image=0)) == []


def test_one_fault_of_the_headers_hides_what_follows_from_it() -> None:
    assert codes(im.module(size_of_image=0)) == ["WA511"]


def test_imports_are_bound_where_the_loader_can_write() -> None:
    imports = {f"x{number}.dll": ["f"] for number in range(200)}
    data = bytearray(im.module(imports=imports))
    directories = im.E_LFANEW + 24 + 112
    table = directories + 12 * 8

    assert codes(bytes(data)) == []
    # Without the directory, the section of the import table is made writable, else only its pages.
    data[table : table + 8] = bytes(8)
    assert codes(bytes(data)) == []
    data[table : table + 8] = struct.pack("<II", im.RELOC_RVA, 8)
    assert codes(bytes(data)) == ["WA516"]
    data[table : table + 8] = struct.pack("<II", 0x1000, 8)
    assert codes(bytes(data)) == ["WA516"]
    # A section that can be written needs neither.
    data[im.E_LFANEW + 24 + 240 + 36 + 3] |= 0x80
    assert codes(bytes(data)) == []
