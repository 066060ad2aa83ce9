"""The files that package indexes offer of a project, and what each suits."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from winarm.target import PythonABI, Target, accepted_tags

#: Endings of source distributions, the usual one first.
SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar")
#: ABI tags that many Pythons share (PEP 384, PEP 803).
STABLE_ABIS = frozenset(("abi3", "abi3t"))
_WHEEL_PARTS = (5, 6)


class IndexedFile(NamedTuple):
    """A file of a project; a tuple, because a page may have 5,000 of them."""

    name: str
    #: As the file name spells it.
    version: str
    url: str
    sha256: str = ""
    requires_python: str = ""
    yanked: bool = False
    #: Day of the upload, `2025-07-01`; empty where the index does not say.
    uploaded: str = ""
    #: Whether the index serves the file's metadata separately (PEP 658).
    has_metadata: bool = False
    #: The index or folder that offers it, without a password.
    place: str = ""

    @property
    def is_wheel(self) -> bool:
        """Return whether it is a wheel."""
        return self.name.endswith(".whl")

    @property
    def tags(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return Python, ABI and platform tags of a wheel."""
        pythons, abis, platforms = self.name[:-4].lower().rsplit("-", 3)[1:]
        return tuple(pythons.split(".")), tuple(abis.split(".")), tuple(platforms.split("."))


def is_file_name(text: str) -> bool:
    """Return whether a text is a plain file name, wherever it comes from: no path, no drive."""
    return re.fullmatch(r"[A-Za-z0-9][\w.+!-]*", text, re.ASCII) is not None


def version_in(filename: str, project: str) -> str | None:
    """Return the version in a file name of `project`, or None for a file of another kind.

    >>> version_in("a_b-1.0-py3-none-any.whl", "a-b"), version_in("a-b-1.0.tar.gz", "a-b")
    ('1.0', '1.0')
    >>> version_in("a-b-1.0.exe", "a-b")
    """
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        named = len(parts) in _WHEEL_PARTS and _normalised(parts[0]) == project
        return parts[1] if named else None
    ending = next((e for e in SDIST_ENDINGS if filename.lower().endswith(e)), None)
    if ending is None:
        return None
    stem = filename[: -len(ending)]
    # The name may have dashes, and so may old spellings of a version.
    for position, letter in enumerate(stem):
        if letter == "-" and _normalised(stem[:position]) == project:
            return stem[position + 1 :]
    return None


@functools.lru_cache(maxsize=2**12)
def _normalised(name: str) -> str:
    return canonicalize_name(name)


@functools.lru_cache(maxsize=2**16)
def parsed_version(text: str) -> Version | None:
    """Return the version, or None where the text is not one of PEP 440."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


@functools.lru_cache(maxsize=2**12)
def parsed_specifier(text: str) -> SpecifierSet | None:
    """Return the specifier, or None where the text is not one of PEP 440."""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


@dataclass(frozen=True)
class Suitability:
    """Which wheels pip installs for one Python on one target."""

    target: Target
    python: PythonABI

    @functools.cached_property
    def ranks(self) -> Mapping[str, int]:
        """Return each tag that pip accepts, as `cp313-abi3-win_arm64`, with its rank; 0 is best."""
        return {tag: rank for rank, tag in enumerate(accepted_tags(self.python, self.target))}

    def rank(self, file: IndexedFile) -> int | None:
        """Return how well a wheel suits, 0 being best, or None where pip would not take it."""
        if not self.allows(file.requires_python):
            return None
        # Most wheels of a page are for other platforms: look before taking the name apart.
        platform = file.name[file.name.rfind("-") + 1 : -4].lower()
        if self.target.wheel_platform not in platform and "any" not in platform:
            return None
        ranks = self.ranks
        pythons, abis, platforms = file.tags
        return min(
            (
                ranks[tag]
                for python in pythons
                for abi in abis
                for one in platforms
                if (tag := f"{python}-{abi}-{one}") in ranks
            ),
            default=None,
        )

    def allows(self, requires_python: str) -> bool:
        """Return whether a file's `requires-python` allows this Python; nonsense allows all."""
        return not requires_python or allows_python(requires_python, self.python)


