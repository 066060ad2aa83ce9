"""What is looked for, and how versions are compared with what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from winarm.search import Search, miss
from winarm.target import Target


@dataclass(frozen=True, slots=True)
class Request:
    """What a toolchain must be able to do, and where the caller wants it from."""

    target: Target
    #: `site-packages` folders in which a toolchain from PyPI may be, the preferred one first.
    site_folders: tuple[Path, ...] = ()
    #: The beginning of the version that is wanted, by whole numbers: `14.44`, `17`, `20.1`.
    version: str | None = None
    #: The folder that holds the headers and libraries of Windows.
    sysroot: Path | None = None
    #: Whether a zig of `site_folders` is copied into the cache first: they may be temporary.
    lasting: bool = False

    def accepts(self, version: str) -> Search[str]:
        """Return `version`, unless another one is wanted."""
        if begins_with(version, self.version):
            return Search(version)
        return miss(f"version {version}, and {self.version} is wanted")


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
    """Return the leading numbers of a dotted version, to compare.

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
