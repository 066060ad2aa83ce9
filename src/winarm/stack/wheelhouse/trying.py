"""Trying a wheelhouse: its native wheels are imported on the target, all in one environment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from winarm.host import Host
from winarm.stack.wheelhouse.result import Outcome, PackageOutcome, WheelhouseResult
from winarm.target import PythonABI
from winarm.trial import TrialOptions, TrialResult
from winarm.verify import Report, Severity


def trial_options(host: Host, python: PythonABI) -> TrialOptions:
    """Return how a wheelhouse is tried on this machine."""
    named = host.variable("WINARM_TARGET_PYTHON") or ""
    return TrialOptions(
        runner=host.variable("WINARM_RUNNER") or "auto",
        python_dirs=tuple(Path(one) for one in named.split(host.pathsep) if one),
        abi=python,
    )


def tried(
    result: WheelhouseResult,
    folder: Path,
    options: TrialOptions,
    tries: Callable[[Sequence[Path], TrialOptions], TrialResult],
) -> WheelhouseResult:
    """Return the result with what came of importing every native wheel; a failure counts.

    The environment has the wheelhouse and nothing else, so what failed or was skipped is not there.

    :param tries: `test_wheels` on this machine.
    :raises WinarmError: nothing can be tried here.
    """
    wheels = [folder / one.file for one in result.packages if _is_native(one)]
    if not wheels:
        return result
    others = tuple(
        folder / one.file for one in result.packages if one.sha256 and not _is_native(one)
    )
    trial = tries(wheels, dataclasses.replace(options, others=others))
    reports = {report.path.name: report for report in trial.reports}
    packages = tuple(
        _judged(package, reports[package.file]) if package.file in reports else package
        for package in result.packages
    )
    return dataclasses.replace(result, packages=packages)


def _is_native(package: PackageOutcome) -> bool:
    return bool(package.sha256) and not package.file.endswith("-any.whl")


def _judged(package: PackageOutcome, report: Report) -> PackageOutcome:
    errors = [one.line() for one in report.findings if one.severity is Severity.ERROR]
    if not errors:
        return dataclasses.replace(package, tried=report.evidence.value)
    return dataclasses.replace(
        package,
        outcome=Outcome.FAILED,
        detail="\n".join(errors),
        cure="winarm verify --explain CODE describes each.",
        tried="",
    )
