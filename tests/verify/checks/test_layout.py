"""Names in archives, files that hide one another, what linking leaves; and good neighbours."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from verify_samples import image as im
from verify_samples.cases import ARM64_WHEEL, PYD, good
from verify_samples.wheel import pack, packed

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify import Finding, verify
from winarm.verify.checks.layout import check_layout, path_escapes
from winarm.verify.facts import Shape
from winarm.verify.report import listed
from winarm.verify.subject import Subject

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
    assert codes(TAGGED, "pkg-1.0.data/platlib/pkg/_x.pyd") == ["WA701"]
    assert codes(TAGGED, "pkg-1.0.data/data/pkg/_x.pyd") == []


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
    assert codes("pkg/_x.pyd", "pkg-1.0.data/platlib/pkg/_x/__init__.py") == ["WA701"]
    assert codes("pkg/_x.pyd", "pkg-1.0.data/data/pkg/_x/__init__.py") == []


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

    (finding,) = listed(found(*left))

    assert set(finding.members) == set(left)
    assert finding.words == "a .pdb file is left of the build (2 more files too)"
    assert codes(*left, shape=Shape.TREE) == []


def test_a_single_file_has_no_layout() -> None:
    assert codes(TAGGED, "pkg/_x.pyd", shape=Shape.FILE) == []


def of_archive(path: Path) -> list[tuple[str, Finding]]:
    return [(one.code.name, one) for one in verify(path).findings]


@pytest.mark.parametrize(
    ("folders", "shadows"),
    [
        (["pkg/"], False),
        (["pkg/", "pkg/sub/"], False),
        ([f"{PYD}/"], True),
        ([f"{PYD.upper()}/"], True),
        ([f"{PYD}/sub/"], True),
    ],
)
def test_folder_that_is_named_like_a_file_is_found(
    folders: list[str],
    shadows: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
) -> None:
    path = tmp_path / ARM64_WHEEL
    path.write_bytes(packed([*((name, b"") for name in folders), *good().items()]))

    assert ("WA006" in [code for code, _ in of_archive(path)]) is shadows


def test_one_fault_of_many_members_is_one_finding(tmp_path: Path) -> None:
    members = []
    for name, data in good().items():
        member = zipfile.ZipInfo(name)
        member.comment = b"c"
        members.append((member, data))
    path = tmp_path / ARM64_WHEEL
    path.write_bytes(packed(members))

    ((code, only),) = of_archive(path)

    assert (code, only.more) == ("WA015", len(members) - 1)


@pytest.mark.parametrize(
    ("name", "escapes"),
    [
        ("pkg/a.py", False),
        ("pkg/", False),
        ("../a", True),
        ("/a", True),
        ("C:/a", True),
        ("a\\b", True),
        ("a//b", True),
        ("./a", True),
    ],
)
def test_paths_that_leave_the_folder(
    name: str,
    escapes: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert bool(path_escapes(name)) is escapes


def test_good_archive_has_no_findings(tmp_path: Path) -> None:
    assert of_archive(pack(tmp_path / ARM64_WHEEL, {**good(), "pkg/": b""})) == []


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("pkg/\u00c4.py", "pkg/\u00e4.py"), ["WA006"]),
        (("Pkg/a.py", "pkg/A.py"), ["WA006"]),
        (("Pkg/a.py", "pkg/b.py"), []),
        (("pkg/\u212a.py", "pkg/k.py"), []),
    ],
)
def test_names_that_are_one_file_on_windows_are_found(
    names: tuple[str, ...], found: list[str], tmp_path: Path
) -> None:
    path = tmp_path / ARM64_WHEEL
    path.write_bytes(packed([*((name, b"") for name in names), *good().items()]))

    assert [code for code, _ in of_archive(path) if code == "WA006"] == found
