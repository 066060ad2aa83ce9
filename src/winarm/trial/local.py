"""Sessions on this machine: the stage is where it is, and processes are this machine's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from winarm.errors import TrialError
from winarm.host import Host, ProgramError
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import START, TEMPORARY, WORK, Ended

#: Bytes that are read of what modules printed.
_TOLD = 4000
#: Variables that decide what Python does, and those that are winarm's own.
_PYTHONS_OWN = ("PYTHON", "WINARM_", "VIRTUAL_ENV", "PYTEST_", "COV_")


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

    def run(
        self,
        arguments: Sequence[str],
        *,
        output: Callable[[bytes], None],
        expired: Callable[[], bool],
    ) -> Ended:
        """Run the target's Python; see `Session`."""

        def tick() -> None:
            if expired():
                raise _ExpiredError

        try:
            status = self.host.stream(
                [*self.command, *arguments],
                environ=self.environ,
                cwd=self.stage / WORK,
                output=output,
                tick=tick,
                grace=self.grace,
            )
        except ProgramError as error:
            raise TrialError(error.what) from error
        except _ExpiredError:
            self.clean()
            return Ended(None)
        return Ended(status, self.clean())

    def said(self) -> bytes:
        """Return what modules have printed."""
        return read_said(self.stage)


def read_said(stage: Path) -> bytes:
    """Return the end of what modules have printed, from the file in the stage."""
    with contextlib.suppress(OSError), (stage / "said.txt").open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TOLD))
        return file.read(_TOLD)
    return b""


def plain_environ(host: Host) -> dict[str, str]:
    """Return this machine's environment without what would change the Python of a trial."""
    return {
        name: value
        for name, value in host.environ.items()
        if not name.upper().startswith(_PYTHONS_OWN)
    }


@dataclass(frozen=True, slots=True)
class NativeRunner:
    """This machine is Windows on Arm, seen from an ARM64 Python or an emulated x64 one."""

    name: str = "native"
    place: str = "this machine"
    emulated: bool | None = False
    brings_python: bool = False

    @contextlib.contextmanager
    def session(
        self, host: Host, stage: Path, python: WindowsPython | None
    ) -> Iterator[LocalSession]:
        """Return a session; see `Runner`."""
        if python is None:
            raise TrialError("the runner native needs a Python for Windows ARM64.")
        temporary = str(stage / TEMPORARY)
        environ = plain_environ(host) | {
            "PYTHONPATH": str(stage / START),
            "TEMP": temporary,
            "TMP": temporary,
        }
        yield LocalSession(host, stage, (str(python.executable),), environ)
