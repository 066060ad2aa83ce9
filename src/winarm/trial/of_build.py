"""The trial of a wheel that has just been built, before it is delivered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.config.trial import TrialSettings
from winarm.errors import TrialFailedError
from winarm.events import Event, Output
from winarm.trial.options import TrialOptions
from winarm.trial.run import test_wheels
from winarm.trial.wheel import TriedWheel
from winarm.verify import Report, Severity, VerifyOptions

if TYPE_CHECKING:
    from winarm.plan import Build

#: Bytes of a command's output that an error has.
_MOST_OUTPUT = 64 * 1024


def try_built(build: Build, wheel: Path, report: Report) -> Report:
    """Return the report of a wheel with what a trial adds to it.

    The project's `[tool.winarm.test]` says how it is tried.

    :raises TrialFailedError: the wheel, or the command of the trial, fails.
    :raises WinarmError: it cannot be tried.
    """
    printed = bytearray()

    def listen(event: Event) -> None:
        if isinstance(event, Output):
            printed.extend(event.data)
            del printed[:-_MOST_OUTPUT]
        build.listener(event)

    options = options_of(build)
    if TriedWheel.read(wheel).suits(build.interpreter.abi):
        options = replace(options, abi=build.interpreter.abi)
    result = test_wheels([wheel], options, host=build.host, listener=listen)
    (tried,) = result.reports
    problems = [found for found in tried.findings if found not in report.findings]
    # What verification found has been judged by then.
    if result.status or replace(tried, findings=tuple(problems)).reaches(options.verify.fail_on):
        worst = [found for found in problems if found.severity is Severity.ERROR] or problems
        lines = [found.line() for found in worst] or [f"exit status {result.status}"]
        raise TrialFailedError(wheel.name, lines, printed.decode("utf-8", "replace"))
    return tried


def options_of(build: Build) -> TrialOptions:
    """Return how the settings of a build's project want its wheels tried."""
    settings = build.settings
    own = settings.test or TrialSettings()
    return TrialOptions(
        command=own.command,
        requires=own.requires,
        extras=own.extras,
        copy=tuple(map(Path, own.copy)),
        project=build.folder,
        skip=own.skip,
        timeout=own.timeout,
        runner=settings.runner,
        python_dirs=tuple(map(Path, settings.target_python)),
        python_source="" if settings.python_source == "off" else settings.python_source,
        verify=settings.verify or VerifyOptions(),
    )
