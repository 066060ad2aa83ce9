from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config import Settings
from winarm.config.trial import TrialSettings
from winarm.trial.options import TrialOptions, project_options


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


def test_a_project_says_how_its_wheels_are_tried() -> None:
    settings = Settings(
        test=TrialSettings(command=("pytest",), copy=("tests",)),
        target_python=("/py",),
        python_source="off",
    )

    found = project_options(settings, Path("project"))

    assert (found.command, found.copy, found.project) == (
        ("pytest",),
        (Path("tests"),),
        Path("project"),
    )
    assert (found.python_dirs, found.python_source, found.runner) == ((Path("/py"),), "", "auto")
