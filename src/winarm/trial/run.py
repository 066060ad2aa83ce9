"""Trying wheels: verify, install, import or test, report."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import RequirementsError, TrialError, TrialFailedError, UsageError
from winarm.events import Event, Listener, Note, Output, Step
from winarm.host import Host
from winarm.target import WIN_ARM64, PythonABI
from winarm.trial.importing import Greeting, Outcome, findings_of_wheel, import_all
from winarm.trial.options import TrialOptions, project_options
from winarm.trial.pythons import WindowsPython, known_pythons, python_for
from winarm.trial.runner import SITE, Runner, Session
from winarm.trial.search import find_runner
from winarm.trial.stage import install, stage_for
from winarm.trial.wheel import TriedWheel, importable
from winarm.verify import Code, Evidence, Finding, Report, Severity, verify
from winarm.verify.report import finding, listed

if TYPE_CHECKING:
    from winarm.plan import Build

#: Seconds for one import, and for a command, where the user names none.
IMPORT_TIME = 120.0
COMMAND_TIME = 3600.0
#: Failed imports whose traceback is shown.
_MOST_SHOWN = 5
#: Bytes of a command's output that an error has.
_MOST_OUTPUT = 64 * 1024


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of trying wheels."""

    reports: tuple[Report, ...]
    #: The exit status of the command; None without one.
    status: int | None = None

    @property
    def ok(self) -> bool:
        """Return whether every wheel is good and the command succeeded."""
        return not self.status and all(report.ok for report in self.reports)


def test_wheel(
    wheel: Path | str,
    options: TrialOptions | None = None,
    *,
    host: Host | None = None,
    listener: Listener = lambda _: None,
) -> TrialResult:
    """Try a wheel on a Python for Windows ARM64: import its modules, or run a command.

    :param options: the command and its requirements, the runner, the Pythons.
    :raises UsageError: the wheel or an option is wrong.
    :raises TrialError: there is no runner, it does not work, or requirements cannot be met.
    :raises TargetPythonError: there is no Python to try the wheel with.
    """
    return test_wheels([Path(wheel)], options, host=host, listener=listener)


def test_wheels(
    wheels: Sequence[Path],
    options: TrialOptions | None = None,
    *,
    host: Host | None = None,
    listener: Listener = lambda _: None,
) -> TrialResult:
    """Try wheels; those for one Python share an environment and a start of the runner.

    :raises WinarmError: as `test_wheel`.
    """
    host = host or Host.current()
    options = options or TrialOptions()
    tried = [TriedWheel.read(path) for path in wheels]
    if not tried:
        raise UsageError("there is no wheel to try.")
    runner = find_runner(host, options.runner)
    listener(Note(f"runner {runner.name}: {runner.place}"))
    trial = _Trial(host, runner, options, listener)
    result = _joined([trial.of_group(group) for group in trial.grouped(tried)])
    reports = {report.path: report for report in result.reports}
    return replace(result, reports=tuple(reports[wheel.path] for wheel in tried))


