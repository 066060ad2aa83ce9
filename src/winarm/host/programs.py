"""Processes: started without a shell, listened to on threads, ended with all that they start."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from winarm.errors import WinarmError

#: Longest answer that is taken from a program, per stream.
MAX_ANSWER = 16 * 2**20
#: Bytes of a program's errors that are kept of a conversation, and seconds for its end.
MAX_ERRORS, FAREWELL = 2**16, 15.0
#: Seconds between two looks at a program that runs.
PAUSE = 0.1
#: Seconds that are left to the output of a program that has ended.
GRACE = 2.0
#: Pieces of output that may wait for the reader.
MAX_WAITING = 64


class ProgramError(WinarmError):
    """A program could not be started, or did not answer in time."""


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


class Conversation:
    """A program that runs, as it is talked to."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._errors = bytearray()
        self._pieces = Pieces(process.stdout)
        self._noting = listening(process.stderr, self._note)

    def send(self, data: bytes) -> None:
        """Write to the program's input.

        :raises OSError: it has ended, or reads no more.
        """
        if self._process.stdin:
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def receive(self) -> bytes | None:
        """Return what the program has printed, nothing after a pause, None after its end."""
        return self._pieces.next()

    def errors(self) -> bytes:
        """Return the beginning of what the program has printed as errors."""
        # What it says of its end comes at its end.
        self._noting.join(GRACE)
        return bytes(self._errors)

    def end(self) -> None:
        """End the program by the end of its input; by force where it does not end."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if not ends_within(self._process, FAREWELL):
            kill_tree(self._process)

    def _note(self, chunk: bytes) -> None:
        self._errors += chunk[: MAX_ERRORS - len(self._errors)]


class Pieces:
    """What a program prints, piece by piece; it waits where nobody takes them."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._waiting: queue.Queue[bytes] = queue.Queue(MAX_WAITING)
        self._unwanted = threading.Event()
        self._ended = False
        listening(pipe, self._put)

    def next(self) -> bytes | None:
        """Return the next piece, nothing after a pause, None after the end."""
        if self._ended:
            return None
        try:
            piece = self._waiting.get(timeout=PAUSE)
        except queue.Empty:
            return b""
        self._ended = not piece
        return piece or None

    def drop(self) -> None:
        """Drop what comes from now on."""
        self._unwanted.set()

    def _put(self, piece: bytes) -> None:
        while not self._unwanted.is_set():
            with contextlib.suppress(queue.Full):
                self._waiting.put(piece, timeout=1)
                break


def piped(
    argv: Sequence[str | Path],
    environ: Mapping[str, str],
    cwd: Path | None,
    *,
    stderr: int = subprocess.PIPE,
    feed: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program with pipes for what it prints and, with `feed`, for what it reads."""
    return started(
        argv,
        environ,
        cwd=cwd,
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        # A session of its own, so that all of it can be stopped; nothing on Windows.
        start_new_session=True,
    )


def started(
    argv: Sequence[str | Path],
    environ: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - Popen's own
) -> subprocess.Popen[bytes]:
    """Start a program.

    :raises ProgramError: it cannot be started.
    """
    try:
        # Argument lists only, never a shell.
        words = [os.fspath(part) for part in argv]
        return subprocess.Popen(words, env=dict(environ), **options)  # noqa: S603
    except OSError as error:
        raise ProgramError(f"{argv[0]} cannot be started: {error.strerror or error}.") from error


def listening(pipe: IO[bytes] | None, take: Callable[[bytes], None]) -> threading.Thread:
    """Pass on what comes out of a pipe, and nothing at its end."""
    # A duplicate: the original may be closed, and its number used again, while this waits.
    descriptor = os.dup(cast("IO[bytes]", pipe).fileno())

    def listen() -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as source:
            while chunk := source.read(2**16):
                take(chunk)
        take(b"")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return thread


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a program, and return whether it ends within some seconds."""
    # A thread knows at once; Popen.wait with a limit looks up to 50 ms later.
    waiting = threading.Thread(target=process.wait, daemon=True)
    waiting.start()
    waiting.join(seconds)
    return not waiting.is_alive()


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and everything that it started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        # By its path: a name alone would be looked for in the working directory first.
        taskkill = Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32", "taskkill.exe")
        # It may fail: then at least the process itself ends.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603
                [taskkill, "/F", "/T", "/PID", str(process.pid)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=10,
            )
        process.kill()
    process.wait()


def processes_with(variable: str, value: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the running processes with a variable in their environment, and their command lines."""
    setting = f"{variable}={value}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        # Most belong to others, and any may end at any time.
        with contextlib.suppress(OSError):
            if setting in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                # One that has ended and was not waited for has no words.
                if any(words):
                    yield int(folder.name), tuple(word.decode("utf-8", "replace") for word in words)
