"""`[tool.winarm.test]`, as projects write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config.trial import MAX_TIMEOUT, TABLE, TrialSettings
from winarm.errors import SettingsError


def read(**values: object) -> object:
    return TABLE.check(values, Path("project"))


def test_an_empty_table_has_the_defaults() -> None:
    assert read() == TrialSettings()


@pytest.mark.parametrize(
    "command",
    ['python -m pytest "my tests"', ["python", "-m", "pytest", "my tests"]],
)
def test_a_command_is_a_text_or_its_words(command: object) -> None:
    assert read(command=command) == TrialSettings(command=("python", "-m", "pytest", "my tests"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("command", 3),
        ("command", ["a\0b"]),
        ("copy", ["../outside"]),
        ("copy", ["/etc"]),
        ("extras", ["not a name"]),
        ("skip", ["a b"]),
        ("timeout", 0),
        ("timeout", MAX_TIMEOUT + 1),
        ("timeout", True),
        ("timeouts", 3),
    ],
)
def test_a_mistake_is_named_with_its_key(key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"\[tool\.winarm\.test\] {key}: "):
        read(**{key: value})


def test_the_longest_time_is_a_day() -> None:
    assert read(timeout=24 * 60 * 60) == TrialSettings(timeout=86_400)
