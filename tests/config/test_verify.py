from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from winarm.config.verify import TABLE
from winarm.errors import SettingsError
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64
from winarm.verify import Limits, Severity, VerifyOptions


def from_table(table: object) -> Any:  # noqa: ANN401 - the kinds say what
    return TABLE.check(table, Path())


def test_empty_table_is_the_defaults() -> None:
    assert from_table({}) == VerifyOptions()


def test_table_becomes_options() -> None:
    assert from_table(
        {
            "target": ["win_amd64", "ARM64"],
            "select": ["WA1"],
            "ignore": "wa104",
            "allow": ["pkg/tools/*.exe"],
            "external": ["foo.dll"],
            "fail-on": "warning",
            "record": False,
            "limits": {"members": 7},
        }
    ) == VerifyOptions(
        target=WIN_AMD64,
        also=(WIN_ARM64,),
        select=("WA1",),
        ignore=("WA104",),
        allow=("pkg/tools/*.exe",),
        external=("foo.dll",),
        fail_on=Severity.WARNING,
        record=False,
        limits=Limits(members=7),
    )


def test_auto_is_every_windows_target_and_skips_others() -> None:
    options = from_table({"target": "auto"})

    assert (options.target, options.also) == (WIN_ARM64, (WIN_AMD64, WIN32))
    assert options.skip_others


def test_every_mistake_is_named_at_once_with_a_suggestion() -> None:
    with pytest.raises(SettingsError) as caught:
        from_table(
            {
                "targt": "x",
                "fail-on": "errors",
                "select": ["XX1"],
                "record": "yes",
                "allow": [1],
                "limits": {"member": 1, "members": 0},
            }
        )

    place = "pyproject.toml [tool.winarm.verify"
    words = "one of error, warning, note, never"
    assert caught.value.problems == (
        f"{place}] targt: winarm has no such setting; did you mean 'target'?",
        f"{place}] fail-on: must be {words}, not 'errors'; did you mean 'error'?",
        f"{place}] select: 'XX1' is not a finding; see docs/verify.md#findings",
        f"{place}] record: must be true or false (also 1, yes, on; 0, no, off), not 'yes'",
        f"{place}] allow: has the entry 1, not a text",
        f"{place}.limits] member: winarm has no such setting; did you mean 'members'?",
        f"{place}.limits] members: must be a whole number from 1 to 1000000000000000",
    )


@pytest.mark.parametrize("value", [3, "auto", [], None])
def test_table_of_a_wrong_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a table"):
        from_table(value)


@pytest.mark.parametrize("value", [3, [], "x"])
def test_limits_of_a_wrong_type_say_that_they_are_a_table(value: object) -> None:
    with pytest.raises(
        SettingsError, match=r"verify\] limits: must be a table with any of members"
    ):
        from_table({"limits": value})


def test_fail_on_never_is_no_severity() -> None:
    assert from_table({"fail-on": "never"}).fail_on is None


def test_codes_are_ignored_by_member() -> None:
    options = from_table({"per-member-ignores": {"pkg/tests/*": ["wa1"], "*.txt": "WA702"}})

    assert options.per_member_ignores == (("pkg/tests/*", ("WA1",)), ("*.txt", ("WA702",)))


@pytest.mark.parametrize("value", [3, ["WA1"], {"*": 1}, {"*": ["XX"]}])
def test_wrong_ignores_by_member_are_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="per-member-ignores"):
        from_table({"per-member-ignores": value})


def test_every_severity_may_fail() -> None:
    assert [from_table({"fail-on": severity.label}).fail_on for severity in Severity] == [*Severity]
