"""Running programs: to their end or as they talk, with all that they start, and never a shell."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import WinarmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

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
    told: bytes | None,
    most: int = MAX_ANSWER,
) -> Answer:
    """Run a program to its end and return what it said; see `Host.run`.

    :param most: bytes that are taken from each stream.
    """
    with _started(argv, environ, cwd, separate=True, feed=told is not None) as process:
        talk = _Talk(process, told, most)
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
        message = f"{argv[0]} says more than {most} bytes, and was stopped."
        raise ProgramError(message)
    out, err = (bytes(heard).decode("utf-8", "replace") for heard in talk.heard)
    return Answer(process.returncode, out, err)


def attend(argv: Sequence[str | Path], *, environ: Mapping[str, str]) -> int:
    """Run a program with this process's own streams; see `Host.attend`."""
    try:
        process = subprocess.Popen(  # noqa: S603 - argument lists only, never a shell
            [os.fspath(part) for part in argv], env=dict(environ)
        )
    except OSError as error:
        message = f"{argv[0]} cannot be started: {error.strerror or error}."
        raise ProgramError(message) from error
    with process:
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
    with _started(argv, environ, cwd, separate=False, feed=False) as process:
        try:
            ticked = time.monotonic()
            for chunk in _chunks(process, grace):
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


@contextlib.contextmanager
def converse(argv: Sequence[str | Path], *, environ: Mapping[str, str]) -> Iterator[Conversation]:
    """Run a program that reads messages and answers in turns; see `Host.converse`."""
    with _started(argv, environ, None, separate=True, feed=True) as process:
        try:
            yield Conversation(process)
            _finish(process)
        except BaseException:
            kill_tree(process)
            raise


def _finish(process: subprocess.Popen[bytes]) -> None:
    """End a program by the end of its input; by force where it does not end."""
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        kill_tree(process)


class Conversation:
    """A program that runs, as it is talked to."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._errors = bytearray()
        self._chunks: queue.Queue[bytes] = queue.Queue(MAX_WAITING)
        self._ended = False
        streams = ((self._hear, process.stdout), (self._note, process.stderr))
        self._threads = [
            threading.Thread(target=target, args=(os.dup(stream.fileno()),), daemon=True)
            for target, stream in streams
            if stream is not None
        ]
        for thread in self._threads:
            thread.start()

    def send(self, data: bytes) -> None:
        """Write to the program's input.

        :raises OSError: it has ended, or reads no more.
        """
        if self._process.stdin:
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def receive(self) -> bytes | None:
        """Return what the program has printed, nothing after a pause, None after its end."""
        if self._ended:
            return None
        try:
            chunk = self._chunks.get(timeout=PAUSE)
        except queue.Empty:
            return b""
        self._ended = not chunk
        return chunk or None

    def errors(self) -> bytes:
        """Return the beginning of what the program has printed as errors."""
        # What it says of its end comes at its end.
        self._threads[-1].join(GRACE)
        return bytes(self._errors)

    def _hear(self, descriptor: int) -> None:
        for chunk in _read(descriptor):
            self._chunks.put(chunk)
        self._chunks.put(b"")

    def _note(self, descriptor: int) -> None:
        for chunk in _read(descriptor):
            self._errors += chunk[: MAX_ERRORS - len(self._errors)]


def _started(
    argv: Sequence[str | Path],
    environ: Mapping[str, str],
    cwd: Path | None,
    *,
    separate: bool,
    feed: bool,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - argument lists only, never a shell
            [os.fspath(part) for part in argv],
            env=dict(environ),
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


class _Talk:
    """Feeds stdin and collects output on threads, up to `most` bytes of a stream."""

    def __init__(self, process: subprocess.Popen[bytes], told: bytes | None, most: int) -> None:
        self.endless = False
        self._most = most
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
            heard += chunk[: self._most - len(heard)]
            if len(heard) >= self._most and not self.endless:
                self.endless = True
                kill_tree(self._process)

    def _tell(self, told: bytes) -> None:
        # It need not listen to the end.
        with contextlib.suppress(OSError), self._process.stdin or contextlib.nullcontext() as pipe:
            if pipe is not None:
                pipe.write(told)


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


def _read(descriptor: int) -> Iterator[bytes]:
    # A duplicate: the original may be closed, and its number used again, while this waits.
    with open(descriptor, "rb", buffering=0) as stream:
        while chunk := stream.read(2**16):
            yield chunk


def _chunks(process: subprocess.Popen[bytes], grace: float) -> Iterator[bytes]:
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
                if not chunk and time.monotonic() - ended > grace:
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
