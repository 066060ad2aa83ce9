from __future__ import annotations

import pytest

from winarm.verify.wheels.metadata import (
    Row,
    header_fields,
    record_rows,
    same_name,
    same_version,
)


def test_fields_end_at_the_first_empty_line() -> None:
    text = b"Name: a\r\nTag: x\nTag: y\n  continued: no\n\nVersion: 1\n"

    assert header_fields(text) == {"name": ["a"], "tag": ["x", "y"]}


def test_rows_are_read_with_quotes() -> None:
    assert list(record_rows(b'"a,b.py",sha256=AbC,12\na/RECORD,,\n\n')) == [
        Row("a,b.py", "sha256", "AbC", 12),
        Row("a/RECORD", "", "", None),
    ]


@pytest.mark.parametrize(
    "text",
    [b"a\n", b"a,b\n", b"a,b,c,d\n", b"a,sha256=x,-1\n", b"a,sha256=x,1e3\n", b"a\0,b,c,d\n"],
)
def test_bad_rows_say_what_is_wrong(text: bytes) -> None:
    (row,) = record_rows(text)

    assert row.problem


@pytest.mark.parametrize(("one", "other"), [("A.b_c", "a-b-c"), ("x", "X"), ("a__b", "a-b")])
def test_names_are_compared_simplified(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1.0", True),
        ("1.0", "1.0.0", True),
        ("1.0_local", "1.0-local", True),
        ("1.0", "1.1", False),
        ("what", "1.0", False),
    ],
)
def test_versions_are_compared_by_meaning(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_version(one, other) is same
