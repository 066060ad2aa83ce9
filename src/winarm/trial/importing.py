"""Importing modules on the target, one after the other, whatever each of them does.

Outcomes are reported with the codes of verify, where one fits.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winarm.errors import TrialError
from winarm.trial.runner import IMPORTS, Ended, Session
from winarm.verify import Code, Finding
from winarm.verify.report import finding

#: Longest line of the target's that is read.
_MOST_LINE = 2**20
#: Bytes that a runner may print before the target's Python speaks.
_MOST_NOISE = 2**16
#: Seconds that an emulated Python may need to start, or to end after its own watchdog has acted.
START_TIME = 120.0


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the target's Python says of itself."""

    version: str
    #: The ending of its own extension modules: `.cp313-win_arm64.pyd`.
    suffix: str
    emulated: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of importing a module."""

    module: str
    #: `ok`, `exception`, `loader`, `elsewhere`, `crash`, `hang` or `flood`.
    kind: str = "ok"
    seconds: float = 0.0
    #: The exception's or the loader's words.
    text: str = ""
    exception: str = ""
    #: The module that is not found, where that is the exception.
    missing: str = ""
    #: The number of Windows' error, where the loader failed.
    winerror: int | None = None
    #: The end of the traceback, and of what was printed.
    details: str = ""


@dataclass
class _Start:
    """What is heard of one start of the target's Python."""

    token: bytes
    step: Callable[[str], None]
    greeting: Greeting | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    #: The module that is being imported.
    current: str | None = None
    flood: bool = False
    finished: bool = False
    #: When the last report came.
    last: float = field(default_factory=time.monotonic)
    noise: bytearray = field(default_factory=bytearray)
    rest: bytearray = field(default_factory=bytearray)

    def take(self, data: bytes) -> None:
        """Take what was printed; lines that begin with the token are reports."""
        self.rest += data
        *lines, last = self.rest.split(b"\n")
        self.rest = bytearray(last[:_MOST_LINE])
        for line in lines:
            if line.startswith(self.token):
                self.last = time.monotonic()
                with contextlib.suppress(ValueError):
                    self._take_report(json.loads(line[len(self.token) :]))
            elif len(self.noise) < _MOST_NOISE and line.strip():
                self.noise += line + b"\n"

    def _take_report(self, report: dict[str, Any]) -> None:
        match report:
            case {"hello": _, "version": version, "suffix": suffix, "emulated": emulated}:
                words = ".".join(map(str, version))
                self.greeting = Greeting(words, str(suffix), bool(emulated))
            case {"begin": module}:
                self.current = str(module)
                self.step(f"importing {self.current}")
            case {"end": module} if module == self.current:
                self.outcomes.append(_outcome(report))
                self.current = None
            case {"flood": _}:
                self.flood = True
            case {"done": _}:
                self.finished = True
            case _:
                pass


def import_all(
    session: Session,
    stage: Path,
    modules: Sequence[str],
    *,
    timeout: float,
    step: Callable[[str], None] = lambda _: None,
) -> tuple[Greeting, tuple[Outcome, ...]]:
    """Import `modules` in turn; one start of the target's Python, and one more for each crash.

    :param timeout: seconds for each module.
    :raises TrialError: the target's Python does not start.
    """
    outcomes: list[Outcome] = []
    remaining = list(modules)
    while True:
        heard, ended = _one_start(session, stage, remaining, timeout, step)
        outcomes += heard.outcomes
        done = {outcome.module for outcome in heard.outcomes}
        left = [name for name in remaining if name not in done]
        complete = heard.finished or not left
        if heard.greeting is None or (not complete and len(left) == len(remaining)):
            raise _did_not_start(heard, ended)
        if complete:
            return heard.greeting, tuple(outcomes)
        remaining = left


def _one_start(
    session: Session,
    stage: Path,
    modules: Sequence[str],
    timeout: float,
    step: Callable[[str], None],
) -> tuple[_Start, Ended]:
    token = f"winarm-{secrets.token_hex(8)} "
    plan = {"token": token, "modules": list(modules), "timeout": timeout}
    (stage / "plan.json").write_text(json.dumps(plan), "utf-8")
    heard = _Start(token.encode(), step)
    began = time.monotonic()
    ended = session.run(
        [IMPORTS],
        output=heard.take,
        expired=lambda: time.monotonic() - heard.last > timeout + START_TIME,
    )
    heard.take(b"\n")
    if heard.current is not None:
        seconds = time.monotonic() - began
        heard.outcomes.append(_interrupted(heard.current, ended, seconds, flood=heard.flood))
    return heard, ended


