"""The machine that winarm runs on: the only door to its environment, programs and platform.

Everything that asks the machine is a method or a field of `Host`, so that every decision can be
tested on any machine with another one handed in. Ruff's TID251 keeps `os.environ`, `subprocess`,
`sys.platform` and their kin out of all other modules.
"""

from __future__ import annotations

import contextlib
import os
import platform
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from winarm.errors import WinarmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

System = Literal["windows", "macos", "linux"]

#: Longest answer that is taken from a program, per stream.
MAX_ANSWER = 16 * 2**20
#: Seconds between two looks at a program that runs.
PAUSE = 0.1
#: Seconds that are left to the output of a program that has ended.
GRACE = 2.0
#: Pieces of output that may wait for whoever takes them.
MAX_WAITING = 64


class ProgramError(WinarmError):
    """A program could not be started, or did not answer in time."""


class RegistryError(WinarmError):
    """A value of the Windows registry is there and cannot be read as text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said: its exit status and its two streams, decoded."""

    status: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Return whether the program said that it succeeded."""
        return self.status == 0


def _user_cache() -> Path:
    import platformdirs  # noqa: PLC0415 - a pass-through of the backend needs no cache

    return platformdirs.user_cache_path("winarm")


@dataclass(frozen=True)
class Host:
    """The machine that builds, as values; `Host.current()` is the real one."""

    #: The environment; on Windows its names are in upper case, since they ignore case there.
    environ: Mapping[str, str]
    #: `windows`, `macos` or `linux` (which stands for every other POSIX system too).
    system: System
    #: The processor, as `platform.machine()` has it, in lower case; seen through emulation.
    machine: str
    #: The Python that runs winarm.
    executable: Path
    #: How many processes may run at once.
    cpus: int = 1
    #: Where caches go when WINARM_CACHE_DIR does not say.
    default_cache: Path = field(default_factory=_user_cache)

    @classmethod
    def current(cls) -> Host:
        """Return the machine that this process runs on."""
        windows = os.name == "nt"
        return cls(
            environ={(k.upper() if windows else k): v for k, v in os.environ.items()},
            system="windows" if windows else "macos" if sys.platform == "darwin" else "linux",
            machine=((_native_machine() if windows else "") or platform.machine()).lower(),
            executable=Path(sys.executable),
            cpus=_available_cpus(),
        )

    def variable(self, name: str) -> str | None:
        """Return the environment variable `name`; an empty one counts as unset."""
        return self.environ.get(name.upper() if self.system == "windows" else name) or None

    @property
    def cache(self) -> Path:
        """Return the folder of winarm's caches: WINARM_CACHE_DIR, or the platform's own."""
        named = self.variable("WINARM_CACHE_DIR")
        return Path(named) if named else self.default_cache

    def which(self, program: str) -> Path | None:
        """Return the full path of `program` on PATH, or None."""
        found = shutil.which(program, path=self.environ.get("PATH", ""))
        return Path(found) if found else None

    def registry(self, hive: Literal["HKLM", "HKCU"], key: str, name: str) -> str | None:
        r"""Return the text of a value in the Windows registry, or None where there is none.

        :param key: as the 64-bit view has it; the 32-bit one is below `SOFTWARE\\Wow6432Node`.
        :raises RegistryError: it is no text, or may not be read.
        """
        if sys.platform != "win32":
            return None
        import winreg  # noqa: PLC0415 - there is none elsewhere

        root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
        try:
            access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            with winreg.OpenKey(root, key, access=access) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except FileNotFoundError:
            return None
        except OSError as error:
            message = rf"{hive}\{key}\{name} in the registry: {error.strerror or error}"
            raise RegistryError(message) from error
        if not isinstance(value, str):
            message = rf"{hive}\{key}\{name} in the registry: it is no text"
            raise RegistryError(message)
        return winreg.ExpandEnvironmentStrings(value) if kind == winreg.REG_EXPAND_SZ else value

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
        input: str | None = None,  # noqa: A002 - subprocess's own name for it
    ) -> Answer:
        """Run a program to its end and return what it said.

        :param timeout: seconds until the program and all that it started are stopped.
        :raises ProgramError: it cannot be started, takes too long, or never stops talking.
        """
        with self._started(argv, environ, cwd, separate=True, feed=input is not None) as process:
            talk = _Talk(process, None if input is None else input.encode())
            try:
                process.wait(timeout)
                talk.finish()
            except subprocess.TimeoutExpired:
                kill_tree(process)
                message = f"{argv[0]} did not answer within {timeout:g} s."
                raise ProgramError(message) from None
            except BaseException:
                kill_tree(process)
                raise
        if talk.endless:
            message = f"{argv[0]} says more than {MAX_ANSWER} bytes, and was stopped."
            raise ProgramError(message)
        out, err = (bytes(heard).decode("utf-8", "replace") for heard in talk.heard)
        return Answer(process.returncode, out, err)

    def stream(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
    ) -> int:
        """Run a program to its end, hand on what it prints as it comes, return its exit status.

        Both streams arrive at `output` in the order they were written; `tick` is called about
        ten times a second, and both in the caller's thread. When one of them raises, or this is
        interrupted, the program and all that it started end.

        :raises ProgramError: it cannot be started.
        """
        with self._started(argv, environ, cwd, separate=False, feed=False) as process:
            try:
                ticked = time.monotonic()
                for chunk in _chunks(process):
                    if chunk:
                        output(chunk)
                    if time.monotonic() - ticked >= PAUSE:
                        ticked = time.monotonic()
                        tick()
                status = process.wait()
            except BaseException:
                kill_tree(process)
                raise
        tick()
        return status

    def _started(
        self,
        argv: Sequence[str | Path],
        environ: Mapping[str, str] | None,
        cwd: Path | None,
        *,
        separate: bool,
        feed: bool,
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - argument lists only, never a shell
                [os.fspath(part) for part in argv],
                env=dict(self.environ if environ is None else environ),
                cwd=cwd,
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if separate else subprocess.STDOUT,
                # A session of its own, so that all of it can be stopped; nothing on Windows.
                start_new_session=True,
            )
        except OSError as error:
            message = f"{argv[0]} cannot be started: {error.strerror or error}."
            raise ProgramError(message) from error


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and everything that it started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        # It may be missing from PATH, or fail: then at least the process itself ends.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],  # noqa: S607 - a system program
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=10,
            )
        process.kill()
    process.wait()


def terminations_as_interrupts() -> None:
    """Make a polite kill (SIGTERM) unwind like Ctrl-C, so that everything is cleaned up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


