"""The status of a stack, as values; formats turn it into text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Version of the JSON form of a report; it changes when a reader must change.
REPORT_VERSION = 1


class Status(StrEnum):
    """How a package stands on the target, best first."""

    READY = "ready"
    PURE = "pure"
    NEWER = "newer"
    OLDER = "older"
    BUILDABLE = "buildable"
    RUST = "rust"
    NO_SOURCE = "no-source"
    NOT_FOR_WINDOWS = "not-for-windows"
    UNKNOWN = "unknown"

    @property
    def runs(self) -> bool:
        """Return whether pip installs it on the target as things are."""
        return self in {Status.READY, Status.PURE}

    @property
    def meaning(self) -> str:
        """Return what the status says, for a legend."""
        return _MEANINGS[self]


_MEANINGS = {
    Status.READY: "has a wheel for the target",
    Status.PURE: "needs no compiled code",
    Status.NEWER: "a newer version has a wheel",
    Status.OLDER: "an older version has a wheel",
    Status.BUILDABLE: "no wheel; winarm knows its build backend",
    Status.RUST: "no wheel; the source needs Rust",
    Status.NO_SOURCE: "no wheel, and no source to build one from",
    Status.NOT_FOR_WINDOWS: "its authors do not support Windows",
    Status.UNKNOWN: "could not be determined",
}


#: What helps where no version has a wheel and winarm cannot build one.
_ADVICE = {
    Status.RUST: "build it with maturin for aarch64-pc-windows-msvc, or ask its maintainers",
    Status.NO_SOURCE: "ask its maintainers for a wheel",
    Status.NOT_FOR_WINDOWS: 'leave it out there: add the marker sys_platform != "win32"',
}


@dataclass(frozen=True, slots=True)
class ReadyWheel:
    """The wheel that pip takes."""

    file: str
    url: str
    sha256: str
    #: `abi3`, `cp313`, `none` …
    abi: str
    #: Whether it is made for Python without the GIL.
    free_threaded: bool
    place: str


@dataclass(frozen=True, slots=True)
class FirstWheel:
    """The first version with a wheel for the target."""

    version: str
    #: Day of its upload; empty where the index does not say.
    date: str


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """Another version that has a wheel for the target."""

    version: str
    #: Whether the requirements allow it.
    allowed: bool
    date: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What an sdist's own files say about how it is built; none of them was run."""

    file: str
    #: The build backend, for people: `setuptools`, `meson-python` …
    backend: str
    #: Whether winarm knows the backend.
    known: bool
    #: Whether it has code to compile.
    native: bool
    #: `C`, `C++`, `Cython`, `Fortran`, `Rust` …
    languages: tuple[str, ...] = ()
    #: Libraries and tools that its build files name.
    needs: tuple[str, ...] = ()

    @property
    def needs_rust(self) -> bool:
        """Return whether it cannot be built without Rust."""
        return "Rust" in self.languages


@dataclass(frozen=True, slots=True)
class PackageStatus:
    """One package at one version."""

    name: str
    #: Empty where no version could be determined.
    version: str
    status: Status
    #: One sentence: what the status rests on.
    reason: str
    #: Whether the user asks for it, and not only another package.
    root: bool = False
    required_by: tuple[str, ...] = ()
    #: What all of them together allow; empty where that is everything or not known.
    requirement: str = ""
    newest: str = ""
    wheel: ReadyWheel | None = None
    first: FirstWheel | None = None
    #: The last version that had a wheel, where newer ones do not.
    dropped: str = ""
    other: OtherVersion | None = None
    source: SourceFacts | None = None
    #: How many packages cannot run because of it.
    holds_back: int = 0
    #: The nearest version that helps, as a requirement.
    pin: str = ""
    #: The command that builds the missing wheel.
    command: str = ""
    notes: tuple[str, ...] = ()
    #: What verification found in the wheel; None where it was not verified.
    findings: tuple[str, ...] | None = None

    @property
    def missing(self) -> bool:
        """Return whether something must be done before it runs on the target."""
        return not self.status.runs or bool(self.findings)

    @property
    def verified(self) -> str:
        """Return what verification says of its wheel; empty where it was not verified."""
        if self.findings is None:
            return ""
        return f"verification found: {'; '.join(self.findings)}" if self.findings else "verified"

    @property
    def explanation(self) -> str:
        """Return what the status rests on, and what verification says."""
        return "; ".join(filter(None, (self.reason, self.verified)))

    @property
    def advice(self) -> str:
        """Return what helps where there is neither a pin nor a command; empty where nothing is."""
        return "" if self.pin or self.command else _ADVICE.get(self.status, "")


@dataclass(frozen=True, slots=True)
class StackReport:
    """The status of every package of a stack."""

    #: What was read: `uv.lock`, `requirements.txt` …
    origin: str
    target: str
    #: `3.13`, `3.13t`.
    python: str
    packages: tuple[PackageStatus, ...]
    #: The day, `2026-11-25`.
    made: str = ""
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Status, int]:
        """Return how many packages have each status, best first; those of none are left out."""
        counted = Counter(package.status for package in self.packages)
        return {status: counted[status] for status in Status if counted[status]}

    @property
    def ready_share(self) -> float:
        """Return the share of packages that run, from 0 to 1."""
        running = sum(not package.missing for package in self.packages)
        return running / len(self.packages) if self.packages else 1.0

    @property
    def blockers(self) -> tuple[PackageStatus, ...]:
        """Return what is missing: first what holds back the most packages."""
        missing = [package for package in self.packages if package.missing]
        return tuple(sorted(missing, key=lambda package: (-package.holds_back, package.name)))


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A package whose status differs from an earlier report."""

    name: str
    #: None for a package that the earlier report does not have, and the other way round.
    before: Status | None
    after: Status | None


@dataclass(frozen=True, slots=True)
class ReportDifference:
    """What changed since an earlier report."""

    since: str
    share_before: float
    changes: tuple[StatusChange, ...] = field(default_factory=tuple)
