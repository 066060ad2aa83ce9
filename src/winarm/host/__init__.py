"""The machine that winarm runs on: the only door to its environment, programs and platform.

Everything that asks the machine is a method or a field of `Host`, so that every decision can be
tested on any machine with another one handed in. Ruff's TID251 keeps `os.environ`, `subprocess`,
`sys.platform` and related names out of all other rooms.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import Literal

from winarm.host.programs import (
    GRACE,
    MAX_ANSWER,
    PAUSE,
    Answer,
    Conversation,
    Pieces,
    ProgramError,
    ends_within,
    kill_tree,
    listening,
    piped,
    processes_with,
    started,
)
from winarm.host.windows import Hive, RegistryError, native_machine, registry_value

__all__ = [
    "Answer",
    "Conversation",
    "Host",
    "ProgramError",
    "RegistryError",
    "System",
    "terminations_as_interrupts",
]

System = Literal["windows", "macos", "linux"]

#: How often processes are looked for that are to end.
_ROUNDS = 20


@dataclass(frozen=True)
class Host:
    """The machine that builds, as values; `Host.current()` is the real one."""

    #: The environment; on Windows its names are in upper case, since they ignore case there.
    environ: Mapping[str, str]
    #: `windows`, `macos` or `linux` (also for every other POSIX system).
    system: System
    #: The processor, as `platform.machine()` has it, in lower case; seen through emulation.
    machine: str
    #: The Python that runs winarm.
    executable: Path
    #: How many processes may run at once.
    cpus: int = 1
    #: Where caches go when WINARM_CACHE_DIR does not say; without one, where the platform has them.
    default_cache: Path | None = None

    @classmethod
    def current(cls) -> Host:
        """Return the machine that this process runs on."""
        windows = os.name == "nt"
        return cls(
            environ={(k.upper() if windows else k): v for k, v in os.environ.items()},
            system="windows" if windows else "macos" if sys.platform == "darwin" else "linux",
            machine=(native_machine() if windows else os.uname().machine).lower(),
            executable=Path(sys.executable),
            cpus=_available_cpus(),
        )

    def variable(self, name: str) -> str | None:
        """Return the environment variable `name`; an empty one counts as unset."""
        return self.environ.get(name.upper() if self.system == "windows" else name) or None

    @property
    def cache(self) -> Path:
        """Return the folder of winarm's caches: WINARM_CACHE_DIR, or the platform's own."""
        if named := self.variable("WINARM_CACHE_DIR"):
            return Path(named)
        if self.default_cache is not None:
            return self.default_cache
        import platformdirs  # noqa: PLC0415 - 7 ms, which a pass-through does not pay

        return platformdirs.user_cache_path("winarm")

    def which(self, program: str) -> Path | None:
        """Return the full path of `program` on PATH, or None.

        Never one in the working directory, where shutil.which looks first on Windows: that is
        somebody's project.
        """
        return next(self.which_all(program), None)

    def which_all(self, program: str) -> Iterator[Path]:
        """Yield every program of that name on PATH, in its order."""
        names = self._file_names(program)
        candidates = (Path(folder, name) for folder in self._path_folders() for name in names)
        return filter(_is_executable, candidates)

    @property
    def site_packages(self) -> Path:
        """Return the folder of the packages that are installed with winarm."""
        return Path(sysconfig.get_path("platlib"))

    @property
    def pathsep(self) -> str:
        """Return what separates folders in PATH on this machine, which need not be ours."""
        return ";" if self.system == "windows" else ":"

    @property
    def exe(self) -> str:
        """Return what a program's file name ends in on this machine."""
        return ".exe" if self.system == "windows" else ""

    def _path_folders(self) -> Iterator[str]:
        for folder in self.environ.get("PATH", "").split(self.pathsep):
            if Path(folder).is_absolute() or (
                self.system == "windows" and PureWindowsPath(folder).is_absolute()
            ):
                yield folder

    def _file_names(self, program: str) -> tuple[str, ...]:
        if self.system != "windows":
            return (program,)
        endings = (self.variable("PATHEXT") or ".COM;.EXE;.BAT;.CMD").lower().split(";")
        if program.lower().endswith(tuple(filter(None, endings))):
            return (program,)
        return tuple(program + ending for ending in endings)

    def registry(self, hive: Hive, key: str, name: str) -> str | None:
        r"""Return the text of a value in the Windows registry, or None where there is none.

        :param key: as the 64-bit view has it; the 32-bit one is below `SOFTWARE\\Wow6432Node`.
        :raises RegistryError: it is not text, or may not be read.
        """
        return registry_value(hive, key, name)

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Answer:
        """Run a program to its end and return what it said.

        :param timeout: seconds until the program and all that it started are stopped.
        :raises ProgramError: it cannot be started, takes too long, or never stops talking.
        """
        heard = (bytearray(), bytearray())
        endless = threading.Event()
        with piped(argv, self.environ if environ is None else environ, cwd) as process:

            def hear(kept: bytearray, chunk: bytes) -> None:
                kept += chunk[: MAX_ANSWER - len(kept)]
                if len(kept) >= MAX_ANSWER and not endless.is_set():
                    endless.set()
                    kill_tree(process)

            streams = zip((process.stdout, process.stderr), heard, strict=True)
            threads = [listening(stream, partial(hear, kept)) for stream, kept in streams]
            try:
                in_time = ends_within(process, timeout)
                if not in_time:
                    kill_tree(process)
                # A grandchild may hold the pipes open for longer.
                deadline = time.monotonic() + GRACE
                for thread in threads:
                    thread.join(max(0.0, deadline - time.monotonic()))
            except BaseException:
                kill_tree(process)
                raise
        if not in_time:
            raise ProgramError(f"{argv[0]} did not answer within {timeout:g} s.")
        if endless.is_set():
            raise ProgramError(f"{argv[0]} says more than {MAX_ANSWER} bytes, and was stopped.")
        out, err = (bytes(kept).decode("utf-8", "replace") for kept in heard)
        return Answer(process.returncode, out, err)

    def attend(self, argv: Sequence[str | Path]) -> int:
        """Run a program with this process's own streams to its end; return its exit status.

        A name without a folder is looked for on PATH of `environ`.

        :raises ProgramError: it cannot be started.
        """
        program = str(argv[0])
        named = program if os.path.dirname(program) else self.which(program)  # noqa: PTH120
        with started((named or program, *argv[1:]), self.environ) as process:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:
                    # The program has it too, and decides.
                    continue

    def stream(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
        grace: float = GRACE,
    ) -> int:
        """Run a program to its end, pass on what it prints as it comes, return its exit status.

        Both streams arrive at `output` in the order they were written; `tick` is called about
        ten times a second, and both in the caller's thread. When one of them raises, or this is
        interrupted, the program and all that it started end.

        :param grace: seconds that are left to the output when the program has ended, because a
            process that it started may hold the pipe open.
        :raises ProgramError: it cannot be started.
        """
        with piped(argv, environ, cwd, stderr=subprocess.STDOUT) as process:
            pieces = Pieces(process.stdout)
            ticked, ended = time.monotonic(), None
            try:
                while (piece := pieces.next()) is not None:
                    if piece:
                        output(piece)
                    now = time.monotonic()
                    if now - ticked >= PAUSE:
                        ticked = now
                        tick()
                    if process.poll() is not None:
                        # A grandchild that outlives the build may hold the pipe open.
                        ended = ended or now
                        if not piece and now - ended > grace:
                            break
                status = process.wait()
            except BaseException:
                kill_tree(process)
                raise
            finally:
                pieces.drop()
        tick()
        return status

    @contextlib.contextmanager
    def converse(self, argv: Sequence[str | Path]) -> Iterator[Conversation]:
        """Run a program that reads messages and answers them in turns.

        At the end its input is closed; it is stopped if it does not end then, and at once when the
        body fails.

        :raises ProgramError: it cannot be started.
        """
        with piped(argv, self.environ, None, feed=True) as process:
            conversation = Conversation(process)
            try:
                yield conversation
                conversation.end()
            except BaseException:
                kill_tree(process)
                raise

    def has_process(self, variable: str, value: str) -> bool:
        """Return whether a process has `variable` set to `value`; only Linux tells that."""
        return any(True for _ in processes_with(variable, value))

    def end_processes(
        self,
        variable: str,
        value: str,
        *,
        spare: Callable[[tuple[str, ...]], bool] = lambda _: False,
    ) -> tuple[str, ...]:
        """End the processes whose environment has `variable` set to `value`.

        Return their command lines. Only Linux tells the environment of others; elsewhere none is
        ended.

        :param spare: is asked for each command line whether that process may go on.
        """
        ended: dict[int, tuple[str, ...]] = {}
        # Again, because one of them may have started another meanwhile.
        for _ in range(_ROUNDS):
            found = {
                pid: words
                for pid, words in processes_with(variable, value)
                if pid != os.getpid() and not spare(words)
            }
            if not found:
                break
            for pid in found:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            ended |= found
            time.sleep(PAUSE)
        return tuple(" ".join(words) for words in ended.values())


def terminations_as_interrupts() -> None:
    """Make a polite kill (SIGTERM) unwind like Ctrl-C, so that everything is cleaned up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _is_executable(file: Path) -> bool:
    try:
        return file.is_file() and os.access(file, os.X_OK)
    except OSError:
        return False


def _available_cpus() -> int:
    # sched_getaffinity sees a container's or taskset's limits; cpu_count does not.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
