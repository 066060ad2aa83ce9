"""The runner `command`: any program that runs a script in a Python for Windows ARM64."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from winarm.host import Host
from winarm.trial.local import LocalSession, plain_environ
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import IMPORTS, Ended

#: Seconds for what a program has printed: it may be an emulator whose services keep the pipe.
_GRACE = 0.15


@dataclass(frozen=True, slots=True)
class CommandRunner:
    """Calls `COMMAND -p FOLDER SCRIPT`; the folder is the stage, and the script is in it."""

    command: tuple[str, ...]
    name: str = "command"
    emulated: bool | None = None
    brings_python: bool = True

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
    ) -> Iterator[_CommandSession]:
        """Return a session; see `Runner`."""
        words = (*self.command, "-p", str(stage))
        environ = plain_environ(host)
        yield _CommandSession(LocalSession(host, stage, words, environ, grace=_GRACE))


@dataclass(frozen=True, slots=True)
class _CommandSession:
    inner: LocalSession

    def run(
        self,
        arguments: Sequence[str],
        *,
        output: Callable[[bytes], None],
        expired: Callable[[], bool],
    ) -> Ended:
        """Run a script of the stage: the one that imports, or the one that runs a command."""
        stage = self.inner.stage
        script = stage / "imports.py"
        if tuple(arguments) != (IMPORTS,):
            script = stage / "command.py"
            (stage / "command.json").write_text(json.dumps(list(arguments)), "utf-8")
        return self.inner.run([str(script)], output=output, expired=expired)

    def said(self) -> bytes:
        """Return what modules have printed."""
        return self.inner.said()
