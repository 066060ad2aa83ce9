"""What Windows refuses of an image, and what is just right; `hostile_images` has each fault."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.checks.soundness import check_image_layout, check_soundness
from winarm.verify.facts import Shape
from winarm.verify.subject import Subject

if TYPE_CHECKING:
    from winarm.verify.report import Finding

PYD = "pkg/_x.pyd"
PDB = "C:\\build\\x.pdb"


def found(**images: bytes) -> list[Finding]:
    """Check images, by their names with `_` for the dot."""
    members = {f"pkg/{name.replace('_', '.')}": read_image(data) for name, data in images.items()}
    subject = Subject(Path("x"), Shape.WHEEL, WIN_ARM64, images=members)
    return list(check_soundness(subject))


def codes(data: bytes) -> list[str]:
    return [finding.code.name for finding in found(x_pyd=data)]


def without(flag: int) -> dict[str, int]:
    return {"flags": im.SOUND & ~flag}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (without(0x0040), "WA501"),
        (without(0x0100), "WA502"),
        ({"base": 0xFFFF_0000}, "WA503"),
        ({"characteristics": 0x0023}, "WA504"),
        ({"relocations": (0x100000, 0)}, "WA504"),
        ({"section_characteristics": 0xE000_0020}, "WA505"),
        (without(0x0020), "WA506"),
        ({"subsystem": 1}, "WA510"),
        ({"subsystem": 10}, "WA510"),
        ({"subsystem_version": (10, 1)}, "WA510"),
    ],
)
def test_each_fault_has_its_code(changes: dict[str, Any], code: str) -> None:
    assert codes(im.module(**changes)) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"base": 0x1_0000_0000},
        {"relocations": (0, 0)},
        {"section_characteristics": 0x6000_0020},
        {"subsystem": 3},
        {"subsystem_version": (10, 0)},
        {"pdb": "x.pdb"},
    ],
)
def test_what_windows_accepts_is_no_finding(changes: dict[str, Any]) -> None:
    assert codes(im.module(**changes)) == []


def test_what_only_arm_requires_is_not_asked_of_other_machines() -> None:
    assert codes(im.module(machine=im.AMD64, flags=0, base=0x40_0000)) == []


def test_managed_code_needs_no_flags_of_native_code() -> None:
    assert codes(im.image(machine=im.X86, wide=False, clr_flags=1, flags=0, subsystem=1)) == []


def test_sections_that_overlap_or_end_after_the_file_are_counted() -> None:
    more = [
        (b"one", 0x2000, 0x101000, 0, 0, im.DATA),
        (b"two", 0x1000, 0x102000, 0x200, 2**31, im.DATA),
    ]
    overlap, beyond = sorted(
        found(x_pyd=im.module(more_sections=more)), key=lambda one: one.code.name
    )

    assert (overlap.code.name, overlap.message) == ("WA507", "sections one and two overlap")
    assert (beyond.code.name, beyond.message) == ("WA508", "section two ends after the file does")


def test_sections_that_touch_do_not_overlap() -> None:
    more = [
        (b"one", 0x1000, 0x101000, 0, 0, im.DATA),
        (b"two", 0x1000, 0x102000, 0, 0, im.DATA),
    ]

    assert codes(im.module(more_sections=more)) == []


def test_many_sections_of_one_fault_are_one_finding() -> None:
    both = 0xE000_0020
    more = [(b"a", 1, 0x101000, 0, 0, both), (b"b", 1, 0x102000, 0, 0, both)]

    (finding,) = found(x_pyd=im.module(more_sections=more))

    assert finding.message == "section a can be written and run (1 more too)"


def test_folders_in_debug_records_of_modules_are_found() -> None:
    leaks = found(
        x_pyd=im.module(pdb=PDB), y_pyd=im.module(pdb="/home/x.pdb"), z_dll=im.image(pdb=PDB)
    )

    assert [(one.code.name, one.member) for one in leaks] == [
        ("WA509", "pkg/x.pyd"),
        ("WA509", "pkg/y.pyd"),
    ]
    assert leaks[0].message == f"its debug record names {PDB}"


def refused(data: bytes, member: str = PYD) -> list[str]:
    subject = Subject(Path("x"), Shape.WHEEL, WIN_ARM64, images={member: read_image(data)})
    return [found.code.name for found in check_image_layout(subject)]


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
def test_headers_that_windows_accepts_are_not_reported(changes: dict[str, Any]) -> None:
    assert refused(im.module(**changes)) == []


def test_a_program_need_not_be_a_dll() -> None:
    assert refused(im.image(dll=False), "pkg/tool.exe") == []


def test_managed_code_has_a_loader_of_its_own() -> None:
    data = im.image(machine=im.X86, wide=False, clr_flags=1, size_of_image=0)

    assert refused(data, "pkg/net.dll") == []


def test_images_of_other_machines_are_left_to_another_check() -> None:
    assert refused(im.module(machine=im.AMD64, size_of_image=0)) == []


def test_one_fault_of_the_headers_hides_what_follows_from_it() -> None:
    assert refused(im.module(size_of_image=0)) == ["WA511"]


def test_imports_are_bound_where_the_loader_can_write() -> None:
    imports = {f"x{number}.dll": ["f"] for number in range(200)}
    data = bytearray(im.module(imports=imports))
    directories = im.E_LFANEW + 24 + 112
    table = directories + 12 * 8

    assert refused(bytes(data)) == []
    # Without the directory, the section of the import table is made writable, else only its pages.
    data[table : table + 8] = bytes(8)
    assert refused(bytes(data)) == []
    data[table : table + 8] = struct.pack("<II", im.RELOC_RVA, 8)
    assert refused(bytes(data)) == ["WA516"]
    data[table : table + 8] = struct.pack("<II", 0x1000, 8)
    assert refused(bytes(data)) == ["WA516"]
    # A section that can be written needs neither.
    data[im.E_LFANEW + 24 + 240 + 36 + 3] |= 0x80
    assert refused(bytes(data)) == []
