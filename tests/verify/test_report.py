from __future__ import annotations

import pytest

from winarm.verify import Code
from winarm.verify.report import MOST, finding, listed


def test_the_worst_come_first() -> None:
    note, error = finding(Code.WA702, "a", "m"), finding(Code.WA101, "b", "m")

    assert listed([note, error]) == (error, note)


def test_the_same_of_several_members_is_one_finding() -> None:
    same = [finding(Code.WA401, name, "it needs a.dll") for name in ("x", "y", "z", "x")]

    one, other = listed([*same, finding(Code.WA401, "x", "it needs b.dll")])

    assert (one.members, one.more) == (("x", "y", "z"), 2)
    assert one.line() == "WA401 error: x: it needs a.dll (2 more files too)"
    assert (other.members, other.more) == (("x",), 0)


@pytest.mark.parametrize("code", [code for code in Code if code.rule.once])
def test_what_a_code_says_once_is_one_finding_in_the_words_for_the_first(code: Code) -> None:
    (found,) = listed(finding(code, name, f"about {name}") for name in ("x", "y", "z", "x"))

    assert (found.members, found.words) == (("x", "y", "z"), "about x (2 more files too)")


def test_very_many_members_of_one_finding_are_counted() -> None:
    (found,) = listed(finding(Code.WA609, f"{number}", "m") for number in range(MOST + 5))

    assert len(found.others) == MOST
    assert found.more == MOST + 4


def test_very_many_findings_of_one_code_are_counted() -> None:
    same = [finding(Code.WA609, "m", f"{number}") for number in range(MOST + 5)]

    found = listed([*same, finding(Code.WA610, "x", "other")])

    assert len(found) == MOST + 1
    assert [one.message for one in found if one.message.startswith(f"{MOST - 1} ")] == [
        f"{MOST - 1} (and 5 more like it, which are not listed)"
    ]


def test_words_that_a_terminal_would_obey_are_replaced() -> None:
    (found,) = listed([finding(Code.WA609, "a\x1b[31m", "b\u202e")])

    assert (found.member, found.message) == ("a\ufffd[31m", "b\ufffd")
