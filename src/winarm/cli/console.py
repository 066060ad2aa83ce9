"""What people see: results on stdout, everything about the way there on stderr."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from winarm import events
from winarm.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.progress import Progress

#: Seconds between two lines about the work where there is no live line.
PATIENCE = 10.0
STDOUT = "standard output"


class Console:
    """Writes lines, and one live status line where a terminal can show it."""

    def __init__(self, out: TextIO, err: TextIO, *, rich: RichConsole | None = None) -> None:
        self._out = out
        self._err = err
        #: rich's own console on stderr, when rich is installed and stderr is a terminal.
        self.rich = rich
        self._lock = threading.Lock()

    @classmethod
    def standard(cls) -> Console:
        """Return the console of this process."""
        # Python has no stream where the caller has closed it.
        out = sys.stdout or _nowhere()
        err = sys.stderr or _nowhere()
        for stream in (out, err):
            if isinstance(stream, io.TextIOWrapper):
                # Names in wheels are in any script; a Windows console may know few.
                stream.reconfigure(errors="backslashreplace")
        return cls(out, err, rich=_rich() if err.isatty() else None)

    @property
    def is_terminal(self) -> bool:
        """Return whether results are shown on a terminal."""
        return self._out.isatty()

    def out(self, text: str) -> None:
        """Write a result.

        :raises OutputError: it cannot be written, for example because the disk is full.
        """
        self._write(lambda: print(text, file=self._out))

    def exact(self, data: str | bytes) -> None:
        """Write a result as it is, and text in UTF-8, whatever the console's own encoding.

        :raises OutputError: as `out`.
        """
        data = data.encode() if isinstance(data, str) else data
        self.flush()
        self._write(lambda: self._out.buffer.write(data))

    def flush(self) -> None:
        """Write what was written to stdout without this console.

        :raises OutputError: as `out`.
        """
        self._write(lambda: None)

    def _write(self, write: Callable[[], object]) -> None:
        try:
            write()
            self._out.flush()
        except BrokenPipeError:
            # The reader has seen enough, as `head` does. The work and its verdict are as they are.
            self.abandon()
        except OSError as error:
            self.abandon()
            raise OutputError(STDOUT, error) from error

    def err(self, text: str) -> None:
        """Write about the work."""
        with self._lock:
            if self.rich:
                # It keeps the live line below what is written.
                self.rich.print(text, markup=False, soft_wrap=True)
            else:
                print(text, file=self._err, flush=True)

    def raw(self, data: bytes) -> None:
        """Write what a program printed."""
        self._err.flush()
        self._err.buffer.write(data)
        self._err.buffer.flush()

    def abandon(self) -> None:
        """Write no more results: nobody reads them, and Python would complain at its end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._out.fileno())
        os.close(nowhere)

    def status(self, patience: float = PATIENCE) -> Status:
        """Return a new status line, which without a terminal is repeated after `patience`."""
        return Status(self, patience)


class Status:
    """What is being done now, with the seconds that it has taken: one line, kept up to date."""

    def __init__(self, console: Console, patience: float) -> None:
        self._console = console
        self._patience = patience
        self._began = time.monotonic()
        self._text = ""
        self._live = live_lines(console.rich) if console.rich else None
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        """Show the line."""
        if self._live:
            self._live.add_task("")
            self._live.start()
        else:
            self._ticker.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Take the line away."""
        if self._live:
            self._live.stop()
        else:
            self._over.set()
            self._ticker.join()

    def update(self, text: str) -> None:
        """Say what is being done."""
        self._text = text
        if self._live:
            self._live.update(self._live.task_ids[0], description=text)

    def _tick(self) -> None:
        """Write what is being done every few seconds, also while one step takes long."""
        while not self._over.wait(self._patience):
            if self._text:
                seconds = time.monotonic() - self._began
                self._console.err(f"winarm: {self._text} ({seconds:.0f} s)")


class Listener:
    """Turns the events of a build or of a trial into what people see.

    :param output: takes what programs print; without it, that is shown where `verbose` is set.
    """

    def __init__(
        self,
        console: Console,
        status: Status,
        *,
        verbose: bool,
        output: Callable[[bytes], None] | None = None,
    ) -> None:
        self._console = console
        self._status = status
        self._verbose = verbose
        self._output = output

    def __call__(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.Output(data) if self._output:
                self._output(data)
                return
            case events.Note(text):
                self._console.err(f"winarm: {text}")
            case events.Step(text) | events.Detail(text) if self._verbose:
                self._console.err(f"winarm: {text}")
            case events.Output(data) if self._verbose:
                self._console.raw(data)
            case _:
                pass
        if text := events.progress(event):
            self._status.update(text)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def live_lines(console: RichConsole) -> Progress:
    """Return what shows each task as a line, with a spinner and its time, while it runs."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    text = TextColumn("{task.description}", markup=False)
    return Progress(SpinnerColumn(), TimeElapsedColumn(), text, console=console, transient=True)


def _rich() -> RichConsole | None:
    try:
        from rich.console import Console as RichConsole  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return RichConsole(stderr=True, highlight=False)
