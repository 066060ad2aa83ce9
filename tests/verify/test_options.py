from __future__ import annotations

import pytest

from winarm.verify import Code, VerifyOptions


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


@pytest.mark.parametrize(
    ("member", "wanted"),
    [("pkg/tests/x.dll", False), ("pkg/x.dll", True), ("", True)],
)
def test_codes_are_ignored_by_member(
    member: str,
    wanted: bool,  # noqa: FBT001 - a parameter
) -> None:
    options = VerifyOptions(per_member_ignores=(("pkg/tests/*", ("WA1",)),))

    assert options.wants(Code.WA101, member) is wanted


@pytest.mark.parametrize("code", [code for code in Code if code.rule.unread])
def test_what_could_not_be_read_is_always_reported(code: Code) -> None:
    options = VerifyOptions(select=("WA7",), ignore=("WA",), per_member_ignores=(("*", ("WA",)),))

    assert options.wants(code, "a member")
