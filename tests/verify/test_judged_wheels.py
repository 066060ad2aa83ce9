"""Small crafted wheels that were once judged wrongly, each with the verdict that is right.

`cases/cases.tsv` lists them with the codes of the errors; a good one has none.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from winarm.target import WIN32, WIN_AMD64
from winarm.verify import Severity, VerifyOptions, verify

CASES = Path(__file__).parent / "cases"
OPTIONS = {
    "win_arm64": VerifyOptions(),
    "auto": VerifyOptions(also=(WIN_AMD64, WIN32), skip_others=True),
}


class Case(NamedTuple):
    wheel: str
    verdict: str
    target: str
    codes: str


def cases() -> list[Case]:
    with (CASES / "cases.tsv").open(encoding="utf-8", newline="") as file:
        return [Case(**row) for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.wheel.partition("/")[0])
def test_wheel_is_judged_right(case: Case) -> None:
    report = verify(CASES / case.wheel, OPTIONS[case.target])

    errors = {one.code.name for one in report.findings if one.severity is Severity.ERROR}
    assert errors == set(filter(None, case.codes.split(",")))
    assert bool(errors) is (case.verdict == "bad")
