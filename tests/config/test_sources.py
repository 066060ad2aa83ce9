"""Where settings are written, and how each place spells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config.sources import (
    Definition,
    Source,
    from_front_end,
    is_unset,
    written_in_config_settings,
    written_in_environment,
    written_in_pyproject,
)
from winarm.config.trial import TABLE
from winarm.config.values import Count, Flag, InvalidValueError
from winarm.host import Host


@pytest.mark.parametrize(
    ("source", "spelling"),
    [
        (Source.PYPROJECT, "include-dirs"),
        (Source.CONFIG, "winarm.include-dirs"),
        (Source.ENVIRONMENT, "WINARM_INCLUDE_DIRS"),
    ],
)
def test_each_place_has_a_spelling(source: Source, spelling: str) -> None:
    assert source.spelling("include-dirs") == spelling


def test_a_table_of_pyproject_is_read_with_its_place() -> None:
    (written,) = written_in_pyproject({"tool": {"winarm": {"jobs": 3}}})

    assert (written.place, written.value) == ("pyproject.toml [tool.winarm] jobs", 3)


@pytest.mark.parametrize("document", [{"tool": 3}, {"tool": {"winarm": "x"}}])
def test_what_is_no_table_has_no_name(document: dict[str, object]) -> None:
    (written,) = written_in_pyproject(document)

    assert written.spelling == ""


def test_variables_of_others_are_none() -> None:
    environ = {
        "WINARM_JOBS": "3",
        "WINARM_CFLAGS": " ",
        "WINARM_CACHE_DIR": "x",
        "WINARM_TEST_X": "1",
        "PATH": "x",
    }
    host = Host(environ, "linux", "x86_64", Path("python"), default_cache=Path("cache"))

    assert [written.spelling for written in written_in_environment(host)] == ["WINARM_JOBS"]


def test_config_settings_of_the_inner_backend_are_none() -> None:
    given = {"winarm.jobs": "3", "winarmour": "x", "--x": "y"}

    (written,) = written_in_config_settings(given)

    assert (written.spelling, written.likely_name) == ("winarm.jobs", "jobs")


def test_nothing_given_is_unset_except_for_a_switch() -> None:
    assert is_unset(Count(8), ["", " "])
    assert not is_unset(Count(8), "3")
    assert not is_unset(Flag(), "")


def test_what_front_ends_pass_becomes_what_toml_has() -> None:
    assert from_front_end(Count(8), ["3"], "linux") == 3
    assert from_front_end(Flag(), True, "linux") is True  # noqa: FBT003 - the value itself
    with pytest.raises(InvalidValueError, match="given 2 times"):
        from_front_end(Count(8), ["3", "4"], "linux")
    with pytest.raises(InvalidValueError, match="must be text"):
        from_front_end(Count(8), 3, "linux")


def test_a_table_may_be_that_of_a_module() -> None:
    assert Definition("winarm.config.trial", "Help.").kind is TABLE
    assert isinstance(Definition(Flag(), "Help.").kind, Flag)
