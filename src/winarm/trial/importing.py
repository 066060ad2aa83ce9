"""Importing modules on the target, one after the other, whatever each of them does."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winarm.errors import TrialError
from winarm.trial.runner import IMPORTS, Session

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
class _Hearing:
    """What has been heard of one process on the target."""

    token: bytes
    heard: Callable[[], None]
    listener: Callable[[dict[str, Any]], None]
    rest: bytearray = field(default_factory=bytearray)
    noise: bytearray = field(default_factory=bytearray)

    def take(self, data: bytes) -> None:
        """Take what was printed; lines that begin with the token are reports."""
        self.rest += data
        *lines, last = self.rest.split(b"\n")
        self.rest = bytearray(last[:_MOST_LINE])
        for line in lines:
            if not line.startswith(self.token):
                if len(self.noise) < _MOST_NOISE and line.strip():
                    self.noise += line + b"\n"
                continue
            self.heard()
            try:
                report = json.loads(line[len(self.token) :])
            except ValueError:
                continue
            if isinstance(report, dict):
                self.listener(report)


def import_all(
    session: Session,
    stage: Path,
    modules: Sequence[str],
    *,
    timeout: float,
    activate: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> tuple[Greeting, tuple[Outcome, ...]]:
    """Import `modules` in turn; one start of the target's Python, and one more for each crash.

    :param timeout: seconds for each module.
    :param activate: the runner cannot set PYTHONPATH, so that the script does what it would do.
    :raises TrialError: the target's Python does not start.
    """
    greeting: Greeting | None = None
    outcomes: list[Outcome] = []
    remaining = list(modules)
    while True:
        heard = _one_start(session, stage, remaining, timeout, activate=activate, step=step)
        greeting = greeting or heard.greeting
        if heard.greeting is None or greeting is None:
            raise _did_not_start(heard, session)
        outcomes += heard.outcomes
        done = {outcome.module for outcome in heard.outcomes}
        left = [name for name in remaining if name not in done]
        if heard.finished or not left:
            return greeting, tuple(outcomes)
        if len(left) == len(remaining):
            raise _did_not_start(heard, session)
        remaining = left


@dataclass
class _Heard:
    greeting: Greeting | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    finished: bool = False
    status: int | None = None
    noise: str = ""


def _one_start(
    session: Session,
    stage: Path,
    modules: Sequence[str],
    timeout: float,
    *,
    activate: bool,
    step: Callable[[str], None],
) -> _Heard:
    token = f"winarm-{secrets.token_hex(8)} "
    plan = {"token": token, "modules": list(modules), "timeout": timeout, "activate": activate}
    (stage / "plan.json").write_text(json.dumps(plan), "utf-8")
    heard = _Heard()
    current: str | None = None
    flood = False
    last = time.monotonic()

    def alive() -> None:
        nonlocal last
        last = time.monotonic()

    def take(report: dict[str, Any]) -> None:
        nonlocal current, flood
        if "hello" in report:
            version = ".".join(map(str, report["version"]))
            heard.greeting = Greeting(version, str(report["suffix"]), bool(report["emulated"]))
        elif "begin" in report:
            current = str(report["begin"])
            step(f"importing {current}")
        elif "end" in report and report["end"] == current and current is not None:
            heard.outcomes.append(_outcome(current, report))
            current = None
        elif "flood" in report:
            flood = True
        elif "done" in report:
            heard.finished = True

    hearing = _Hearing(token.encode(), alive, take)
    began = time.monotonic()
    ended = session.run(
        [IMPORTS],
        output=hearing.take,
        expired=lambda: time.monotonic() - last > timeout + START_TIME,
    )
    hearing.take(b"\n")
    heard.status = ended.status
    heard.noise = hearing.noise.decode("utf-8", "replace")
    if current is not None:
        said = session.said().decode("utf-8", "replace")
        seconds = time.monotonic() - began
        heard.outcomes.append(_interrupted(current, said, ended.status, seconds, flood=flood))
    return heard


def _outcome(module: str, report: dict[str, Any]) -> Outcome:
    winerror = report.get("winerror")
    details = (str(report.get("said") or ""), str(report.get("traceback") or ""))
    return Outcome(
        module,
        str(report.get("kind", "ok")),
        float(report.get("seconds", 0)),
        str(report.get("text", "")),
        str(report.get("type", "")),
        str(report.get("missing") or ""),
        winerror if isinstance(winerror, int) else None,
        "\n".join(part.strip("\n") for part in details if part.strip()),
    )


def _interrupted(
    module: str, said: str, status: int | None, seconds: float, *, flood: bool
) -> Outcome:
    """Return the outcome of a module with which the process ended."""
    if flood:
        return Outcome(module, "flood", seconds, "it prints without end", details=said[-400:])
    if status is None or re.search(r"^Timeout \(.*\)!$", said, re.MULTILINE):
        return Outcome(module, "hang", seconds, details=said.strip())
    fatal = re.search(r"^(?:Windows fatal exception|Fatal Python error): .*$", said, re.MULTILINE)
    text = fatal[0] if fatal else f"exit status {status}"
    return Outcome(module, "crash", seconds, text, details=said.strip())


def _did_not_start(heard: _Heard, session: Session) -> TrialError:
    said = "\n".join(
        filter(None, (heard.noise.strip(), session.said().decode("utf-8", "replace").strip()))
    )
    status = "was stopped" if heard.status is None else f"ended with status {heard.status}"
    return TrialError(
        f"Python for Windows ARM64 did not start: the runner {status}.",
        why=said[-2000:],
        cure="winarm doctor shows the runners; winarm test --runner chooses another.",
    )
