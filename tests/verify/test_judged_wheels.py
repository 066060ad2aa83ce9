"""Small crafted wheels that were once judged wrongly, each with the verdict that is right.

`cases/cases.tsv` lists them. A good one has no error; a bad one has, by the code of its fault.
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


def cases() -> list[Case]:
    with (CASES / "cases.tsv").open(encoding="utf-8", newline="") as file:
        return [Case(**row) for row in csv.DictReader(file, delimiter="\t")]


#: Folders of the cases whose verdict is still wrong.
PENDING = frozenset((CASES / "pending.txt").read_text("utf-8").split())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.wheel.partition("/")[0])
def test_wheel_is_judged_right(case: Case) -> None:
    if case.wheel.partition("/")[0] in PENDING:
        pytest.skip("not yet judged right")

    report = verify(CASES / case.wheel, OPTIONS[case.target])

    errors = [found.line() for found in report.findings if found.severity is Severity.ERROR]
    assert bool(errors) is (case.verdict == "bad"), errors
