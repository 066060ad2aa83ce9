"""What a wheel's file name promises: distribution, version, and tags (PEP 427, PEP 425)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from winarm.target import TARGETS, PythonABI, Target

_NAME = re.compile(
    r"(?P<distribution>[^\s-]+)-(?P<version>[^\s-]+)(?:-(?P<build>[0-9][^\s-]*))?"
    r"-(?P<pythons>[^\s-]+)-(?P<abis>[^\s-]+)-(?P<platforms>[^\s-]+)"
    r"(?:-(?P<label>[0-9a-z_.]{1,16}))?\.whl",
    re.IGNORECASE,
)

_PYPY = re.compile(r"pp(?P<major>3)(?P<minor>[0-9]+)")
#: A name in a file name: `-` is written as `_`, and installers refuse two of these.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._]*[A-Za-z0-9])?", re.ASCII)
#: What most versions look like.
_PLAIN_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,5}((a|b|rc|\.post|\.dev)[0-9]+)?", re.ASCII)

#: ABI tags of the stable ABI: with the GIL, and without (PEP 803).
STABLE_TAGS = {"abi3": False, "abi3t": True}
_CPYTHON = re.compile(r"cp[23](?P<minor>0|[1-9][0-9]{0,3})")
_FREE_THREADED_SINCE = 13
#: The first minor version whose own ABI has no flag for memory or characters.
_PLAIN_SINCE = 8


@dataclass(frozen=True)
class WheelName:
    """A wheel's file name, taken apart."""

    distribution: str
    version: str
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]
    #: The label of a variant (PEP 825, a draft), or "".
    label: str = ""

    @classmethod
    def parse(cls, filename: str) -> WheelName | None:
        """Return the parts of a wheel's file name, or None for another name."""
        match = _NAME.fullmatch(filename)
        if match is None:
            return None
        pythons, abis, platforms = (
            tuple(match[part].lower().split(".")) for part in ("pythons", "abis", "platforms")
        )
        label = match["label"] or ""
        return cls(match["distribution"], match["version"], pythons, abis, platforms, label)

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
    def is_installable(self) -> bool:
        """Return whether some Python takes a wheel with these Python and ABI tags."""
        return any(is_installable(*tag) for tag in product(self.pythons, self.abis))

    @property
    def pypy_dlls(self) -> frozenset[str]:
        """Return the DLLs of the PyPys that it is for, if it is for no other Python."""
        versions = [match for tag in self.pythons if (match := _PYPY.fullmatch(tag))]
        if len(versions) < len(self.pythons):
            return frozenset()
        return frozenset(f"libpypy{match['major']}.{match['minor']}-c.dll" for match in versions)

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
    #: The stable ABI without the GIL too, beside the one with it (`abi3.abi3t`).
    stable_threaded: PythonABI | None = None
    #: Each single tag's Pythons: of each, at least one must find every module.
    required: frozenset[frozenset[PythonABI]] = field(default=frozenset(), compare=False)

    @property
    def stables(self) -> tuple[PythonABI, ...]:
        """Return the oldest Python of each stable ABI that is promised."""
        return tuple(filter(None, (self.stable, self.stable_threaded)))

    @classmethod
    def of(cls, pythons: tuple[str, ...], abis: tuple[str, ...]) -> Promise:
        """Return the promise that Python and ABI tags make."""
        tags = tuple(product(pythons, abis))
        installable = [tag for tag in tags if is_installable(*tag)] or tags
        exact: set[frozenset[PythonABI]] = set()
        oldest: dict[bool, PythonABI] = {}
        for python_tag, abi_tag in installable:
            python, abi = PythonABI.parse(python_tag), PythonABI.parse(abi_tag)
            if abi is not None:
                exact.add(frozenset({abi}))
            elif python is not None and abi_tag == "none":
                exact.add(frozenset(_builds(python.minor)))
            elif python is not None and abi_tag in STABLE_TAGS:
                threaded = STABLE_TAGS[abi_tag]
                found = PythonABI(python.minor, threaded, python.major)
                oldest[threaded] = min(oldest.get(threaded, found), found)
        stable = [oldest[threaded] for threaded in sorted(oldest)]
        return cls(
            frozenset().union(*exact),
            stable[0] if stable else None,
            stable[1] if len(stable) > 1 else None,
            frozenset(exact),
        )


def _builds(minor: int) -> Iterator[PythonABI]:
    """Yield the builds of a Python version that take wheels of its tag without an ABI."""
    yield PythonABI(minor)
    if minor >= _FREE_THREADED_SINCE:
        yield PythonABI(minor, free_threaded=True)


def is_installable(python: str, abi: str) -> bool:
    """Return whether some Python's installer takes a wheel of these two tags.

    CPython's are `cp313-cp313`, `cp313-abi3`, `cp313-none` and `py3-none` (packaging.tags): a
    Python takes no other version's own ABI, and no ABI under a tag of all implementations.
    """
    if python.startswith("py"):
        return abi == "none"
    if python.startswith("cp"):
        match = _CPYTHON.fullmatch(python)
        if match is None:
            return False
        minor = int(match["minor"])
        flags = "dmu" if minor < _PLAIN_SINCE else "td" if minor >= _FREE_THREADED_SINCE else "d"
        own = abi.startswith(python) and set(abi[len(python) :]) <= set(flags)
        return own or abi == "none" or abi in STABLE_TAGS
    return True