def _outcome(report: dict[str, Any]) -> Outcome:
    winerror = report.get("winerror")
    details = (str(report.get("said") or ""), str(report.get("traceback") or ""))
    return Outcome(
        report["end"],
        str(report.get("kind", "ok")),
        float(report.get("seconds", 0)),
        str(report.get("text", "")),
        str(report.get("type", "")),
        str(report.get("missing") or ""),
        winerror if isinstance(winerror, int) else None,
        "\n".join(part.strip("\n") for part in details if part.strip()),
    )


def _interrupted(module: str, ended: Ended, seconds: float, *, flood: bool) -> Outcome:
    """Return the outcome of a module with which the process ended."""
    said = ended.said
    if flood:
        return Outcome(module, "flood", seconds, "it prints without end", details=said[-400:])
    if ended.status is None or re.search(r"^Timeout \(.*\)!$", said, re.MULTILINE):
        return Outcome(module, "hang", seconds, details=said.strip())
    fatal = re.search(r"^(?:Windows fatal exception|Fatal Python error): .*$", said, re.MULTILINE)
    text = fatal[0] if fatal else f"exit status {ended.status}"
    return Outcome(module, "crash", seconds, text, details=said.strip())


def _did_not_start(heard: _Start, ended: Ended) -> TrialError:
    noise = heard.noise.decode("utf-8", "replace")
    said = "\n".join(filter(None, (noise.strip(), ended.said.strip())))
    status = "was stopped" if ended.status is None else f"ended with status {ended.status}"
    return TrialError(
        f"Python for Windows ARM64 did not start: the runner {status}.",
        why=said[-2000:],
        cure="winarm doctor shows the runners; winarm test --runner chooses another.",
    )


#: Numbers of Windows' errors (winerror.h).
_MOD_NOT_FOUND, _PROC_NOT_FOUND, _BAD_EXE_FORMAT, _INIT_FAILED = 126, 127, 193, 1114
_LOADER = {
    _MOD_NOT_FOUND: (Code.WA405, "a DLL that it needs is not found"),
    _PROC_NOT_FOUND: (Code.WA804, "a DLL that it needs lacks a symbol"),
    _BAD_EXE_FORMAT: (Code.WA101, "it, or a DLL that it needs, is not ARM64 code"),
    _INIT_FAILED: (Code.WA804, "the initialisation of a DLL fails"),
}


def findings_of_wheel(
    members: Mapping[str, str], outcomes: Mapping[str, Outcome]
) -> Iterator[Finding]:
    """Yield what outcomes say of a wheel, whose modules are keys of `members`."""
    own = {name.partition(".")[0] for name in members}
    works = any(name in outcomes and outcomes[name].kind == "ok" for name in members)
    for name, member in members.items():
        outcome = outcomes.get(name)
        if outcome is None:
            continue
        lacking = outcome.missing.partition(".")[0]
        if works and "." in name and lacking and lacking not in own:
            words = f"import {name} needs {outcome.missing}, which is not installed"
            yield finding(Code.WA808, member, words)
        else:
            yield from findings_of(outcome, member)


def findings_of(outcome: Outcome, member: str) -> Iterator[Finding]:
    """Yield what an outcome says of the member that the module is."""
    name = outcome.module
    match outcome.kind:
        case "ok":
            pass
        case "loader":
            code, meaning = _LOADER.get(outcome.winerror or 0, (Code.WA804, outcome.text))
            number = f" (error {outcome.winerror})" if outcome.winerror else ""
            yield finding(code, member, f"Windows does not load {name}: {meaning}{number}")
        case "elsewhere":
            yield finding(Code.WA805, member, f"import {name} gives {outcome.text}")
        case "crash":
            yield finding(
                Code.WA802, member, f"the process ended while {name} was imported: {outcome.text}"
            )
        case "hang" | "flood":
            words = outcome.text or f"it had not ended after {outcome.seconds:.0f} s"
            yield finding(Code.WA803, member, f"import {name}: {words}")
        case _:
            code = Code.WA207 if "does not define module export" in outcome.text else Code.WA801
            words = f"{outcome.exception}: {outcome.text}" if outcome.text else outcome.exception
            if outcome.missing.partition(".")[0] in sys.stdlib_module_names:
                words += " (of the standard library: the trial's Python lacks it)"
            yield finding(code, member, f"import {name} raises {' '.join(words.split())}")
