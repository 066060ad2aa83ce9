"""What package indexes offer, as values, and which of it a requirement means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from winarm.errors import SourceError, bullets

if TYPE_CHECKING:
    from packaging.requirements import Requirement


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that an index offers."""

    name: str
    version: Version
    url: str
    #: Checksums by algorithm, as the index gives them; there may be none.
    hashes: Mapping[str, str]
    #: Whether its author has withdrawn it.
    yanked: bool

    @property
    def tags(self) -> frozenset[Tag]:
        """Return the tags in a wheel's name; none of another file."""
        try:
            return parse_wheel_filename(self.name)[3]
        except (InvalidWheelFilename, InvalidVersion):
            return frozenset()


@dataclass(frozen=True, slots=True)
class PlaceFiles:
    """What one place has of a project."""

    #: Without a password.
    place: str
    files: tuple[IndexFile, ...] = ()
    #: Why there may be nothing.
    reason: str = ""
    #: Whether the place answered at all.
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """What every place has of a project."""

    answers: tuple[PlaceFiles, ...]

    @property
    def files(self) -> tuple[IndexFile, ...]:
        """Return the files of all places."""
        return tuple(file for answer in self.answers for file in answer.files)

    @property
    def unreachable(self) -> bool:
        """Tell whether there are places, and none of them answered."""
        return bool(self.answers) and not any(answer.reached for answer in self.answers)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Return each place with what it said, for people."""
        return tuple(
            f"{answer.place}: {answer.reason or f'{len(answer.files)} files'}"
            for answer in self.answers
        )

    def unreached(self, what: str, otherwise: str) -> SourceError:
        """Return the error for `what` where no place can be asked."""
        return SourceError(
            f"{what} cannot be looked for:\n{bullets(self.looked_at)}",
            why="No package index can be reached from here.",
            cure=f"Check the network, the proxy and pip's index-url; or {otherwise}.",
        )

    def missing(self, what: str, *, why: str, cure: str) -> SourceError:
        """Return the error where the places have been asked, and `what` is in none of them."""
        looked = bullets(self.looked_at) or "  - nothing: pip is configured with no-index"
        return SourceError(f"{what} Looked at:\n{looked}", why=why, cure=cure)


def best(requirement: Requirement, files: Iterable[IndexFile]) -> IndexFile | None:
    """Return the file of the newest version that `requirement` allows, or None.

    A pre-release counts when the requirement names one or nothing else is there; a withdrawn
    (yanked) file only when its version is asked for exactly, as PEP 592 has it.
    """
    exact = any(clause.operator in {"==", "==="} for clause in requirement.specifier)
    usable = [file for file in files if exact or not file.yanked]
    allowed = set(requirement.specifier.filter(file.version for file in usable))
    fitting = [file for file in usable if file.version in allowed]
    return max(
        fitting,
        # The same file may be offered twice: the one with a checksum is better.
        key=lambda file: (not file.yanked, file.version, "sha256" in file.hashes),
        default=None,
    )
