"""What it usually means when an installer fails, from its own last words."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from winarm.errors import IsolationError

#: Lines of an installer's output that an error shows, and how long each may be.
_LAST_LINES = 15
_LINE_LENGTH = 500

#: What uv says, in lower case, with what it usually means and what helps.
_SAID: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("no space left on device", "not enough space on the disk"),
        "The disk is full.",
        "Free space, or point TMPDIR elsewhere.",
    ),
    (
        (
            "client error (connect)",
            "connection refused",
            "connection reset",
            "dns error",
            "failed to establish a new connection",
            "name resolution",
            "network is unreachable",
            "network was disabled",
            "proxyerror",
            "request failed after",
            "timed out",
        ),
        "The package index cannot be reached from here.",
        (
            "Check the network, the proxy and pip's index-url; or put the wheels into a folder "
            "and name it in PIP_FIND_LINKS, with PIP_NO_INDEX=1."
        ),
    ),
    (
        (
            "could not find a version",
            "no matching distribution",
            "no solution found",
            "not found in the package registry",
        ),
        "The index has no such package, or no version of it for this Python.",
        "Check [build-system] requires in pyproject.toml, and pip's index-url.",
    ),
)
_SOURCE = (
    "A requirement that comes as source is built for this machine, not for the target.",
    "Install what its own build asks for above.",
)
_OTHER_PYTHON = ("", "Try another interpreter with --python.")


class LastLines:
    """The last lines of an output that comes in pieces."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._rest = ""

    def add(self, chunk: bytes) -> None:
        """Take the next piece of the output."""
        *lines, rest = (self._rest + chunk.decode("utf-8", "replace")).split("\n")
        self._lines.extend(line.rstrip()[:_LINE_LENGTH] for line in lines if line.strip())
        self._rest = rest[-_LINE_LENGTH:]

    def text(self) -> str:
        """Return the last lines, without blank ones."""
        return "\n".join(filter(None, (*self._lines, self._rest.strip())))


def not_installed(requirements: Sequence[str], words: str) -> IsolationError:
    """Return the error for requirements that an installer refused with `words`."""
    message = f"what the build requires cannot be installed: {', '.join(requirements)}\n{words}"
    why, cure = _meaning(words, otherwise=_SOURCE)
    return IsolationError(message, why=why, cure=cure)


def not_made(words: str) -> IsolationError:
    """Return the error for an environment that uv could not make."""
    message = f"the environment for the build cannot be made:\n{words}"
    why, cure = _meaning(words, otherwise=_OTHER_PYTHON)
    return IsolationError(message, why=why, cure=cure)


def _meaning(words: str, otherwise: tuple[str, str]) -> tuple[str, str]:
    lower = words.lower()
    known = ((why, cure) for signs, why, cure in _SAID if any(sign in lower for sign in signs))
    return next(known, otherwise)
