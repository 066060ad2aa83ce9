"""What package indexes offer, as values, and which of it a requirement means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement
    from packaging.version import Version


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
