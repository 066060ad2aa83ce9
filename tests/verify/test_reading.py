from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZIP_STORED

import pytest
from verify_samples import image as im
from verify_samples.cases import ARM64_WHEEL, DIST_INFO, PYD, good
from verify_samples.wheel import contents, pack

from winarm.verify import Limits, Severity, VerifyOptions, verify
from winarm.verify.reading import is_sdist

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "members", "wanted"),
    [
        ("x-1.zip", ["x-1/PKG-INFO", "x-1/setup.py"], True),
        ("x-1.ZIP", ["x-1/PKG-INFO"], True),
        ("x-1.zip", ["PKG-INFO"], False),
        ("x-1.zip", ["x-1/sub/PKG-INFO"], False),
        ("x-1.zip", ["x/METADATA"], False),
        ("x-1.whl", ["x-1/PKG-INFO"], False),
        ("x-1.tar.gz", [], True),
    ],
)
def test_source_archives_are_told_by_name_and_directory(
    name: str,
    members: list[str],
    wanted: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
) -> None:
    path = pack(tmp_path / name, dict.fromkeys(members, b""))

    assert is_sdist(path, Limits()) is wanted


def test_text_of_dist_info_is_bounded_as_a_whole(tmp_path: Path) -> None:
    text = b"a b c\n" * (12 * 2**20 // 6)
    others = [f"other{number}-1.0.dist-info/METADATA" for number in range(7)]
    members = {**good(), **dict.fromkeys(others, text)}
    members["pkg/random"] = bytes(range(256)) * 2**13
    path = pack(tmp_path / ARM64_WHEEL, members)

    report = verify(path, VerifyOptions(limits=Limits(member_ratio=10**6, total_ratio=10**6)))

    assert [found.member for found in report.findings if found.code.name == "WA004"] == [others[5]]


#: As long as a file of .dist-info may be, and longer; compressed as tightly as a real one.
MOST = 16 * 2**20
WIDE = VerifyOptions(limits=Limits(member_ratio=10**6, total_ratio=10**6))


def errors(path: Path) -> list[tuple[str, str]]:
    found = verify(path, WIDE).findings
    return [(one.code.name, one.member) for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD", "entry_points.txt"])
@pytest.mark.parametrize(("size", "read"), [(MOST, True), (MOST + 1, False)])
def test_file_of_dist_info_that_is_too_long_is_not_missing(
    name: str,
    size: int,
    read: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
) -> None:
    member = f"{DIST_INFO}/{name}"
    text = good().get(member, b"") + b"\n"
    files = {PYD: im.module(), member: text.ljust(size)}
    path = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, files))

    found = errors(path)

    assert (("WA004", member) in found) is not read
    assert {code for code, _ in found}.isdisjoint({"WA607", "WA613", "WA614"})


def test_file_of_dist_info_that_nothing_reads_may_be_long(tmp_path: Path) -> None:
    files = {PYD: im.module(), f"{DIST_INFO}/sbom.json": bytes(MOST + 1)}
    path = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, files))

    assert errors(path) == []


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD"])
def test_file_of_dist_info_that_is_damaged_is_not_missing(name: str, tmp_path: Path) -> None:
    path = pack(tmp_path / ARM64_WHEEL, good(), ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.index(good()[f"{DIST_INFO}/{name}"])
    data[at] ^= 1
    path.write_bytes(data)

    assert errors(path) == [("WA003", f"{DIST_INFO}/{name}")]


def test_record_of_an_environment_that_is_too_long_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "pkg-1.0.dist-info"
    folder.mkdir()
    (folder / "RECORD").write_bytes(b"\n" * (MOST + 1))

    assert errors(tmp_path) == [("WA004", "pkg-1.0.dist-info/RECORD")]
