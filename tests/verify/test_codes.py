from __future__ import annotations

import pytest

from winarm.verify.codes import FAMILIES, Code, Severity, find_codes


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("WA401", ["WA401"]),
        ("wa401", ["WA401"]),
        ("401", ["WA401"]),
        (" WA70 ", ["WA701", "WA702"]),
        ("WA999", []),
        ("XX", []),
        ("", []),
        (" ", []),
    ],
)
def test_codes_are_found_by_their_beginning(word: str, names: list[str]) -> None:
    assert [code.name for code in find_codes(word)] == names


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_codes_in_order(family: str) -> None:
    codes = find_codes(family)

    assert codes
    assert [code.name for code in codes] == sorted(code.name for code in codes)
    assert {code.family for code in codes} == {family}


def test_every_code_is_of_a_family() -> None:
    assert {code.family for code in Code} == set(FAMILIES)


def test_what_cannot_be_hidden_is_an_error() -> None:
    assert {code.rule.severity for code in Code if code.rule.unread} == {Severity.ERROR}


def test_severities_are_parsed_by_their_words() -> None:
    assert [Severity.parse(severity.label.upper()) for severity in Severity] == [*Severity]
    assert Severity.parse("never") is None
