"""People are told why a first link takes minutes, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm import events
from winarm.pipeline.first_use import Announcer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.plan import EquippedBuild

BUILDING = events.Step("building")
C = events.Working("link", "a.pyd", 0, "c")
CXX = events.Working("link", "b.pyd", 0, "c++")


@pytest.fixture
def heard() -> list[events.Event]:
    return []


@pytest.fixture
def listen(
    heard: list[events.Event], make_build: Callable[..., EquippedBuild]
) -> Callable[..., Announcer]:
    """Return the listener of a new build; all share a cache."""
    return lambda kind="zig": Announcer(
        make_build(toolchain={"kind": kind}, facts={"listener": heard.append})
    )


def notes(heard: list[events.Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, events.Note)]


@pytest.mark.parametrize("event", [BUILDING, C], ids=["CMake or Meson", "setuptools"])
def test_the_first_link_is_announced_before_the_wait(
    listen: Callable[..., Announcer], heard: list[events.Event], event: events.Event
) -> None:
    listen()(event)

    (note,) = notes(heard)
    assert "zig 1.2.3 compiles its C library for ARM64 Windows" in note
    assert event in heard


def test_each_language_is_announced_once_in_a_build(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listener = listen()
    for event in (BUILDING, C, events.Worked("link", "a.pyd", "c"), C, CXX, CXX):
        listener(event)

    assert ["C++" in note for note in notes(heard)] == [False, True]


def test_a_later_build_knows_what_has_been_made(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listen()(events.Worked("link", "a.pyd", "c"))

    listener = listen()
    for event in (BUILDING, C, CXX):
        listener(event)

    assert ["C++" in note for note in notes(heard)] == [True]


def test_a_build_that_did_not_succeed_has_made_nothing(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listen()(C)
    listen()(C)

    assert len(notes(heard)) == 2


def test_progress_names_the_library_that_a_link_waits_for(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listen()(C)
    assert heard[-2:] == [C, events.Step("zig makes its C library, once")]

    listen().made("c")
    listen()(C)
    assert heard[-1] == C


def test_a_build_of_cmakes_that_succeeded_has_made_the_c_library(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listen().made("c")
    listen()(BUILDING)

    assert notes(heard) == []


def test_other_events_pass_in_silence(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    event = events.Working("compile", "a.c", 0, "c")

    listen()(event)

    assert heard == [event]


def test_other_toolchains_bring_their_libraries(
    listen: Callable[..., Announcer], heard: list[events.Event]
) -> None:
    listen("msvc")(C)

    assert heard == [C]


def test_a_cache_that_cannot_be_written_costs_a_note_only(
    listen: Callable[..., Announcer], heard: list[events.Event], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("")
    listener = listen()

    listener(events.Worked("link", "a.pyd", "c"))
    listener(C)

    assert len(notes(heard)) == 1
