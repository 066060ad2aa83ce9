"""Trying wheels: verify, install, import or test, report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from winarm.errors import RequirementsError, TrialError, UsageError
from winarm.events import Listener, Note, Output, Step
from winarm.host import Host
from winarm.target import WIN_ARM64, PythonABI
from winarm.trial.environment import install
from winarm.trial.findings import findings_of_wheel
from winarm.trial.importing import Greeting, Outcome, import_all
from winarm.trial.options import TrialOptions
from winarm.trial.pythons import WindowsPython, spelled
from winarm.trial.runner import SITE, Runner, Session
from winarm.trial.search import find_runner
from winarm.trial.stage import stage_for
from winarm.trial.wheel import TriedWheel
from winarm.trial.which_python import known_pythons, python_for
from winarm.verify import Code, Evidence, Finding, Report, verify
from winarm.verify.report import finding, listed

#: Seconds for one import, and for a command, where the user names none.
IMPORT_TIME = 120.0
COMMAND_TIME = 3600.0


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


@dataclass(frozen=True, slots=True)
class _Group:
    """Wheels that are tried in one environment."""

    abi: PythonABI
    python: WindowsPython | None
    wheels: tuple[TriedWheel, ...]


@dataclass(frozen=True, slots=True)
class _At:
    """Where a group is tried."""

    runner: Runner
    session: Session
    stage: Path


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
    groups = _grouped(host, runner, tried, options, listener)
    reports: dict[Path, Report] = {}
    status = None
    for group in groups:
        found, ended = _try_together(host, runner, group, options, listener)
        reports |= found
        status = status or ended
    return TrialResult(tuple(reports[wheel.path] for wheel in tried), status)


def _grouped(
    host: Host,
    runner: Runner,
    wheels: Sequence[TriedWheel],
    options: TrialOptions,
    listener: Listener,
) -> tuple[_Group, ...]:
    """Return the wheels by Python; two of one project are never in one group."""
    known = known_pythons(host, options)
    groups: dict[tuple[PythonABI, int], list[TriedWheel]] = {}
    for wheel in wheels:
        abi = options.abi or wheel.best(() if runner.brings_python else tuple(known))
        if not wheel.suits(abi):
            raise UsageError(
                f"{wheel.path.name} is not for Python {spelled(abi)}.",
                cure="Name the Python that its tags name with --python.",
            )
        copies = (number for number in range(len(wheels)))
        place = next(
            number
            for number in copies
            if all(other.project != wheel.project for other in groups.get((abi, number), ()))
        )
        groups.setdefault((abi, place), []).append(wheel)
    return tuple(
        _Group(
            abi,
            None
            if runner.brings_python
            else known.get(abi) or python_for(host, abi, options, listener),
            tuple(members),
        )
        for (abi, _), members in groups.items()
    )


def _try_together(
    host: Host, runner: Runner, group: _Group, options: TrialOptions, listener: Listener
) -> tuple[dict[Path, Report], int | None]:
    """Try wheels in one environment, or each in its own where their requirements contradict."""
    try:
        return _try_group(host, runner, group, options, listener)
    except RequirementsError:
        if len(group.wheels) == 1:
            raise
    listener(Note("the wheels' requirements contradict each other; each is tried by itself"))
    reports: dict[Path, Report] = {}
    status = None
    for wheel in group.wheels:
        alone = replace(group, wheels=(wheel,))
        found, ended = _try_group(host, runner, alone, options, listener)
        reports |= found
        status = status or ended
    return reports, status


def _try_group(
    host: Host,
    runner: Runner,
    group: _Group,
    options: TrialOptions,
    listener: Listener,
) -> tuple[dict[Path, Report], int | None]:
    def step(text: str) -> None:
        listener(Step(text))

    with stage_for(options) as stage:
        install(
            host,
            group.wheels,
            stage / SITE,
            abi=group.abi,
            options=options,
            step=step,
        )
        step(f"starting Python {spelled(group.abi)}")
        with runner.session(host, stage, group.python) as session:
            at = _At(runner, session, stage)
            if options.command:
                return _tested(at, group, options, listener)
            return _imported(at, group, options, listener), None


def _imported(
    at: _At, group: _Group, options: TrialOptions, listener: Listener
) -> dict[Path, Report]:
    wanted = {
        wheel: {
            name: member
            for name, member in wheel.modules(group.abi).items()
            if not options.skips(name)
        }
        for wheel in group.wheels
    }
    names = list(dict.fromkeys(name for found in wanted.values() for name in found))
    greeting, outcomes = import_all(
        at.session,
        at.stage,
        names,
        timeout=options.timeout or IMPORT_TIME,
        activate=at.runner.brings_python,
        step=lambda text: listener(Step(text)),
    )
    _require_version(greeting, group.abi, at.runner)
    _show(outcomes, listener)
    by_name = {outcome.module: outcome for outcome in outcomes}
    evidence = Evidence.IMPORTED_EMULATED if greeting.emulated else Evidence.IMPORTED_NATIVELY
    return {
        wheel.path: _report(
            wheel,
            evidence if found else Evidence.INSPECTED,
            list(findings_of_wheel(found, by_name)),
            options,
        )
        for wheel, found in wanted.items()
    }


def _tested(
    at: _At, group: _Group, options: TrialOptions, listener: Listener
) -> tuple[dict[Path, Report], int | None]:
    emulated = at.runner.emulated
    if emulated is None:
        greeting, _ = import_all(
            at.session, at.stage, (), timeout=IMPORT_TIME, activate=at.runner.brings_python
        )
        _require_version(greeting, group.abi, at.runner)
        emulated = greeting.emulated
    timeout = options.timeout or COMMAND_TIME
    began = time.monotonic()
    printed = 0

    def output(data: bytes) -> None:
        nonlocal printed
        printed += len(data)
        if printed <= options.most_output:
            listener(Output(data))

    ended = at.session.run(
        _python_arguments(options.command, at.stage / SITE),
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
    reports = {wheel.path: _report(wheel, evidence, problems, options) for wheel in group.wheels}
    return reports, 1 if ended.status is None else ended.status


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


#: Failed imports whose traceback is shown.
_MOST_SHOWN = 5


def _show(outcomes: Sequence[Outcome], listener: Listener) -> None:
    """Show the traceback and the output of modules that failed; the same ones once."""
    details = {
        outcome.details: outcome.module
        for outcome in reversed(outcomes)
        if outcome.kind != "ok" and outcome.details
    }
    for text, module in list(reversed(details.items()))[:_MOST_SHOWN]:
        listener(Note(f"{module}:\n{text}"))


def _require_version(greeting: Greeting, abi: PythonABI, runner: Runner) -> None:
    if greeting.suffix == abi.extension_suffix(WIN_ARM64):
        return
    raise TrialError(
        f"the Python of the runner {runner.name} is {greeting.version} and imports modules that "
        f"end in {greeting.suffix}; the wheel needs Python {spelled(abi)} on Windows ARM64 "
        f"({abi.extension_suffix(WIN_ARM64)}).",
        cure="Name another Python, or try the wheel for this one.",
    )


def _report(
    wheel: TriedWheel, evidence: Evidence, problems: Sequence[Finding], options: TrialOptions
) -> Report:
    """Return what verification finds, with what the trial found beside it."""
    report = verify(wheel.path, options.verify)
    known = {(found.code, found.member) for found in report.findings}
    more = [found for found in problems if (found.code, found.member) not in known]
    return replace(report, findings=listed((*report.findings, *more)), evidence=evidence)


# pytest takes what has such a name for a test, where it is imported.
test_wheel.__test__ = False  # type: ignore[attr-defined]
test_wheels.__test__ = False  # type: ignore[attr-defined]
