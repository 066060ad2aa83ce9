"""The kinds of values that settings have."""

from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config.values import (
    FOLDER,
    BackendName,
    Choice,
    Count,
    Flag,
    InvalidValueError,
    Line,
    Split,
    TargetName,
    ValueKind,
    Words,
    did_you_mean,
    is_backend_name,
    split_shell,
)
from winarm.target import WIN_ARM64

PROJECT = Path("/project")
VERSION = Line("a version or its beginning", r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")
BACKEND = BackendName()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Flag(), " On ", True),
        (Flag(), "0", False),
        (Count(8), " 3 ", 3),
        (Choice(("a", "b")), "b", "b"),
        (Line("a line"), " x y ", "x y"),
        (TargetName(), "aarch64", WIN_ARM64),
        (FOLDER, "py", PROJECT / "py"),
        (VERSION, "14.44", "14.44"),
        (BACKEND, "a.b:c.d", "a.b:c.d"),
    ],
)
def test_a_text_becomes_the_value(kind: ValueKind, text: str, value: object) -> None:
    assert kind.check(kind.from_text(text, "linux"), PROJECT) == value


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Flag(), "perhaps", "must be true or false"),
        (Count(8), 9, "must be a whole number from 1 to 8"),
        (Count(8), True, "not a boolean"),
        (Choice(("zig", "msvc")), "zgi", "did you mean 'zig'?"),
        (Line("a line"), "a\nb", "must be a line"),
        (TargetName(), "arm46", "did you mean 'arm64'?"),
        (FOLDER, "", "must be a folder"),
        (VERSION, "14.", "its beginning"),
        (BACKEND, "winarm.backend:x", "the backend that winarm is to call"),
        (BACKEND, "a b", "must be a build backend"),
    ],
)
def test_another_value_is_a_mistake_that_says_what_may_be_written(
    kind: ValueKind, value: object, said: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        kind.check(value, PROJECT)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    "kind", [Flag(), Count(8), Choice(("a",)), Line("a"), FOLDER, VERSION, BACKEND], ids=type
)
def test_every_kind_has_a_schema(kind: ValueKind) -> None:
    assert {"type", "enum"} & set(kind.schema())


@pytest.mark.parametrize(
    ("name", "valid"),
    [("a", True), ("a.b:c", True), ("a:b:c", False), ("a-b", False), ("a.", False), ("", False)],
)
def test_a_backend_is_spelled_as_pep_517_has_it(name: str, *, valid: bool) -> None:
    assert is_backend_name(name) is valid


def test_nothing_is_meant_by_what_resembles_nothing() -> None:
    assert did_you_mean("zzzz", {"abc": "abc"}) == ""


NAMES = Words("a name", r"[a-z]+", Split.NAMES)
FOLDERS = Words("a folder", r"[^\x00]+", Split.PATHS, folders=True)


def test_every_wrong_entry_is_named() -> None:
    with pytest.raises(InvalidValueError) as caught:
        NAMES.check(["a", "B", 3], PROJECT)

    assert caught.value.problems == (
        "has the entry 'B', which must be a name",
        "has the entry 3, which must be a name",
    )


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="must be a list; each entry is a name, not 'a'"):
        NAMES.check("a", PROJECT)


def test_folders_are_those_of_the_project() -> None:
    elsewhere = str(Path("/abs").absolute())

    assert FOLDERS.check(["inc", elsewhere], PROJECT) == (str(PROJECT / "inc"), elsewhere)


@pytest.mark.parametrize(("system", "text"), [("linux", "a:b: "), ("windows", "a;b; ")])
def test_paths_are_split_as_their_host_splits_them(system: str, text: str) -> None:
    assert FOLDERS.from_text(text, system) == ["a", "b"]  # type: ignore[arg-type]


def test_a_schema_has_the_form_of_each_entry() -> None:
    assert NAMES.schema() == {
        "type": "array",
        "items": {"type": "string", "pattern": "^(?:[a-z]+)$"},
    }


def test_an_open_quotation_is_a_mistake() -> None:
    with pytest.raises(InvalidValueError, match="cannot be split into words"):
        split_shell("'-O2", "linux")
