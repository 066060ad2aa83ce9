"""The table of flags: what becomes of each, and why."""

from __future__ import annotations

import time

import pytest

from winarm.child.winarm_child.flag_rules import GNU, LINKER, MSVC, MSVC_LINK, find_rule


@pytest.mark.parametrize("flag", ["/EH" + "a" * 60 + "!", "-W" + "l," * 40, "/D" + "=" * 60])
def test_no_flag_takes_its_time(flag: str) -> None:
    began = time.monotonic()

    find_rule(flag)

    assert time.monotonic() - began < 20


def test_every_rule_says_what_it_is_and_why() -> None:
    for rule in (*MSVC_LINK, *MSVC, *GNU, *LINKER):
        assert not rule.why.endswith("."), rule.forms
        assert bool(rule.becomes) == (rule.verdict == "same"), rule.forms
        assert rule.why or rule.verdict == "same", rule.forms


def test_no_rule_is_hidden_by_an_earlier_one() -> None:
    """A plain spelling is found by its own rule."""
    for tables in ((MSVC_LINK, MSVC), (GNU,)):
        for rule in (rule for table in tables for rule in table):
            for form in rule.forms:
                if "*" not in form and "#" not in form:
                    found = find_rule(form.replace("~", "/"))
                    assert found is not None, form
                    assert found.rule[:1] + found.rule[2:3] == rule[:1] + rule[2:3], form
