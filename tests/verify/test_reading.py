from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples.cases import ARM64_WHEEL, DIST_INFO, good
from verify_samples.wheel import pack

from winarm.verify import Limits, VerifyOptions, verify
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
    members = {**good(), **{f"{DIST_INFO}/{number}": text for number in range(7)}}
    members["pkg/random"] = bytes(range(256)) * 2**13
    path = pack(tmp_path / ARM64_WHEEL, members)

    report = verify(path, VerifyOptions(limits=Limits(member_ratio=10**6, total_ratio=10**6)))

    assert [found.member for found in report.findings if found.code.name == "WA004"] == [
        f"{DIST_INFO}/5"
    ]
