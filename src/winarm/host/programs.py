"""Running programs: to their end or as they talk, with all that they start, and never a shell."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
#: How often processes are looked for that are to end.
_ROUNDS = 20
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


def run(
    argv: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    cwd: Path | None,
    timeout: float,
    stdin: bytes | None,
    most: int = MAX_ANSWER,
) -> Answer:
    """Run a program to its end and return what it said; see `Host.run`.

    :param stdin: what is written to its standard input, if anything.
    :param most: bytes that are taken from each stream.
    """
    heard = (bytearray(), bytearray())
    endless = threading.Event()
    with _piped(argv, environ, cwd, feed=stdin is not None) as process:

        def hear(kept: bytearray, chunk: bytes) -> None:
            kept += chunk[: most - len(kept)]
            if len(kept) >= most and not endless.is_set():
                endless.set()
                kill_tree(process)

        streams = zip((process.stdout, process.stderr), heard, strict=True)
        threads = [_listening(stream, partial(hear, kept)) for stream, kept in streams]
        if stdin is not None:
            threads.append(_on_thread(partial(_feed, process, stdin)))
        try:
            process.wait(timeout)
            # A grandchild may hold the pipes open for longer.
            deadline = time.monotonic() + GRACE
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            kill_tree(process)
            raise ProgramError(f"{argv[0]} did not answer within {timeout:g} s.") from None
        except BaseException:
            kill_tree(process)
            raise
    if endless.is_set():
        raise ProgramError(f"{argv[0]} says more than {most} bytes, and was stopped.")
    out, err = (bytes(kept).decode("utf-8", "replace") for kept in heard)
    return Answer(process.returncode, out, err)


def attend(argv: Sequence[str | Path], *, environ: Mapping[str, str]) -> int:
    """Run a program with this process's own streams; see `Host.attend`."""
    with _started(argv, environ) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The program has it too, and decides.
                continue


def stream(
    argv: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    output: Callable[[bytes], None],
    tick: Callable[[], None],
    grace: float = GRACE,
) -> int:
    """Run a program to its end, pass on what it prints as it comes; see `Host.stream`."""
    with _piped(argv, environ, cwd, stderr=subprocess.STDOUT) as process:
        pieces = _Pieces(process.stdout)
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
def converse(argv: Sequence[str | Path], *, environ: Mapping[str, str]) -> Iterator[Conversation]:
    """Run a program that reads messages and answers in turns; see `Host.converse`."""
    with _piped(argv, environ, None, feed=True) as process:
        conversation = Conversation(process)
        try:
            yield conversation
            conversation.end()
        except BaseException:
            kill_tree(process)
            raise


class Conversation:
    """A program that runs, as it is talked to."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._errors = bytearray()
        self._pieces = _Pieces(process.stdout)
        self._noting = _listening(process.stderr, self._note)

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
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            kill_tree(self._process)

    def _note(self, chunk: bytes) -> None:
        self._errors += chunk[: MAX_ERRORS - len(self._errors)]


class _Pieces:
    """What a program prints, piece by piece; it waits where nobody takes them."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._waiting: queue.Queue[bytes] = queue.Queue(MAX_WAITING)
        self._unwanted = threading.Event()
        self._ended = False
        _listening(pipe, self._put)

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


def _piped(
    argv: Sequence[str | Path],
    environ: Mapping[str, str],
    cwd: Path | None,
    *,
    stderr: int = subprocess.PIPE,
    feed: bool = False,
) -> subprocess.Popen[bytes]:
    return _started(
        argv,
        environ,
        cwd=cwd,
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        # A session of its own, so that all of it can be stopped; nothing on Windows.
        start_new_session=True,
    )


def _started(
    argv: Sequence[str | Path],
    environ: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - Popen's own
) -> subprocess.Popen[bytes]:
    try:
        # Argument lists only, never a shell.
        words = [os.fspath(part) for part in argv]
        return subprocess.Popen(words, env=dict(environ), **options)  # noqa: S603
    except OSError as error:
        raise ProgramError(f"{argv[0]} cannot be started: {error.strerror or error}.") from error


def _listening(pipe: IO[bytes] | None, take: Callable[[bytes], None]) -> threading.Thread:
    """Pass on what comes out of a pipe, and nothing at its end."""
    # A duplicate: the original may be closed, and its number used again, while this waits.
    descriptor = os.dup(cast("IO[bytes]", pipe).fileno())

    def listen() -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as source:
            while chunk := source.read(2**16):
                take(chunk)
        take(b"")

    return _on_thread(listen)


def _feed(process: subprocess.Popen[bytes], stdin: bytes) -> None:
    # It need not listen to the end.
    with contextlib.suppress(OSError), cast("IO[bytes]", process.stdin) as pipe:
        pipe.write(stdin)


def _on_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


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


def has_process(variable: str, value: str) -> bool:
    """Return whether a process has a variable in its environment; see `Host.has_process`."""
    return any(True for _ in _processes_with(f"{variable}={value}".encode()))


def end_processes(
    variable: str, value: str, *, spare: Callable[[tuple[str, ...]], bool]
) -> tuple[str, ...]:
    """End the processes with a variable in their environment; see `Host.end_processes`."""
    ended: dict[int, tuple[str, ...]] = {}
    # Again, because one of them may have started another meanwhile.
    for _ in range(_ROUNDS):
        found = {
            pid: words
            for pid, words in _processes_with(f"{variable}={value}".encode())
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


def _processes_with(setting: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the running processes with a setting in their environment, and their command lines."""
    for folder in Path("/proc").glob("[0-9]*"):
        # Most belong to others, and any may end at any time.
        with contextlib.suppress(OSError):
            if setting in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                # One that has ended and was not waited for has no words.
                if any(words):
                    yield int(folder.name), tuple(word.decode("utf-8", "replace") for word in words)
