from __future__ import annotations

import pytest

from winarm.errors import SettingsError
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64
from winarm.verify import Code, Limits, Severity, VerifyOptions, from_table


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
            },
            "here",
        )

    assert caught.value.problems == (
        "here targt: 'targt' is unknown; did you mean 'target'?",
        "here fail-on: 'errors' is unknown; did you mean 'error'?",
        "here select: 'XX1' is unknown",
        "here record: expected true or false, got 'yes'",
        "here allow: expected a list of strings, got [1]",
        "here limits.member: 'member' is unknown; did you mean 'members'?",
        "here limits.members: expected a number above 0, got 0",
    )


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        ((), (), True),
        (("WA1",), (), True),
        (("WA2",), (), False),
        (("WA1",), ("WA101",), False),
        ((), ("WA",), False),
    ],
)
def test_codes_are_chosen_by_their_beginnings(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    wanted: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert VerifyOptions(select=select, ignore=ignore).wants(Code.WA101) is wanted
