from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples.hostile import ARM64_WHEEL, CASES, Case, good
from verify_samples.wheel import pack

from winarm.verify import Code, Severity, verify

if TYPE_CHECKING:
    from pathlib import Path

#: Codes that no wheel can show: WA001 needs a file that cannot be read, WA110 a single file, and
#: WA617 a wheel for another system; family 8 is found by running code.
ELSEWHERE = {"WA001", "WA110", "WA617", *(code.name for code in Code if code.family == "8")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_hostile_wheel_is_found_with_its_code(case: Case, tmp_path: Path) -> None:
    report = verify(case.make(tmp_path))

    assert case.code in {found.code.name for found in report.findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_one_fault_is_not_reported_as_others(case: Case, tmp_path: Path) -> None:
    report = verify(case.make(tmp_path))

    found = {found.code.name for found in report.findings if found.severity > Severity.NOTE}
    assert found - {case.code} <= case.others


def test_every_code_is_in_the_set() -> None:
    assert {case.code for case in CASES} | ELSEWHERE == {code.name for code in Code}


def test_good_wheel_has_no_findings(tmp_path: Path) -> None:
    report = verify(pack(tmp_path / ARM64_WHEEL, good()))

    assert report.findings == ()
    assert report.ok
    assert not report.pure
