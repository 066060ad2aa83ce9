from __future__ import annotations

import pytest

from winarm.trial.findings import findings_of, findings_of_wheel
from winarm.trial.importing import Outcome
from winarm.verify import Code


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        (Outcome("a", "exception", 1, "no", "ValueError"), Code.WA801, "raises ValueError: no"),
        (Outcome("a", "exception", 1, "", "KeyError"), Code.WA801, "raises KeyError"),
        (
            Outcome(
                *("a", "exception", 1),
                "dynamic module does not define module export function (PyInit_a)",
                "ImportError",
            ),
            Code.WA207,
            "PyInit_a",
        ),
        (Outcome("a", "loader", winerror=126), Code.WA405, "is not found (error 126)"),
        (Outcome("a", "loader", winerror=193), Code.WA101, "not ARM64 code (error 193)"),
        (Outcome("a", "loader", winerror=127), Code.WA804, "lacks a symbol"),
        (Outcome("a", "loader", 1, "DLL load failed"), Code.WA804, "DLL load failed"),
        (Outcome("a", "crash", 1, "exit status 5"), Code.WA802, "exit status 5"),
        (Outcome("a", "hang", 60), Code.WA803, "had not ended after 60 s"),
        (Outcome("a", "flood", 1, "it prints without end"), Code.WA803, "prints without end"),
        (Outcome("a", "elsewhere", 1, "C:/x.py"), Code.WA805, "import a gives C:/x.py"),
    ],
)
def test_every_kind_of_failure_has_a_code(outcome: Outcome, code: Code, words: str) -> None:
    (found,) = findings_of(outcome, "a.pyd")

    assert (found.code, found.member) == (code, "a.pyd")
    assert words in found.message


def test_good_import_is_no_finding() -> None:
    assert list(findings_of(Outcome("a"), "a.py")) == []


@pytest.mark.parametrize(
    ("missing", "top", "code"),
    [
        ("psutil", "ok", Code.WA808),
        # Its own module, and a wheel of which nothing works.
        ("a._speedups", "ok", Code.WA801),
        ("psutil", "exception", Code.WA801),
    ],
)
def test_a_part_that_needs_another_package_is_a_warning_where_the_wheel_works(
    missing: str, top: str, code: Code
) -> None:
    words = ("exception", 1.0, f"No module named {missing!r}", "ModuleNotFoundError", missing)
    outcomes = {"a": Outcome("a", top), "a.tests._x": Outcome("a.tests._x", *words)}
    members = {"a.tests._x": "a/tests/_x.pyd", "a": "a/__init__.py"}

    found = next(findings_of_wheel(members, outcomes))

    assert (found.code, found.member) == (code, "a/tests/_x.pyd")
    assert missing in found.message


def test_a_package_that_needs_another_one_to_be_imported_is_an_error() -> None:
    words = ("exception", 1.0, "No module named 'six'", "ModuleNotFoundError", "six")
    outcomes = {"a._x": Outcome("a._x"), "a": Outcome("a", *words)}

    (found,) = findings_of_wheel({"a._x": "a/_x.pyd", "a": "a.py"}, outcomes)

    assert found.code is Code.WA801


def test_a_module_that_the_trials_python_lacks_is_said_to_be_of_the_standard_library() -> None:
    words = ("exception", 1.0, "No module named '_bz2'", "ModuleNotFoundError", "_bz2")

    (found,) = findings_of(Outcome("a", *words), "a.py")

    assert "the trial's Python lacks it" in found.message
