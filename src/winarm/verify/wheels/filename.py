"""What a wheel's file name promises: distribution, version, and tags (PEP 427, PEP 425)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from winarm.target import TARGETS, PythonABI, Target

_NAME = re.compile(
    r"(?P<distribution>[^\s-]+)-(?P<version>[^\s-]+)(?:-(?P<build>[0-9][^\s-]*))?"
    r"-(?P<pythons>[^\s-]+)-(?P<abis>[^\s-]+)-(?P<platforms>[^\s-]+)\.whl",
    re.IGNORECASE,
)

#: A name in a file name: `-` is written as `_`, and installers refuse two of these.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._]*[A-Za-z0-9])?", re.ASCII)
#: What most versions look like.
_PLAIN_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,5}((a|b|rc|\.post|\.dev)[0-9]+)?", re.ASCII)

#: ABI tags of the stable ABI: with the GIL, and without (PEP 803).
STABLE_TAGS = {"abi3": False, "abi3t": True}


@dataclass(frozen=True)
class WheelName:
    """A wheel's file name, taken apart."""

    distribution: str
    version: str
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]

    @classmethod
    def parse(cls, filename: str) -> WheelName | None:
        """Return the parts of a wheel's file name, or None for another name."""
        match = _NAME.fullmatch(filename)
        if match is None:
            return None
        return cls(
            match["distribution"],
            match["version"],
            *(tuple(match[part].lower().split(".")) for part in ("pythons", "abis", "platforms")),
        )

    @property
    def problem(self) -> str:
        """Return why installers refuse the name or the version in it, or ""."""
        if not _DISTRIBUTION.fullmatch(self.distribution) or "__" in self.distribution:
            return f"{self.distribution!r} is not the name of a distribution"
        if _PLAIN_VERSION.fullmatch(self.version):
            return ""
        # Rarely needed, and start-up time counts.
        from packaging.version import InvalidVersion, Version  # noqa: PLC0415

        try:
            Version(self.version)
        except InvalidVersion:
            return f"{self.version!r} is not a version"
        return ""

    @property
    def tags(self) -> frozenset[str]:
        """Return every single tag that the compressed ones stand for."""
        return frozenset(
            f"{python}-{abi}-{platform}"
            for python in self.pythons
            for abi in self.abis
            for platform in self.platforms
        )

    @property
    def any_platform(self) -> bool:
        """Return whether pip installs it on every platform."""
        return "any" in self.platforms

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the Windows targets that it is tagged for."""
        return tuple(target for target in TARGETS if target.wheel_platform in self.platforms)

    @cached_property
    def promise(self) -> Promise:
        """Return which Pythons it promises to work with."""
        return Promise.of(self.pythons, self.abis)


@dataclass(frozen=True, slots=True)
class Promise:
    """The Pythons that modules of a wheel must suit; nothing is promised when all are empty."""

    #: Exactly these, by their own ABI.
    abis: frozenset[PythonABI] = frozenset()
    #: The stable ABI, from this Python on.
    stable: PythonABI | None = None

    @classmethod
    def of(cls, pythons: tuple[str, ...], abis: tuple[str, ...]) -> Promise:
        """Return the promise that Python and ABI tags make."""
        versions = sorted(filter(None, map(PythonABI.parse, pythons)))
        stable = next((STABLE_TAGS[tag] for tag in abis if tag in STABLE_TAGS), None)
        return cls(
            frozenset(filter(None, map(PythonABI.parse, abis))),
            PythonABI(versions[0].minor, stable, versions[0].major)
            if versions and stable is not None
            else None,
        )