def try_built(build: Build, wheel: Path, report: Report) -> Report:
    """Return the report of a wheel that has just been built with what a trial adds to it.

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

    options = project_options(build.settings, build.folder)
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


@dataclass(frozen=True, slots=True)
class _Group:
    """Wheels that are tried in one environment."""

    abi: PythonABI
    python: WindowsPython | None
    wheels: tuple[TriedWheel, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """How the wheels of one call are tried."""

    host: Host
    runner: Runner
    options: TrialOptions
    listener: Listener

    def grouped(self, wheels: Sequence[TriedWheel]) -> list[_Group]:
        """Return the wheels by Python; two of one project are never in one group."""
        known = known_pythons(self.host, self.options)
        brings_python = self.runner.brings_python
        groups: dict[tuple[PythonABI, int], list[TriedWheel]] = {}
        for wheel in wheels:
            abi = self.options.abi or wheel.best(() if brings_python else tuple(known))
            if not wheel.suits(abi):
                raise UsageError(
                    f"{wheel.path.name} is not for Python {abi.spelling}.",
                    cure="Name the Python that its tags name with --python.",
                )
            place = next(
                number
                for number in itertools.count()
                if all(other.project != wheel.project for other in groups.get((abi, number), ()))
            )
            groups.setdefault((abi, place), []).append(wheel)

        def python(abi: PythonABI) -> WindowsPython | None:
            if brings_python:
                return None
            return known.get(abi) or python_for(self.host, abi, self.options, self.listener)

        return [_Group(abi, python(abi), tuple(found)) for (abi, _), found in groups.items()]

    def of_group(self, group: _Group) -> TrialResult:
        """Try wheels in one environment, or each in its own where their requirements contradict."""
        try:
            return self._together(group)
        except RequirementsError:
            if len(group.wheels) == 1:
                raise
        self.listener(
            Note("the wheels' requirements contradict each other; each is tried by itself")
        )
        alone = [replace(group, wheels=(wheel,)) for wheel in group.wheels]
        return _joined([self._together(group) for group in alone])

    def _together(self, group: _Group) -> TrialResult:
        abi, options = group.abi, self.options
        with stage_for(options) as stage:
            install(
                self.host, group.wheels, stage / SITE, abi=abi, options=options, step=self._step
            )
            self._step(f"starting Python {abi.spelling}")
            with self.runner.session(self.host, stage, group.python) as session:
                run = self._tested if options.command else self._imported
                return run(session, stage, group)

    def _step(self, text: str) -> None:
        self.listener(Step(text))

    def _imported(self, session: Session, stage: Path, group: _Group) -> TrialResult:
        wanted = {
            wheel: {
                name: member
                for name, member in importable(wheel.members, group.abi).items()
                if not self.options.skips(name)
            }
            for wheel in group.wheels
        }
        names = list(dict.fromkeys(name for found in wanted.values() for name in found))
        timeout = self.options.timeout or IMPORT_TIME
        greeting, outcomes = import_all(session, stage, names, timeout=timeout, step=self._step)
        self._require_version(greeting, group.abi)
        _show(outcomes, self.listener)
        by_name = {outcome.module: outcome for outcome in outcomes}
        evidence = Evidence.IMPORTED_EMULATED if greeting.emulated else Evidence.IMPORTED_NATIVELY
        return TrialResult(
            tuple(
                self._report(
                    wheel,
                    evidence if found else Evidence.INSPECTED,
                    list(findings_of_wheel(found, by_name)),
                )
                for wheel, found in wanted.items()
            )
        )

    def _tested(self, session: Session, stage: Path, group: _Group) -> TrialResult:
        options, emulated = self.options, self.runner.emulated
        if emulated is None:
            greeting, _ = import_all(session, stage, (), timeout=IMPORT_TIME)
            self._require_version(greeting, group.abi)
            emulated = greeting.emulated
        timeout = options.timeout or COMMAND_TIME
        began = time.monotonic()
        printed = 0

        def output(data: bytes) -> None:
            nonlocal printed
            printed += len(data)
            if printed <= options.most_output:
                self.listener(Output(data))

        ended = session.run(
            _python_arguments(options.command, stage / SITE),
            output=output,
            expired=lambda: time.monotonic() - began > timeout or printed > options.most_output,
        )
        problems = []
        words = " ".join(options.command)
        if ended.status is None:
            reason = f"it did not end within {timeout:g} s and was stopped"
            if printed > options.most_output:
                reason = f"it printed more than {options.most_output >> 20} MiB and was stopped"
            problems.append(finding(Code.WA806, "", f"{words}: {reason}"))
        elif ended.status:
            problems.append(finding(Code.WA806, "", f"{words}: exit status {ended.status}"))
        if ended.left:
            programs = ", ".join(ended.left)
            problems.append(finding(Code.WA807, "", f"{len(ended.left)} were ended: {programs}"))
        evidence = Evidence.TESTED_EMULATED if emulated else Evidence.TESTED_NATIVELY
        return TrialResult(
            tuple(self._report(wheel, evidence, problems) for wheel in group.wheels),
            1 if ended.status is None else ended.status,
        )

    def _require_version(self, greeting: Greeting, abi: PythonABI) -> None:
        if greeting.suffix == abi.extension_suffix(WIN_ARM64):
            return
        raise TrialError(
            f"the Python of the runner {self.runner.name} is {greeting.version} and imports "
            f"modules that end in {greeting.suffix}; the wheel needs Python {abi.spelling} on "
            f"Windows ARM64 ({abi.extension_suffix(WIN_ARM64)}).",
            cure="Name another Python, or try the wheel for this one.",
        )

    def _report(self, wheel: TriedWheel, evidence: Evidence, problems: Sequence[Finding]) -> Report:
        """Return what verification finds, with what the trial found beside it."""
        report = verify(wheel.path, self.options.verify)
        known = {(found.code, found.member) for found in report.findings}
        more = [found for found in problems if (found.code, found.member) not in known]
        return replace(report, findings=listed((*report.findings, *more)), evidence=evidence)


def _joined(results: Sequence[TrialResult]) -> TrialResult:
    """Return all reports, with the status of the first command that failed."""
    reports = tuple(report for result in results for report in result.reports)
    failed = (result.status for result in results if result.status)
    return TrialResult(reports, next(failed, results[-1].status))


def _python_arguments(command: Sequence[str], site: Path) -> list[str]:
    """Return the arguments of the target's Python for a command.

    `python ARGUMENTS` runs it as it is; anything else is a script that the environment installs.

    :raises UsageError: there is no such script.
    """
    program, *arguments = command
    if program in {"python", "python3", "python.exe", "py"}:
        return arguments
    from importlib.metadata import distributions  # noqa: PLC0415 - seldom needed

    scripts = {
        entry.name: entry.value
        for distribution in distributions(path=[str(site)])
        for entry in distribution.entry_points
        if entry.group == "console_scripts"
    }
    if program not in scripts:
        names = ", ".join(sorted(("python", *scripts)))
        raise UsageError(
            f"there is no program {program!r} in the trial's environment; it has {names}."
        )
    module, _, attribute = scripts[program].partition("[")[0].strip().partition(":")
    call = f"import sys, importlib; sys.argv[0] = {program!r}; "
    call += f"sys.exit(importlib.import_module({module!r}).{attribute or 'main'}())"
    return ["-c", call, *arguments]


def _show(outcomes: Sequence[Outcome], listener: Listener) -> None:
    """Show the traceback and the output of modules that failed; the same ones once."""
    details = {
        outcome.details: outcome.module
        for outcome in reversed(outcomes)
        if outcome.kind != "ok" and outcome.details
    }
    for text, module in list(reversed(details.items()))[:_MOST_SHOWN]:
        listener(Note(f"{module}:\n{text}"))


# pytest takes what has such a name for a test, where it is imported.
test_wheel.__test__ = False  # type: ignore[attr-defined]
test_wheels.__test__ = False  # type: ignore[attr-defined]