class _Talk:
    """What a program is told and says, as far as it is taken, in threads of their own."""

    def __init__(self, process: subprocess.Popen[bytes], told: bytes | None) -> None:
        self.endless = False
        self.heard = (bytearray(), bytearray())
        self._process = process
        streams = zip((process.stdout, process.stderr), self.heard, strict=True)
        self._threads = [
            threading.Thread(target=self._hear, args=(os.dup(stream.fileno()), heard), daemon=True)
            for stream, heard in streams
            if stream is not None
        ]
        if told is not None:
            self._threads.append(threading.Thread(target=self._tell, args=(told,), daemon=True))
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Wait for the end of what it says; a grandchild may hold the pipes open for longer."""
        deadline = time.monotonic() + GRACE
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _hear(self, descriptor: int, heard: bytearray) -> None:
        for chunk in _read(descriptor):
            heard += chunk[: MAX_ANSWER - len(heard)]
            if len(heard) >= MAX_ANSWER and not self.endless:
                self.endless = True
                kill_tree(self._process)

    def _tell(self, told: bytes) -> None:
        # It need not listen to the end.
        with contextlib.suppress(OSError), self._process.stdin or contextlib.nullcontext() as pipe:
            if pipe is not None:
                pipe.write(told)


def _read(descriptor: int) -> Iterator[bytes]:
    # Of its own, for the other one may be closed, and its number used anew, while this waits.
    with open(descriptor, "rb", buffering=0) as stream:
        while chunk := stream.read(2**16):
            yield chunk


def _chunks(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield what a program prints as it comes, and nothing in every pause."""
    if process.stdout is None:
        return
    chunks: queue.Queue[bytes] = queue.Queue(MAX_WAITING)
    gone = threading.Event()
    descriptor = os.dup(process.stdout.fileno())
    threading.Thread(target=_pump, args=(descriptor, chunks, gone), daemon=True).start()
    ended = None
    try:
        while True:
            try:
                chunk = chunks.get(timeout=PAUSE)
                if not chunk:
                    return
            except queue.Empty:
                chunk = b""
            yield chunk
            if process.poll() is not None:
                # A grandchild that outlives the build may hold the pipe open.
                ended = ended or time.monotonic()
                if not chunk and time.monotonic() - ended > GRACE:
                    return
    finally:
        gone.set()


def _pump(descriptor: int, chunks: queue.Queue[bytes], gone: threading.Event) -> None:
    for chunk in _read(descriptor):
        while not gone.is_set():
            with contextlib.suppress(queue.Full):
                chunks.put(chunk, timeout=1)
                break
    with contextlib.suppress(queue.Full):
        chunks.put(b"", timeout=GRACE)


#: What IsWow64Process2 calls the machines (winnt.h, IMAGE_FILE_MACHINE_*).
_NATIVE_MACHINES = {0xAA64: "arm64", 0x8664: "amd64", 0x014C: "x86"}


def _native_machine() -> str:
    """Return the machine that Windows runs on, or nothing where it does not say.

    An emulated x64 process is told AMD64 by everything else, and PROCESSOR_ARCHITEW6432 is empty
    there. IsWow64Process2 came with Windows 10 1709.
    """
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415 - only Windows needs it

    process, native = ctypes.c_ushort(), ctypes.c_ushort()
    try:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        ask = kernel32.IsWow64Process2
        ask.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        # -1 is the handle of the process that asks.
        done = ask(ctypes.c_void_p(-1), ctypes.byref(process), ctypes.byref(native))
    except (AttributeError, OSError):
        return ""
    return _NATIVE_MACHINES.get(native.value, "") if done else ""


def _available_cpus() -> int:
    # sched_getaffinity sees a container's or taskset's limits; cpu_count does not.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
