"""Saying why a first build takes minutes: zig compiles its C and C++ libraries when first asked."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events

if TYPE_CHECKING:
    from winarm.plan import EquippedBuild

_LIBRARIES = {"c": "C library", "c++": "C++ library"}


class Announcer:
    """Passes events on, and announces each library before the first build that may make it.

    Links of setuptools are reported one by one, with their language. Those of CMake and Meson are
    not, so the C library is announced when a build begins.
    """

    def __init__(self, build: EquippedBuild) -> None:
        self._listener = build.listener
        self._toolchain = build.toolchain
        self._marks = build.host.cache / "first-use"
        self._announced: set[str] = set()

    def __call__(self, event: events.Event) -> None:
        """Pass one event on."""
        made_now = ""
        if self._toolchain.makes_libraries:
            match event:
                case events.Step("building"):
                    self._announce("c")
                case events.Working("link", _, _, language) if self._announce(language):
                    made_now = f"zig makes its {_LIBRARIES[language]}, once"
                case events.Worked("link", _, language):
                    self.made(language)
                case _:
                    pass
        self._listener(event)
        if made_now:
            self._listener(events.Step(made_now))

    def made(self, language: str) -> None:
        """Remember that the library of a language has been made."""
        # If the cache cannot be written, the same note is printed again.
        with contextlib.suppress(OSError):
            self._marks.mkdir(parents=True, exist_ok=True)
            self._mark(language).touch()

    def _announce(self, language: str) -> bool:
        """Return whether the library of a language is yet to be made; say so once."""
        if language not in _LIBRARIES or self._mark(language).exists():
            return False
        if language not in self._announced:
            self._announced.add(language)
            text = (
                f"zig {self._toolchain.version} compiles its {_LIBRARIES[language]} for "
                f"{self._toolchain.target.processor} Windows at the first link; that takes a "
                "minute or more, once"
            )
            self._listener(events.Note(text))
        return True

    def _mark(self, language: str) -> Path:
        name = language.replace("+", "x")
        toolchain = self._toolchain
        return self._marks / f"{toolchain.version}-{toolchain.target.wheel_platform}-{name}"
