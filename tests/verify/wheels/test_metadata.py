from __future__ import annotations

import email.parser
import email.policy

import pytest

from winarm.verify.wheels.metadata import (
    Row,
    header_fields,
    record_rows,
    requirements,
    same_name,
    same_version,
)


def test_fields_end_at_the_first_empty_line() -> None:
    text = b"Name: a\r\nTag: x\nTag: y\n\nVersion: 1\n"

    assert header_fields(text) == {"name": ["a"], "tag": ["x", "y"]}


def test_lines_that_begin_with_a_space_continue_a_field() -> None:
    """A line of spaces is no empty line: licences are folded that way."""
    text = b"License: MIT\n        \n\tCopyright\nName: a\n"

    assert header_fields(text) == {"license": ["MIT\n\nCopyright"], "name": ["a"]}


def test_fields_end_at_a_line_that_is_none() -> None:
    assert header_fields(b"Name: a\nnot a field\nVersion: 1\n") == {"name": ["a"]}


def test_other_line_ends_of_unicode_do_not_end_a_line() -> None:
    assert header_fields("Summary: a\u2028Name: b\x0cName: c\n".encode()) == {
        "summary": ["a\u2028Name: b\x0cName: c"]
    }


@pytest.mark.parametrize(
    "text",
    [
        b"Name: a\nVersion: 1\n\nbody",
        b" first\nName: a\n",
        b"Name: a\n  more\n \nVersion: 1\n",
        b"Name: a\rVersion: 1\r\rbody",
        b"Name : a\nVersion: 1\n",
        b"Name:a\nX-Y_Z.1: b\n",
    ],
)
def test_fields_are_those_of_the_parser_that_installers_use(text: bytes) -> None:
    parsed = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(text)

    found = header_fields(text)

    assert [(name, value) for name in found for value in found[name]] == [
        (name.lower(), "\n".join(line.strip() for line in value.splitlines()))
        for name, value in parsed.items()
    ]


def test_rows_are_read_with_quotes() -> None:
    assert list(record_rows(b'"a,b.py",sha256=AbC,12\na/RECORD,,\n')) == [
        Row("a,b.py", "sha256", "AbC", 12),
        Row("a/RECORD", "", "", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"a\n",
        b"\n",
        b"a,b\n",
        b"a,b,c,d\n",
        b"a,sha256=x,-1\n",
        b"a,sha256=x,1e3\n",
        b"a\0,b,c,d\n",
    ],
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


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("", True),
        ("; sys_platform == 'win32'", True),
        ("; sys_platform == 'linux'", False),
        ("; python_version >= '3.12'", True),
        ("; python_version < '3.8'", False),
        ("; os_name == 'nt' and python_version > '3.9'", True),
        ("; platform_machine == 'ARM64'", True),
        ("; platform_machine == 'aarch64'", False),
        ("; platform_python_implementation == 'PyPy'", False),
        ("; extra == 'x'", False),
        ("; not a marker", True),
    ],
)
def test_requirement_counts_where_its_marker_holds_on_windows(marker: str, *, holds: bool) -> None:
    fields = header_fields(f"Requires-Dist: other >=1{marker}\n".encode())

    assert requirements(fields) == ((("other", ">=1"),) if holds else ())


def test_markers_without_end_are_not_all_evaluated() -> None:
    """Of 32 KiB of markers on; a long one counts by its length."""
    marker = f"; python_version{' ' * 8000}< '3'"
    fields = header_fields("".join(f"Requires-Dist: other{n}{marker}\n" for n in range(6)).encode())

    assert [name for name, _ in requirements(fields)] == ["other4", "other5"]
