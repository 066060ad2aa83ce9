"""What a user asks for: a set of packages, some at a version, and who requires which."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from winarm.target import PythonABI, Target


@dataclass(frozen=True, slots=True)
class WantedPackage:
    """A package of a stack."""

    name: str
    #: None where it was not resolved: the newest one that is allowed.
    version: Version | None = None
    #: Checksums of which its file must have one; empty where any file will do.
    sha256: frozenset[str] = frozenset()
    #: What it comes from instead of an index: a repository, an address, a folder.
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One package requires another."""

    #: Empty for the user.
    requirer: str
    required: str
    #: Which versions; None where the source does not say.
    allowed: SpecifierSet | None = None


@dataclass(frozen=True)
class WantedStack:
    """Every package that a set of requirements comes to."""

    #: What was read, for people.
    origin: str
    packages: tuple[WantedPackage, ...]
    edges: tuple[Edge, ...] = ()
    notes: tuple[str, ...] = ()
    #: Whether versions were chosen: by a resolution, or in a lock.
    resolved: bool = True

    @classmethod
    def closed(
        cls,
        origin: str,
        packages: Iterable[WantedPackage],
        edges: Iterable[Edge],
        notes: Iterable[str] = (),
    ) -> WantedStack:
        """Return a stack of which nobody says what the user asks for: what no package requires."""
        found = tuple(packages)
        names = {package.name for package in found}
        inner = [e for e in edges if {e.required, e.requirer} <= names and e.required != e.requirer]
        roots = sorted(names - {edge.required for edge in inner})
        return cls(origin, found, (*inner, *(Edge("", name) for name in roots)), tuple(notes))

    def requirers(self, name: str) -> tuple[str, ...]:
        """Return the packages that require `name`, in order."""
        return tuple(sorted(set(self._up.get(name, ()))))

    def is_root(self, name: str) -> bool:
        """Return whether the user asks for it; true for all where nobody says who requires what."""
        return not self.edges or any(not edge.requirer for edge in self.into(name))

    def allowed(self, name: str) -> SpecifierSet | None:
        """Return the versions of `name` that all that require it allow."""
        known = [edge.allowed for edge in self.into(name) if edge.allowed is not None]
        together = SpecifierSet()
        for specifier in known:
            together &= specifier
        return together if known else None

    def dependents(self, name: str) -> frozenset[str]:
        """Return every package that needs `name`, directly or not."""
        seen, pending = {name}, deque([name])
        while pending:
            new = set(self._up.get(pending.popleft(), ())) - seen
            seen |= new
            pending += new
        return frozenset(seen - {name})

    def into(self, name: str) -> Sequence[Edge]:
        """Return the edges that lead to `name`."""
        return self._into.get(name, ())

    @functools.cached_property
    def _into(self) -> Mapping[str, list[Edge]]:
        into: dict[str, list[Edge]] = {}
        for edge in self.edges:
            into.setdefault(edge.required, []).append(edge)
        return into

    @functools.cached_property
    def _up(self) -> Mapping[str, list[str]]:
        return {
            name: [edge.requirer for edge in edges if edge.requirer]
            for name, edges in self._into.items()
        }


@dataclass(frozen=True)
class Wish:
    """What is to be resolved."""

    origin: str
    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    notes: tuple[str, ...] = ()
    #: Checksums that a requirements file has, by package.
    sha256: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(frozen=True)
class TargetMarkers:
    """Evaluates environment markers (PEP 508) as the target's Python would."""

    target: Target
    python: PythonABI
    _known: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of PEP 508 on the target."""
        return self.target.marker_environment(self.python.version)

    def hold(self, marker: Marker | str | None, extras: Iterable[str] = ()) -> bool:
        """Return whether a marker is true, with any of `extras`; nonsense counts as true."""
        if not marker:
            return True
        text = str(marker)
        return any(self._holds(text, extra) for extra in (*extras, ""))

    def _holds(self, marker: str, extra: str) -> bool:
        known = self._known.get((marker, extra))
        if known is None:
            try:
                parsed = Marker(marker)
                known = parsed.evaluate({**self.environment, "extra": extra})
            except (ValueError, KeyError):
                known = True
            self._known[marker, extra] = known
        return known

    def wanted(self, lines: Iterable[str], extras: Iterable[str] = ()) -> list[Requirement]:
        """Return the requirements that count on the target; invalid ones are left out."""
        found = []
        extras = tuple(extras)
        for line in lines:
            try:
                requirement = Requirement(line)
            except InvalidRequirement:
                continue
            if self.hold(requirement.marker, extras):
                found.append(requirement)
        return found


def edges_of(requirer: str, requirements: Iterable[Requirement]) -> list[Edge]:
    """Return what `requirer` requires, as edges."""
    return [Edge(requirer, canonicalize_name(one.name), one.specifier) for one in requirements]
