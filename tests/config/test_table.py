"""Tables of known keys, each with a definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from winarm.config.sources import Definition
from winarm.config.table import Table
from winarm.config.values import Count, Flag, InvalidValueError, ValueKind
from winarm.errors import SettingsError

PROJECT_FOLDER = Path("project")


def key(kind: ValueKind) -> Definition:
    return Definition(kind, "Help.")


TABLE = Table("[tool.x]", {"number": key(Count(9)), "switch": key(Flag())}, dict)


def test_it_makes_one_value_of_the_keys_that_are_written() -> None:
    made: Any = TABLE.check({"number": 3}, PROJECT_FOLDER)

    assert made == {"number": 3}


def test_every_mistake_is_named_with_its_place() -> None:
    with pytest.raises(SettingsError) as caught:
        TABLE.check({"number": 10, "swich": True, "switch": "x"}, PROJECT_FOLDER)

    problems = caught.value.problems
    assert len(problems) == 3
    assert all(problem.startswith("[tool.x] ") for problem in problems)
    assert any("swich" in problem and "'switch'" in problem for problem in problems)


@pytest.mark.parametrize("value", [3, "text", ["number"], None])
def test_what_is_no_table_is_refused(value: object) -> None:
    with pytest.raises(InvalidValueError, match="table with any of number, switch"):
        TABLE.check(value, PROJECT_FOLDER)


def test_the_schema_allows_the_known_keys_alone() -> None:
    schema: Any = TABLE.schema()

    assert schema["additionalProperties"] is False
    assert schema["properties"]["number"]["maximum"] == 9
