"""What runs Python for Windows ARM64: what all runners share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from winarm.host import Host
from winarm.trial.pythons import WindowsPython

#: Takes what a process prints, as it comes.
TakeOutput = Callable[[bytes], None]
#: Asked about ten times a second; the process is stopped when it is true.
IsExpired = Callable[[], bool]
#: The folders and files of a stage, which a runner maps or copies to the target.
SITE, START, WORK, TEMPORARY = "site", "start", "work", "tmp"
#: The script that imports modules, where a process of the target starts in `work`.
IMPORTS = "../imports.py"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process on the target ended."""

    #: Its exit status; None when it was stopped because its time was over.
    status: int | None
    #: Processes that it left and that were ended.
    left: tuple[str, ...] = ()
    #: The end of what modules have printed while they were imported.
    said: str = ""


class Session(Protocol):
    """A stage on the target, in which the target's Python can be run."""

    def run(self, arguments: Sequence[str], *, output: TakeOutput, expired: IsExpired) -> Ended:
        """Run the target's Python with `arguments` in the stage's `work` to its end.

        :raises TrialError: the runner does not work.
        """
        ...


class Runner(ABC):
    """A way to run Python for Windows ARM64."""

    #: Its name on the command line: `native`, `wine`, `ssh`.
    name: str
    #: Whether it is an emulator; None when the target has to be asked.
    emulated: bool | None = None
    #: Whether the Python is the runner's own, so that none has to be found.
    brings_python: bool = False

    @property
    @abstractmethod
    def place(self) -> str:
        """Return where it runs, for people."""

    @abstractmethod
    def session(
        self, host: Host, stage: Path, python: WindowsPython | None
    ) -> AbstractContextManager[Session]:
        """Return a session with the stage; at its end, no process of it is left.

        :param python: None where the runner brings its own.
        :raises TrialError: the runner does not work.
        """