@functools.lru_cache(maxsize=2**12)
def allows_python(requires: str, python: PythonABI) -> bool:
    """Return whether `requires-python` allows a Python; nonsense allows all."""
    specifier = parsed_specifier(requires)
    # A late patch release: `>=3.11.4` allows 3.11.
    return specifier is None or specifier.contains(f"{python.version}.99", prereleases=True)


@dataclass(frozen=True)
class ProjectRelease:
    """The files of one version of a project."""

    version: Version
    files: tuple[IndexedFile, ...]

    @property
    def yanked(self) -> bool:
        """Return whether every file is withdrawn (PEP 592)."""
        return all(file.yanked for file in self.files)

    @functools.cached_property
    def wheels(self) -> tuple[IndexedFile, ...]:
        """Return the wheels."""
        return tuple(file for file in self.files if file.is_wheel)

    @functools.cached_property
    def sdist(self) -> IndexedFile | None:
        """Return the source distribution."""
        sources = [file for file in self.files if not file.is_wheel]
        return min(
            sources,
            key=lambda file: [file.name.lower().endswith(e) for e in SDIST_ENDINGS].index(True),
            default=None,
        )

    @property
    def uploaded(self) -> str:
        """Return the day on which the first file was uploaded; empty where nobody says."""
        return min((file.uploaded for file in self.files if file.uploaded), default="")

    def supports(self, suits: Suitability) -> bool:
        """Return whether any file allows the target's Python (`requires-python`)."""
        return any(suits.allows(file.requires_python) for file in self.files)

    def best_wheel(self, suits: Suitability) -> IndexedFile | None:
        """Return the wheel that pip would take."""
        ranked = [(rank, file) for file in self.wheels if (rank := suits.rank(file)) is not None]
        # Where the same wheel is offered twice, one with a checksum is better.
        return min(ranked, key=lambda r: (r[0], not r[1].sha256, r[1].name), default=(0, None))[1]

    def native_wheels(self, target: Target) -> tuple[IndexedFile, ...]:
        """Return the wheels for `target`, whichever Python they are for."""
        platform = target.wheel_platform
        return tuple(
            file for file in self.wheels if platform in file.name and platform in file.tags[2]
        )

    @functools.cached_property
    def platforms(self) -> frozenset[str]:
        """Return the systems that its wheels are for: `any`, `windows`, `linux` …."""
        return frozenset(system_of(one) for file in self.wheels for one in file.tags[2])


def system_of(platform: str) -> str:
    """Return the system that a platform tag names.

    >>> [system_of(p) for p in ("win32", "manylinux_2_28_x86_64", "macosx_11_0_arm64", "any")]
    ['windows', 'linux', 'macos', 'any']
    """
    starts = {"win": "windows", "manylinux": "linux", "musllinux": "linux", "linux": "linux"}
    starts |= {"macosx": "macos", "any": "any"}
    return next((system for start, system in starts.items() if platform.startswith(start)), "other")


@dataclass(frozen=True)
class IndexedProject:
    """Everything that all configured places offer of a project."""

    name: str
    releases: Mapping[Version, ProjectRelease] = field(default_factory=dict)
    #: What each place answered that could not be used, for people.
    problems: tuple[str, ...] = ()
    #: Whether at least one place answered.
    reached: bool = True

    @classmethod
    def of(
        cls,
        name: str,
        files: Iterable[IndexedFile],
        problems: Iterable[str] = (),
        *,
        reached: bool = True,
    ) -> IndexedProject:
        """Return a project with its files sorted into releases."""
        grouped: dict[Version, list[IndexedFile]] = {}
        for file in files:
            version = parsed_version(file.version)
            if version is not None:
                grouped.setdefault(version, []).append(file)
        releases = {v: ProjectRelease(v, tuple(grouped[v])) for v in sorted(grouped)}
        return cls(name, releases, tuple(problems), reached)

    @functools.cached_property
    def newest(self) -> ProjectRelease | None:
        """Return the newest release: not yanked, and final unless there are pre-releases only."""
        live = [release for release in self.releases.values() if not release.yanked]
        final = [release for release in live if not release.version.is_prerelease]
        return next(iter((final or live)[::-1]), None)
