"""Saying why a first link takes minutes: zig makes its C and C++ libraries when first asked."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from winarm import events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain

_LIBRARIES = {"c": "C library", "c++": "C++ library"}

#: The line that CMake and Meson print before their first link, and what is made for it.
_LINKS = {
    b"-- Detecting C compiler ABI info": "c",
    b"-- Detecting CXX compiler ABI info": "c++",
    b"The Meson build system": "c",
}
#: How the line begins that they print after it.
_LINKED = {
    b"-- Detecting C compiler ABI info - done": "c",
    b"-- Detecting CXX compiler ABI info - done": "c++",
    b"C compiler for the host machine:": "c",
    b"C++ compiler for the host machine:": "c++",
}
#: No such line is longer, in bytes.
_MAX_LINE = 200


def announcing(listener: events.Listener, toolchain: Toolchain, marks: Path) -> events.Listener:
    """Return a listener that says so when a library is about to be made, and then `listener`.

    setuptools tells of each link; of CMake's and Meson's, what they print does.

    :param marks: a folder of a cache; it remembers what has been made.
    """
    return _Announcer(listener, toolchain, marks) if toolchain.makes_libraries else listener


class _Announcer:
    """Hears everything, and speaks before the first link of each language."""

    def __init__(self, listener: events.Listener, toolchain: Toolchain, marks: Path) -> None:
        self._listener = listener
        self._toolchain = toolchain
        self._marks = marks
        self._said: set[str] = set()
        self._lines = _Lines()

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.Working("link", _, _, language):
                self._links(language)
            case events.Worked("link", _, language):
                self._linked(language)
            case events.Output(data):
                self._read(data)
            case _:
                pass
        self._listener(event)

    def _read(self, data: bytes) -> None:
        for line in self._lines.of(data):
            if line in _LINKS:
                self._links(_LINKS[line])
            for beginning in filter(line.startswith, _LINKED):
                self._linked(_LINKED[beginning])

    def _links(self, language: str) -> None:
        if language in self._said:
            return
        self._said.add(language)
        if not self._mark(language).exists():
            library = _LIBRARIES.get(language, "C library")
            text = (
                f"zig {self._toolchain.version} makes its {library} for ARM64 Windows; the "
                "first time takes a minute or more, later builds take seconds"
            )
            self._listener(events.Note(text))

    def _linked(self, language: str) -> None:
        # A cache that cannot be written costs no more than the same words again.
        with contextlib.suppress(OSError):
            self._marks.mkdir(parents=True, exist_ok=True)
            self._mark(language).touch()

    def _mark(self, language: str) -> Path:
        name = "cxx" if language == "c++" else "c"
        toolchain = self._toolchain
        return self._marks / f"{toolchain.version}-{toolchain.target.wheel_platform}-{name}"


class _Lines:
    """Puts the lines of an output together again, which comes in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, data: bytes) -> Iterator[bytes]:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:_MAX_LINE]
        yield from (line.rstrip(b"\r") for line in lines)
