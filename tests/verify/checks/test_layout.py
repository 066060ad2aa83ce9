"""Files that hide one another, and what linking leaves; the nearest good neighbour of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.checks.layout import check_layout
from winarm.verify.subject import Shape, Subject

if TYPE_CHECKING:
    from winarm.verify.report import Finding

TAGGED = "pkg/_x.cp313-win_arm64.pyd"


def found(*members: str, shape: Shape = Shape.WHEEL) -> list[Finding]:
    """Check files of these names; those of modules and DLLs are images."""
    image = read_image(im.module())
    subject = Subject(
        Path("x"),
        shape,
        WIN_ARM64,
        sizes=dict.fromkeys(members, 1),
        images={name: image for name in members if name.endswith((".pyd", ".dll"))},
    )
    return list(check_layout(subject))


def codes(*members: str, shape: Shape = Shape.WHEEL) -> list[str]:
    return [finding.code.name for finding in found(*members, shape=shape)]


def test_a_module_that_another_is_taken_before_is_named() -> None:
    (finding,) = found(TAGGED, "pkg/_x.pyd")

    assert finding.member == "pkg/_x.pyd"
    assert finding.message == "_x.cp313-win_arm64.pyd is taken before it"


@pytest.mark.parametrize(
    "other",
    [
        "pkg/_x.py",
        "pkg/_y.pyd",
        "other/_x.pyd",
        "pkg/_x.cp312-win_arm64.pyd",
        "pkg/_x/data.txt",
    ],
)
def test_what_no_python_chooses_between_is_no_finding(other: str) -> None:
    assert codes(TAGGED, other) == []


def test_a_package_is_taken_before_a_module_of_its_name() -> None:
    (finding,) = found("pkg/_x.pyd", "pkg/_x/__init__.py")

    assert (finding.code.name, finding.member) == ("WA701", "pkg/_x.pyd")
    assert codes("_x.pyd", "_x/__init__.py") == ["WA701"]


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("pkg-1.0.data/platlib/pkg/a.py", []),
        ("pkg-1.0.data/data/pkg/__init__.py", []),
        ("pkg-1.0.data/__init__.py", []),
        ("pkg-1.0.data/platlib/pkg/__init__.py", ["WA701"]),
        ("pkg-1.0.data/purelib/PKG/__init__.py", ["WA701"]),
        ("pkg-1.0.data/data/Lib/site-packages/pkg/__init__.py", ["WA701"]),
    ],
)
def test_a_file_that_is_installed_over_another_is_found(name: str, over: list[str]) -> None:
    assert codes(TAGGED, "pkg/__init__.py", name) == over


@pytest.mark.parametrize(
    "left", ["pkg/_x.exp", "pkg/_x.PDB", "pkg/x.obj", "pkg/_x.cp313-win_arm64.lib", "pkg/lib_x.a"]
)
def test_what_linking_left_behind_is_found(left: str) -> None:
    assert codes(TAGGED, left) == ["WA702"]


@pytest.mark.parametrize("kept", ["pkg/other.lib", "pkg/lib/_x.a", "pkg/pdb", "pkg/_x.h"])
def test_a_library_of_another_name_is_meant_to_be_there(kept: str) -> None:
    assert codes(TAGGED, kept) == []


def test_many_of_one_kind_are_one_finding_and_trees_may_have_them() -> None:
    left = ("pkg/b.pdb", "pkg/a.pdb", "pkg/c.pdb")

    (finding,) = found(*left)

    assert finding.member == "pkg/a.pdb"
    assert finding.message == "a .pdb file is left of the build, with 2 more like it"
    assert codes(*left, shape=Shape.TREE) == []


def test_a_single_file_has_no_layout() -> None:
    assert codes(TAGGED, "pkg/_x.pyd", shape=Shape.FILE) == []
