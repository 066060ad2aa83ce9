"""Saying why a first link takes minutes: zig makes its C and C++ libraries when first asked."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from winarm.build import events

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain

_LIBRARIES = {"c": "C library", "c++": "C++ library"}


def announcing(listener: events.Listener, toolchain: Toolchain, marks: Path) -> events.Listener:
    """Return a listener that says so when a library is about to be made, and then `listener`.

    :param marks: a folder of a cache; it remembers what has been made.
    """
    if toolchain.kind != "zig":
        return listener
    said: set[str] = set()

    def mark(language: str) -> Path:
        name = "cxx" if language == "c++" else "c"
        return marks / f"{toolchain.version}-{toolchain.target.wheel_platform}-{name}"

    def listen(event: events.Event) -> None:
        match event:
            case events.Working("link", _, _, language) if language not in said:
                said.add(language)
                if not mark(language).exists():
                    library = _LIBRARIES.get(language, "C library")
                    text = (
                        f"zig {toolchain.version} makes its {library} for ARM64 Windows; the "
                        "first time takes a minute or more, later builds take seconds"
                    )
                    listener(events.Note(text))
            case events.Worked("link", _, language):
                # A cache that cannot be written costs no more than the same words again.
                with contextlib.suppress(OSError):
                    marks.mkdir(parents=True, exist_ok=True)
                    mark(language).touch()
            case _:
                pass
        listener(event)

    return listen
