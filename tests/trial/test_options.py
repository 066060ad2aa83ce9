from __future__ import annotations

import pytest

from winarm.trial.options import TrialOptions


@pytest.mark.parametrize(
    ("module", "skipped"),
    [
        ("pkg.tests", True),
        ("pkg.tests.test_x", True),
        ("pkg.Tests", False),
        ("pkg", False),
        ("_own", True),
    ],
)
def test_modules_are_skipped_by_pattern(module: str, *, skipped: bool) -> None:
    assert TrialOptions(skip=("pkg.tests*", "_own")).skips(module) is skipped


def test_without_a_pattern_none_is_skipped() -> None:
    assert not TrialOptions().skips("pkg.tests")
