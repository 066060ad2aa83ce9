"""People are told why a first link takes minutes, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm import events
from winarm.pipeline.first_use import announcing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain

C = events.Working("link", "a.pyd", 0, "c")
CXX = events.Working("link", "b.pyd", 0, "c++")


@pytest.fixture
def heard() -> list[events.Event]:
    return []


@pytest.fixture
def listen(
    heard: list[events.Event], fake_toolchain: Toolchain, tmp_path: Path
) -> Callable[[], events.Listener]:
    """Return the listener of a new build; they share a cache."""
    return lambda: announcing(heard.append, fake_toolchain, tmp_path / "marks")


def notes(heard: list[events.Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, events.Note)]


def test_the_first_link_is_announced(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listen()(C)

    (note,) = notes(heard)
    assert "zig 1.2.3 makes its C library" in note
    # Before the wait, not after.
    assert heard[-1] == C


def test_once_in_a_build(listen: Callable[[], events.Listener], heard: list[events.Event]) -> None:
    listener = listen()
    for event in (C, C, events.Worked("link", "a.pyd", "c"), C):
        listener(event)

    assert len(notes(heard)) == 1


def test_each_language_has_its_library(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listener = listen()
    for event in (C, CXX):
        listener(event)

    assert ["C++" in note for note in notes(heard)] == [False, True]


def test_a_later_build_knows_that_it_is_made(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listen()(events.Worked("link", "a.pyd", "c"))

    listener = listen()
    listener(C)
    listener(CXX)

    assert len(notes(heard)) == 1


def test_a_link_that_failed_has_made_nothing(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listen()(C)
    listen()(C)

    assert len(notes(heard)) == 2


def test_compilations_are_no_reason(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    event = events.Working("compile", "a.c", 0, "c")

    listen()(event)

    assert heard == [event]


def test_other_toolchains_bring_their_libraries(
    heard: list[events.Event], fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    announcing(heard.append, replace(fake_toolchain, kind="msvc"), tmp_path)(C)

    assert heard == [C]


def test_a_cache_that_cannot_be_written_costs_words_only(
    heard: list[events.Event], fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    listener = announcing(heard.append, fake_toolchain, tmp_path / "file" / "marks")

    listener(events.Worked("link", "a.pyd", "c"))
    listener(C)

    assert len(notes(heard)) == 1


def test_what_cmake_prints_tells_of_its_links(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listener = listen()
    # In pieces, as a pipe hands them out.
    for data in (b"-- The C compiler\n-- Detecting CXX comp", b"iler ABI info\r\n"):
        listener(events.Output(data))

    (note,) = notes(heard)
    assert "makes its C++ library" in note

    listener(events.Output(b"-- Detecting CXX compiler ABI info - done\n"))
    listen()(CXX)

    assert len(notes(heard)) == 1


def test_a_link_of_cmakes_that_failed_has_made_nothing(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    output = b"-- Detecting C compiler ABI info\n-- Detecting C compiler ABI info - failed\n"
    listen()(events.Output(output))
    listen()(C)

    assert len(notes(heard)) == 2


def test_what_meson_prints_tells_of_its_links(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listener = listen()
    listener(events.Output(b"The Meson build system\nVersion: 1.12.1\n"))
    listener(events.Output(b"C compiler for the host machine: zig cc (clang 22)\n"))
    listen()(C)

    assert len(notes(heard)) == 1


def test_a_line_without_an_end_is_not_kept(
    listen: Callable[[], events.Listener], heard: list[events.Event]
) -> None:
    listener = listen()
    for _ in range(1000):
        listener(events.Output(b"x" * 1000))

    assert notes(heard) == []
