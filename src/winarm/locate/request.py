"""What is looked for, and what a search of one place says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain
    from winarm.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What a toolchain must be able to do, and where whoever asks wants it from."""

    target: Target
    #: `site-packages` folders in which a toolchain from PyPI may be, the preferred one first.
    site_folders: tuple[Path, ...] = ()
    #: The beginning of the version that is wanted, by whole numbers: `14.44`, `17`, `20.1`.
    version: str | None = None
    #: The folder that holds the headers and libraries of Windows.
    sysroot: Path | None = None
    #: Whether a zig of `site_folders` is copied into the cache first: they may be temporary.
    lasting: bool = False


class Search(NamedTuple, Generic[T]):
    """What a search ended in: what was found, and everything before it with why it was not it."""

    found: T | None
    #: One line for each place, with the reason.
    misses: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Return the misses in one line."""
        return "; ".join(self.misses)


@dataclass(frozen=True, slots=True)
class ToolchainSearch:
    """What a search for one kind of toolchain ended in, and what would help."""

    kind: str
    toolchain: Toolchain | None
    #: One line for each place, with the reason.
    misses: tuple[str, ...] = ()
    #: What would help, where there is no toolchain: a command or a setting.
    cure: str = ""


def begins_with(version: str, wanted: str | None) -> bool:
    """Return whether `version` is one of those that `wanted` stands for.

    >>> begins_with("14.44.35207", "14.44"), begins_with("14.4.1", "14.44")
    (True, False)
    """
    if wanted is None:
        return True
    parts = wanted.strip().split(".")
    return version.split(".")[: len(parts)] == parts


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a dotted version, to compare; what is no number ends it.

    >>> numbers("10.0.26100.0") > numbers("10.0.9600.0")
    True
    """
    found = []
    for part in version.split("."):
        # Nine digits: int() refuses very long ones.
        if not part.isascii() or not part.isdigit() or len(part) > 9:  # noqa: PLR2004
            break
        found.append(int(part))
    return tuple(found)
