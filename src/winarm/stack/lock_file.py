"""A lock file as data that nobody has checked, and what every kind of lock has to say of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.stack.files import allows_python, parsed_version
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack
from winarm.storage import read_bounded

#: A lock of more bytes is not read; those of large workspaces have some 10 MB.
MAX_LOCK = 128 * 2**20

_LOCK_AGAIN = "Write the lock again with the tool that made it."


@dataclass(frozen=True, slots=True)
class Selection:
    """Which parts of a project are meant."""

    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class LockFile:
    """A lock file, and the target that it is read for."""

    path: Path
    document: Mapping[str, Any]
    markers: TargetMarkers

    @classmethod
    def read(cls, path: Path, markers: TargetMarkers, parse: Callable[[str], object]) -> LockFile:
        """Return a file; `parse` makes data of its text, and raises ValueError.

        :raises UsageError: it is not such a file.
        :raises FileSystemError: it cannot be read.
        """
        content = read_bounded(path, MAX_LOCK, cure="Name a lock file.")
        try:
            document = parse(content.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path} cannot be read: {error}.", cure=_LOCK_AGAIN) from error
        if not isinstance(document, dict):
            raise UsageError(f"{path} is not a lock file.", cure=_LOCK_AGAIN)
        return cls(path, document, markers)

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        """Return the list of tables that holds the packages."""
        value = self.document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise UsageError(
                f"{self.path} is not a lock file: {key!r} is not a list of tables.",
                cure=_LOCK_AGAIN,
            )
        return value

    def name(self, package: Mapping[str, Any]) -> str:
        """Return the normalised name of a package."""
        name = package.get("name")
        try:
            if isinstance(name, str):
                return canonicalize_name(Requirement(name).name)
        except InvalidRequirement:
            pass
        raise UsageError(
            f"{self.path} has a package without a valid name: {name!r}.", cure=_LOCK_AGAIN
        )

    def holds(self, marker: object, extras: Iterable[str] = ()) -> bool:
        """Tell whether a marker of the lock, if there is one, holds on the target."""
        return self.markers.hold(str(marker or ""), extras)

    def fits_python(self, requires: object) -> bool:
        """Tell whether the target's Python is among those that are required."""
        return not isinstance(requires, str) or allows_python(requires, self.markers.python)

    def require_python(self, requires: object) -> None:
        """Raise UsageError where the lock is for other Pythons."""
        if not self.fits_python(requires):
            self.refuse_python(str(requires))

    def refuse_python(self, required: str) -> NoReturn:
        """Raise UsageError: the lock is for other Pythons."""
        version = self.markers.python.version
        raise UsageError(
            f"{self.path} is a lock for Python {required}, and not for {version}.",
            cure="Choose another one with --python.",
        )

    def require_environment(self, markers: Sequence[object]) -> None:
        """Raise UsageError where the lock is for environments of which none is the target's."""
        if markers and not any(self.holds(str(one)) for one in markers):
            self.refuse_systems(map(str, markers))

    def refuse_systems(self, others: Iterable[str]) -> NoReturn:
        """Raise UsageError: the lock is for other systems."""
        raise UsageError(
            f"{self.path} is a lock for {' or '.join(others)}, and not for Windows.",
            cure="Add Windows to what it is for, and lock again.",
        )

    def require_names(self, asked: Iterable[str], known: Iterable[str]) -> None:
        """Raise UsageError for an extra, a group or an environment that the lock does not have."""
        there = sorted(known)
        for name in asked:
            if name not in there:
                message = f"{self.path} has no extra, group or environment {name!r}; "
                message += f"there are: {', '.join(there) or 'none'}."
                raise UsageError(message, cure="Check the name.")

    def stack(
        self, found: Iterable[WantedPackage], edges: Iterable[Edge], notes: Iterable[str] = ()
    ) -> WantedStack:
        """Return what was found; what none of the packages requires, the user does."""
        return WantedStack.closed(self.path.name, found, edges, notes)


def package(
    name: str, entry: Mapping[str, Any], hashes: Iterable[object], elsewhere: object = ""
) -> WantedPackage:
    """Return the package of an entry.

    :param hashes: what the lock says of its files, as `sha256:…`; other kinds are left out.
    :param elsewhere: what it comes from instead of an index.
    """
    version = parsed_version(str(entry.get("version", "")).removeprefix("=="))
    digests = {one.removeprefix("sha256:") for one in map(str, hashes) if one[:7] == "sha256:"}
    return WantedPackage(name, version, frozenset(digests - {""}), str(elsewhere))


def items(document: object, key: str) -> list[Any]:
    """Return the list at `key`; an empty one where there is none."""
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, list) else []


def values(entries: Iterable[object], key: str) -> list[Any]:
    """Return what stands at `key` in those entries that are tables with it."""
    return [one[key] for one in entries if isinstance(one, dict) and key in one]
