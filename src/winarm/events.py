"""What a build reports while it runs; the listener decides what the user sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the build begins: `installing cython`."""

    what: str


@dataclass(frozen=True, slots=True)
class Working:
    """The toolchain works: what it does to which file, and how many files it has compiled."""

    doing: str
    subject: str
    done: int
    #: `c` or `c++`.
    language: str = "c"
    #: How many files there are to compile, or 0 if it is not known.
    total: int = 0


@dataclass(frozen=True, slots=True)
class Worked:
    """The toolchain has done to a file what it was doing."""

    doing: str
    subject: str
    language: str = "c"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that everybody should read."""

    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that explains what was done; for verbose output."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """Bytes that a program of the build printed."""

    data: bytes


Event = Step | Working | Worked | Note | Detail | Output

#: Takes each event as it happens; called from one thread at a time.
Listener = Callable[[Event], None]

#: How ninja counts, for CMake and Meson.
_NINJA = re.compile(rb"^\[(\d{1,6})/(\d{1,6})\]", re.MULTILINE)


def progress(event: Event) -> str:
    """Return what the status line says from now on; empty where it stays as it is."""
    match event:
        case Step(what):
            return what
        case Working("compile", _, done, _, total) if total:
            return f"compiled {done} of {total} files"
        case Working("compile", subject, done):
            return f"compiling {Path(subject).name}, {done} compiled"
        case Working(doing, subject):
            # `link` or `archive` a file, `run` a program.
            return f"{doing} {Path(subject).name}"
        case Output(data) if counts := _NINJA.findall(data):
            done, total = (int(number) for number in counts[-1])
            return f"made {done} of {total} files"
        case _:
            return ""
