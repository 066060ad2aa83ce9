"""What Windows on Arm refuses of an image, and what is just right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.checks.soundness import check_soundness
from winarm.verify.options import VerifyOptions
from winarm.verify.subject import Shape, Subject

if TYPE_CHECKING:
    from winarm.verify.report import Finding

PDB = "C:\\build\\x.pdb"


def found(**images: bytes) -> list[Finding]:
    """Check images, by their names with `_` for the dot."""
    members = {f"pkg/{name.replace('_', '.')}": read_image(data) for name, data in images.items()}
    subject = Subject(Path("x"), Shape.WHEEL, WIN_ARM64, images=members)
    return list(check_soundness(subject, VerifyOptions()))


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


def test_folders_in_debug_records_of_modules_are_one_finding() -> None:
    (finding,) = found(
        x_pyd=im.module(pdb=PDB), y_pyd=im.module(pdb="/home/x.pdb"), z_dll=im.image(pdb=PDB)
    )

    assert finding.code.name == "WA509"
    assert finding.member == "pkg/x.pyd"
    assert finding.message == f"its debug record names {PDB}, and 1 more images name folders"
