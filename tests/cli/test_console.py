"""Results on stdout, everything about the way there on stderr."""

from __future__ import annotations

import io
import sys
import time
from typing import TYPE_CHECKING

import pytest

from winarm import events
from winarm.cli.console import Console, Listener

if TYPE_CHECKING:
    from pathlib import Path


class Streams:
    """A console whose two streams can be read."""

    def __init__(self) -> None:
        self._out, self._err = io.BytesIO(), io.BytesIO()
        self.console = Console(
            io.TextIOWrapper(self._out, encoding="utf-8", newline=""),
            io.TextIOWrapper(self._err, encoding="utf-8", newline=""),
        )

    @property
    def out(self) -> str:
        return self._out.getvalue().decode()

    @property
    def err(self) -> str:
        return self._err.getvalue().decode()


@pytest.fixture
def streams() -> Streams:
    return Streams()


def test_results_and_words_about_the_work_go_their_ways(streams: Streams) -> None:
    streams.console.out("a result")
    streams.console.err("about the work")

    assert (streams.out, streams.err) == ("a result\n", "about the work\n")


def test_what_programs_print_is_left_as_it_is(streams: Streams) -> None:
    streams.console.err("before")
    streams.console.raw(b"no newline\r\n\xc3")
    streams.console.raw(b"\xa9")

    assert (streams.out, streams.err) == ("", "before\nno newline\r\né")


def test_what_a_program_reads_is_utf_8(streams: Streams) -> None:
    streams.console.exact("é\n")

    assert streams.out == "é\n"


def test_names_that_the_terminal_cannot_show_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", newline=""))

    Console.standard().out("中")

    assert raw.getvalue() == b"\\u4e2d\n"


class TestStatus:
    def test_a_quick_build_says_nothing_where_there_is_no_terminal(self, streams: Streams) -> None:
        with streams.console.status() as status:
            for step in ("one", "two"):
                status.update(step)

        assert streams.err == ""

    def test_a_slow_one_says_what_it_does_now_and_then(self, streams: Streams) -> None:
        with streams.console.status(patience=0.01) as status:
            status.update("compile a.c")
            time.sleep(0.5)

        lines = set(streams.err.splitlines())
        assert "winarm: compile a.c (0 s)" in lines

    def test_a_terminal_has_one_live_line(self) -> None:
        rich_console = pytest.importorskip("rich.console")
        shown = io.StringIO()
        rich = rich_console.Console(file=shown, force_terminal=True, width=80, highlight=False)
        console = Console(io.StringIO(), io.StringIO(), rich=rich)

        with console.status() as status:
            status.update("compile [a].c")
            console.err("a note with [brackets]")

        assert "a note with [brackets]" in shown.getvalue()
        # Erased when it is over.
        assert shown.getvalue().endswith("\x1b[2K")


def test_what_is_written_past_the_console_comes_first(streams: Streams) -> None:
    print("a result", file=streams.console._out)
    streams.console.exact(b"\xff")

    assert streams._out.getvalue() == b"a result\n\xff"


def test_a_reader_that_has_gone_is_written_to_no_more(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file:
        console = Console(file, io.StringIO())
        console.out("one")

        console.abandon()
        console.out("two")

    assert (tmp_path / "out").read_text() == "one\n"


EVENTS = [
    (events.Step("building"), "", "winarm: building\n"),
    (events.Note("a note"), "winarm: a note\n", "winarm: a note\n"),
    (events.Detail("a detail"), "", "winarm: a detail\n"),
    (events.Output(b"printed\n"), "", "printed\n"),
    (events.Working("compile", "/x/a.c", 3), "", ""),
    (events.Worked("compile", "/x/a.c"), "", ""),
]


@pytest.mark.parametrize(("event", "plain", "verbose"), EVENTS, ids=[str(row[0]) for row in EVENTS])
def test_what_people_see_of_an_event(
    streams: Streams, event: events.Event, plain: str, verbose: str
) -> None:
    other = Streams()
    with streams.console.status() as quiet, other.console.status() as loud:
        Listener(streams.console, quiet, verbose=False)(event)
        Listener(other.console, loud, verbose=True)(event)

    assert (streams.err, other.err) == (plain, verbose)
    assert streams.out == ""


def test_output_that_is_the_result_is_passed_on_as_it_is(streams: Streams) -> None:
    with streams.console.status() as status:
        listen = Listener(streams.console, status, verbose=True, output=streams.console.exact)
        listen(events.Output(b"[1/2] printed\n"))

    assert (streams.out, streams.err) == ("[1/2] printed\n", "")
