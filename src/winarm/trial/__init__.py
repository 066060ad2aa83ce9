"""Trials: wheels are imported and tested on a Python for Windows ARM64, native or emulated."""

from __future__ import annotations

from winarm.trial.options import TrialOptions, project_options
from winarm.trial.run import TrialResult, test_wheel, test_wheels, try_built
from winarm.trial.search import find_runner

__all__ = [
    "TrialOptions",
    "TrialResult",
    "find_runner",
    "project_options",
    "test_wheel",
    "test_wheels",
    "try_built",
]
