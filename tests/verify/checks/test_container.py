from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from verify_samples.cases import ARM64_WHEEL, PYD, good
from verify_samples.wheel import pack, packed

from winarm.verify import Finding, verify
from winarm.verify.checks.container import path_escapes

if TYPE_CHECKING:
    from pathlib import Path


def found(path: Path) -> list[tuple[str, Finding]]:
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

    assert ("WA006" in [code for code, _ in found(path)]) is shadows


def test_one_fault_of_many_members_is_one_finding(tmp_path: Path) -> None:
    members = []
    for name, data in good().items():
        member = zipfile.ZipInfo(name)
        member.comment = b"c"
        members.append((member, data))
    path = tmp_path / ARM64_WHEEL
    path.write_bytes(packed(members))

    ((code, only),) = found(path)

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
    assert found(pack(tmp_path / ARM64_WHEEL, {**good(), "pkg/": b""})) == []
