"""Settings that are lists, and the texts that hold several entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config.lists import Split, Words, split_shell
from winarm.config.values import InvalidValueError

NAMES = Words("a name", r"[a-z]+", Split.NAMES)
FOLDERS = Words("a folder", r"[^\x00]+", Split.PATHS, folders=True)
PROJECT = Path("/project")


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
