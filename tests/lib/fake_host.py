"""The machine of the unit tests: its programs and its registry are what a test says."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.host import Answer, Host, ProgramError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from winarm.host import Conversation, System
    from winarm.host.windows import Hive

    Registry = Mapping[tuple[str, str, str], "str | RegistryError"]

#: Answers, or fails, as a program does that makes nothing.
Reply = Answer | ProgramError | Callable[["Run"], Answer]

#: Bytes in one piece of what a program prints: a pipe hands over any piece of a line.
PIECE = 7


@dataclass(frozen=True)
class Run:
    """A program that was run: its command line, and what it was given."""

    words: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path | None

    @property
    def command(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class FakeHost(Host):
    """A machine on which nothing runs but what a test scripts.

    Files are real, so a program on PATH is an executable file in a folder of `environ["PATH"]`;
    what it answers is in `answers`.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    system: System = "linux"
    machine: str = "x86_64"
    executable: Path = Path("python3")
    #: Below a file, so that a test that names no cache writes none.
    default_cache: Path = Path(os.devnull, "cache")

    #: A folder of packages that is not there.
    site_packages: Path = Path(os.devnull, "site-packages")
    #: By the beginning of a command, in whole words; the longest that fits counts, and `""` fits
    #: every command. Its program is a path, or a name in lower case without `.exe`.
    answers: Mapping[str, Reply] = field(default_factory=dict)
    #: Programs on PATH in folders that a test cannot write.
    installed: Mapping[str, Path] = field(default_factory=dict)
    #: The registry, by hive, key and name.
    values: Registry = field(default_factory=dict)
    #: The machine that runs what has no answer; without one it cannot be started.
    behind: Host | None = None
    #: What was run, in its order.
    ran: list[Run] = field(default_factory=list)

    @property
    def calls(self) -> list[tuple[str, ...]]:
        return [run.words for run in self.ran]

    @property
    def pathsep(self) -> str:
        """Return what separates folders in PATH: a test's are those of the machine that runs it."""
        return os.pathsep if os.name == "nt" else super().pathsep

    def which(self, program: str) -> Path | None:
        return self.installed.get(program) or super().which(program)

    def registry(self, hive: Hive, key: str, name: str) -> str | None:
        value = self.values.get((hive, key, name))
        if isinstance(value, RegistryError):
            raise value
        return value

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Answer:
        own = self.environ if environ is None else environ
        answer = self._answer(argv, own, cwd)
        if answer is None:
            assert self.behind is not None
            return self.behind.run(argv, environ=own, cwd=cwd, timeout=timeout)
        return answer

    def stream(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
        grace: float = 2.0,
    ) -> int:
        answer = self._answer(argv, environ, cwd)
        if answer is None:
            assert self.behind is not None
            return self.behind.stream(
                argv, environ=environ, cwd=cwd, output=output, tick=tick, grace=grace
            )
        said = f"{answer.stdout}{answer.stderr}".encode()
        for start in range(0, len(said), PIECE):
            output(said[start : start + PIECE])
        tick()
        return answer.status

    def attend(self, argv: Sequence[str | Path]) -> int:
        answer = self._answer(argv, self.environ, None)
        if answer is None:
            assert self.behind is not None
            return self.behind.attend(argv)
        return answer.status

    @contextlib.contextmanager
    def converse(self, argv: Sequence[str | Path]) -> Iterator[Conversation]:
        if self.behind is None:
            raise _cannot_start(str(argv[0]))
        with self.behind.converse(argv) as conversation:
            yield conversation

    def _answer(
        self, argv: Sequence[str | Path], environ: Mapping[str, str], folder: Path | None
    ) -> Answer | None:
        """Return what the script says, or None where the machine behind is to run it."""
        run = Run(tuple(map(str, argv)), environ, folder)
        self.ran.append(run)
        reply = next((self.answers[key] for key in self._keys(run)), None)
        if reply is None and self.behind is None:
            raise _cannot_start(run.words[0])
        if isinstance(reply, ProgramError):
            raise reply
        return reply(run) if callable(reply) else reply

    def _keys(self, run: Run) -> Iterator[str]:
        """Yield the keys of `answers` that fit, the longest first."""
        program, *arguments = run.words
        name = Path(program).name.lower().removesuffix(".exe")
        commands = [f"{' '.join((spelling, *arguments))} " for spelling in (program, name)]
        for key in sorted(self.answers, key=len, reverse=True):
            if not key or any(command.startswith(f"{key} ") for command in commands):
                yield key


def _cannot_start(program: str) -> ProgramError:
    return ProgramError(f"{program} cannot be started: no such file.")


def touch(*paths: Path) -> None:
    """Make empty files, which are programs where they are on PATH."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)
