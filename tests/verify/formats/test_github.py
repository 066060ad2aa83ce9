from __future__ import annotations

import re
from pathlib import Path

from winarm.verify import Report
from winarm.verify.formats import github

from .conftest import BAD, GOOD


def test_github_annotations_are_one_command_each() -> None:
    lines = github.render([GOOD, BAD]).splitlines()

    assert lines[0] == "good: good.whl"
    assert [re.match(r"::(error|warning|notice) file=dist/bad\.whl,title=WA", line) is not None
            for line in lines[1:]] == [True] * 3  # fmt: skip
    assert len(lines) == 4


def test_github_summary_is_a_table_that_names_cannot_break() -> None:
    rows = github.summary([GOOD, BAD]).splitlines()[2:]

    assert len(rows) == 2 + 1 + 3
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)


def test_github_summary_is_bounded() -> None:
    report = Report(Path("x.whl"), BAD.findings * 1000, ())

    assert len(github.summary([report]).splitlines()) < 600
