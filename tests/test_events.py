"""What people are told of an event."""

from __future__ import annotations

import pytest

from winarm import events


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (events.Step("installing cython"), "installing cython"),
        (events.Working("compile", "/x/a.c", 12, "c", 812), "compiled 12 of 812 files"),
        (events.Working("compile", "/x/a.c", 12), "compiling a.c, 12 compiled"),
        (events.Working("link", "/x/a.pyd", 812, "c", 812), "link a.pyd"),
        (events.Output(b"[1/30] a\nwarning: [2/9]\n[17/30] b\n"), "made 17 of 30 files"),
        (events.Output(b"nothing to count"), ""),
        (events.Note("a note"), ""),
    ],
)
def test_the_status_line_counts_where_there_is_a_count(event: events.Event, line: str) -> None:
    assert events.progress(event) == line
