"""Conditions are decided as they are on Windows, as far as constants go."""

from __future__ import annotations

import ast
import time

import pytest

from winarm.verify.conditions import Conditions


def truth(text: str, machine: str = "ARM64", **constants: str) -> bool | None:
    values = {name: ast.parse(value, mode="eval").body for name, value in constants.items()}
    return Conditions(machine, values.get).truth(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    "text",
    [
        "True",
        "sys.platform == 'win32'",
        "_sys.platform.startswith('win')",
        "'win' in sys.platform",
        "os.name in ('nt', 'ce')",
        "platform.system().lower() == 'windows'",
        "platform.machine() == 'ARM64'",
        "platform.machine().lower() in {'arm64', 'aarch64'}",
        "sys.version_info >= (3, 8)",
        "sys.version_info[:2] >= (3, 8)",
        "not sys.version_info < (3, 8)",
        "hasattr(os, 'add_dll_directory')",
        "sys.platform == 'win32' and os.name == 'nt'",
        "unknown or os.name == 'nt'",
        "__debug__",
    ],
)
def test_condition_is_true_on_windows(text: str) -> None:
    assert truth(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
        "__name__ == '__main__'",
        "sys.platform != 'win32'",
        "sys.platform not in ['win32']",
        "platform.machine() == 'AMD64'",
        "sys.version_info < (3, 8)",
        "unknown and sys.platform == 'linux'",
        "not hasattr(os, 'add_dll_directory')",
    ],
)
def test_condition_is_false_on_windows(text: str) -> None:
    assert truth(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "sys.version_info >= (3, 12)",
        "hasattr(os, 'sched_yield')",
        "sys.platform < 3",
        "'x'.startswith(3)",
        "sys.platform == unknown",
        "1 < 2 < 3",
    ],
)
def test_condition_is_not_known(text: str) -> None:
    assert truth(text) is None


def test_machine_counts_only_where_it_is_known() -> None:
    assert truth("platform.machine() == 'AMD64'", machine="") is None


def test_names_stand_for_what_they_are_assigned_once() -> None:
    assert truth("WIN", WIN="sys.platform == 'win32'") is True
    assert truth("not WIN", WIN="OTHER", OTHER="os.name == 'nt'") is False
    assert truth("WIN", WIN="WIN") is None


def test_names_that_refer_to_one_another_cost_no_time() -> None:
    names = {f"a{number}": " and ".join(f"a{other}" for other in range(30)) for number in range(30)}
    start = time.process_time()

    assert truth("a0", **names) is None
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [("'win32'", True), ("'linux'", False), ("'linux' | 'win32'", True), ("_", True), ("[]", None)],
)
def test_platform_is_matched_with_patterns(pattern: str, *, matches: bool | None) -> None:
    statement = ast.parse(f"match sys.platform:\n    case {pattern}:\n        pass").body[0]
    assert isinstance(statement, ast.Match)

    found = Conditions("", lambda _: None).matches(statement.subject, statement.cases[0].pattern)
    assert found is matches
