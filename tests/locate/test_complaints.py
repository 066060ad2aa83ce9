"""COMPLAINTS.md names a test for each public complaint: there is such a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("COMPLAINTS.md")

#: A row of the table: what was complained about, and what holds it.
ROW = re.compile(r"\| (.*#\d+.*?) \| (.+) \|")
#: `FILE: TEST` or, after one, a `TEST` of the same file, which may be cut short with an ellipsis.
NAMED = re.compile(r"`(?:(?P<file>[a-z_/]*test_\w+): )?(?P<test>[a-z0-9]+(?:_[a-z0-9]+)+)…?`")


def rows() -> list[tuple[str, str]]:
    matches = map(ROW.fullmatch, PAGE.read_text("utf-8").splitlines())
    return [(match[1], match[2]) for match in matches if match]


def names_in(file: str) -> set[str]:
    sources = [path.read_text("utf-8") for path in TESTS.rglob(f"{Path(file).name}.py")]
    return {name for text in sources for name in re.findall(r"def test_(\w+)", text)}


def test_the_table_is_there() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("complaint", "holds"), rows())
def test_what_holds_a_complaint_is_there(complaint: str, holds: str) -> None:
    file = ""
    for match in NAMED.finditer(holds):
        file = match["file"] or file
        assert any(name.startswith(match["test"]) for name in names_in(file)), match[0]


@pytest.mark.parametrize(("complaint", "holds"), rows())
def test_what_no_test_holds_has_a_reason(complaint: str, holds: str) -> None:
    assert NAMED.search(holds) or len(holds.split()) > 3
