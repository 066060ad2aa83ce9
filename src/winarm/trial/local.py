"""The runners `native` and `command`: processes of this machine, with the stage where it is."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from winarm.errors import TrialError, UsageError
from winarm.host import Host, ProgramError
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import (
    IMPORTS,
    START,
    TEMPORARY,
    WORK,
    Ended,
    IsExpired,
    Runner,
    TakeOutput,
)

#: Bytes that are read of what modules printed.
_TOLD = 4000
#: Variables that decide what Python does, and those that are winarm's own.
_PYTHONS_OWN = ("PYTHON", "WINARM_", "VIRTUAL_ENV", "PYTEST_", "COV_")
#: Seconds in which what an emulated process has printed arrives when it has ended: the emulator's
#: services keep the pipe open for longer.
EMULATOR_GRACE = 0.15


class _ExpiredError(Exception):
    """The time of a process is over."""


@dataclass(frozen=True)
class LocalSession:
    """Runs processes on this machine."""

    host: Host
    stage: Path
    #: What starts the target's Python.
    command: tuple[str, ...]
    environ: Mapping[str, str]
    #: Seconds in which what a process has printed arrives when it has ended.
    grace: float = 2.0
    #: Returns the processes that are left, after having ended them.
    clean: Callable[[], tuple[str, ...]] = tuple

    def run(self, arguments: Sequence[str], *, output: TakeOutput, expired: IsExpired) -> Ended:
        """Run the target's Python; see `Session`."""

        def tick() -> None:
            if expired():
                raise _ExpiredError

        status = None
        try:
            status = self.host.stream(
                [*self.command, *self._words(arguments)],
                environ=self.environ,
                cwd=self.stage / WORK,
                output=output,
                tick=tick,
                grace=self.grace,
            )
        except ProgramError as error:
            raise TrialError(error.what) from error
        except _ExpiredError:
            pass
        left = self.clean()
        return Ended(status, () if status is None else left, _said(self.stage))

    def _words(self, arguments: Sequence[str]) -> Sequence[str]:
        """Return what follows the command so that the target's Python has these arguments."""
        return arguments


@dataclass(frozen=True)
class _ScriptSession(LocalSession):
    """The command runs a script of the stage: the one that imports, or the one for commands."""

    def _words(self, arguments: Sequence[str]) -> Sequence[str]:
        if tuple(arguments) == (IMPORTS,):
            return [str(self.stage / "imports.py")]
        (self.stage / "command.json").write_text(json.dumps(list(arguments)), "utf-8")
        return [str(self.stage / "command.py")]


def _said(stage: Path) -> str:
    """Return the end of what modules have printed, from the file in the stage."""
    with contextlib.suppress(OSError), (stage / "said.txt").open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TOLD))
        return file.read(_TOLD).decode("utf-8", "replace")
    return ""


def plain_environ(host: Host) -> dict[str, str]:
    """Return this machine's environment without what would change the Python of a trial."""
    return {
        name: value
        for name, value in host.environ.items()
        if not name.upper().startswith(_PYTHONS_OWN)
    }


def stage_variables(stage: str) -> dict[str, str]:
    """Return the variables with which Python works in a stage, whose path ends in a separator."""
    temporary = f"{stage}{TEMPORARY}"
    return {"PYTHONPATH": f"{stage}{START}", "TEMP": temporary, "TMP": temporary}


@dataclass(frozen=True)
class NativeRunner(Runner):
    """This machine is Windows on Arm, seen from an ARM64 Python or an emulated x64 one."""

    name = "native"
    place = "this machine"
    emulated = False

    @contextlib.contextmanager
    def session(
        self, host: Host, stage: Path, python: WindowsPython | None
    ) -> Iterator[LocalSession]:
        """Return a session; see `Runner`."""
        if python is None:
            raise TrialError("the runner native needs a Python for Windows ARM64.")
        environ = plain_environ(host) | stage_variables(f"{stage}{os.sep}")
        yield LocalSession(host, stage, (str(python.executable),), environ)


@dataclass(frozen=True)
class CommandRunner(Runner):
    """Calls `COMMAND -p FOLDER SCRIPT`; the folder is the stage, and the script is in it."""

    command: tuple[str, ...]
    name = "command"
    brings_python = True

    @classmethod
    def parse(cls, words: str) -> CommandRunner:
        """Return the runner that `PROGRAM ARGUMENTS` means.

        :raises UsageError: there is no program, or a quotation is not closed.
        """
        try:
            command = tuple(shlex.split(words))
        except ValueError as error:
            raise UsageError(f"--runner command:{words}: {error}.") from error
        if not command:
            raise UsageError(
                "--runner command: needs a program, as in --runner 'command:winpy DIR'."
            )
        return cls(command)

    @property
    def place(self) -> str:
        """Return the program."""
        return self.command[0]

    @contextlib.contextmanager
    def session(
        self,
        host: Host,
        stage: Path,
        python: WindowsPython | None,  # noqa: ARG002 - it brings its own
    ) -> Iterator[LocalSession]:
        """Return a session; see `Runner`."""
        words = (*self.command, "-p", str(stage))
        # It may be an emulator.
        yield _ScriptSession(host, stage, words, plain_environ(host), grace=EMULATOR_GRACE)
