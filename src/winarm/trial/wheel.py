"""A wheel to be tried: which Python it is for, what it requires and which modules it has there."""

from __future__ import annotations

import keyword
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.target import NEWEST_PYTHON, WIN_ARM64, PythonABI, accepted_tags
from winarm.verify.member_names import installed
from winarm.verify.wheels.filename import WheelName

#: Bytes of METADATA that are read.
_MOST_METADATA = 16 * 2**20


@dataclass(frozen=True)
class TriedWheel:
    """A wheel that Windows ARM64 can install, as its name and its archive describe it."""

    path: Path
    name: WheelName
    members: tuple[str, ...]
    requires: tuple[Requirement, ...]

    @classmethod
    def read(cls, path: Path) -> TriedWheel:
        """Return the wheel at `path`.

        :raises UsageError: it is no wheel, cannot be read, or is for another platform.
        """
        name = WheelName.parse(path.name)
        if name is None:
            raise UsageError(
                f"{path} is not a wheel: {path.name!r} is not a valid wheel file name."
            )
        if WIN_ARM64 not in name.targets and not name.any_platform:
            raise UsageError(
                f"{path.name} is for {'.'.join(name.platforms)}, not for Windows ARM64.",
                cure="winarm test tries win_arm64 and pure wheels.",
            )
        try:
            with zipfile.ZipFile(path) as archive:
                members = tuple(archive.namelist())
                requires = _requires(archive, members)
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"{path} cannot be read: {reason}.") from error
        return cls(path, name, members, requires)

    @cached_property
    def project(self) -> str:
        """Return the name of the project, as requirements have it."""
        return canonicalize_name(self.name.distribution)

    def suits(self, abi: PythonABI) -> bool:
        """Return whether pip installs the wheel for this Python."""
        if not self.name.tags.isdisjoint(accepted_tags(abi, WIN_ARM64)):
            return True
        stable = self.name.promise.stable
        # PEP 803: both Pythons load modules of the free-threaded stable ABI.
        return stable is not None and stable.free_threaded and abi.minor >= stable.minor

    def best(self, known: Sequence[PythonABI]) -> PythonABI:
        """Return the Python to try the wheel with: of those that are known, the newest that suits.

        Where none suits, the one that the wheel's tags name.
        """
        suiting = [abi for abi in known if self.suits(abi)]
        promise = self.name.promise
        return max(
            suiting or (*promise.abis, *promise.stables),
            key=lambda abi: (not abi.free_threaded, abi.minor),
            default=PythonABI(min(NEWEST_PYTHON.minor, 13)),
        )


def requirements_of(
    wheel: TriedWheel, abi: PythonABI, extras: Sequence[str] = ()
) -> tuple[Requirement, ...]:
    """Return what a wheel requires on Windows ARM64 with this Python."""
    environment = {
        **WIN_ARM64.marker_environment(abi.version),
        "platform_release": "11",
        "platform_version": "10.0.26100",
    }
    return tuple(
        requirement
        for requirement in wheel.requires
        if requirement.marker is None
        or any(
            requirement.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras)
        )
    )


def _requires(archive: zipfile.ZipFile, members: Sequence[str]) -> tuple[Requirement, ...]:
    name = next(
        (m for m in members if m.endswith(".dist-info/METADATA") and m.count("/") == 1), None
    )
    if name is None or archive.getinfo(name).file_size > _MOST_METADATA:
        return ()
    metadata = Metadata.from_email(archive.read(name), validate=False)
    try:
        return tuple(metadata.requires_dist or ())
    except Exception as error:
        raise zipfile.BadZipFile(f"Requires-Dist cannot be read: {error}") from error


def importable(members: Iterable[str], abi: PythonABI) -> dict[str, str]:
    """Return the extension modules and top-level modules among a wheel's `members`.

    Extension modules come first: a package's own import then finds them loaded, and what fails is
    named by its cause. Of a module with several files, Python's order of suffixes decides.

    >>> members = ["a/__init__.py", "a/_b.pyd", "c.py", "c-1.dist-info/RECORD"]
    >>> importable(members, PythonABI(13))
    {'a._b': 'a/_b.pyd', 'a': 'a/__init__.py', 'c': 'c.py'}
    """
    places = ((installed(member), member) for member in members)
    found = {"/".join(below): member for (root, *below), member in places if root == "site"}
    suffixes = abi.loadable_suffixes(WIN_ARM64)
    extensions = {
        name: member
        for suffix in reversed(suffixes)
        for path, member in found.items()
        if (name := _module(path, suffix)) and (suffix != suffixes[-1] or _is_plain(path))
    }
    in_order = sorted(extensions, key=lambda name: (name.count("."), name))
    top = {
        name: member
        for path, member in found.items()
        if (name := _module(path, ".py")) and "." not in name and name not in extensions
    }
    return {name: extensions[name] for name in in_order} | top


def _is_plain(path: str) -> bool:
    """Return whether `x.pyd` has no tag of a Python: `x.cp312-win_arm64.pyd` is no module here."""
    return "." not in PurePosixPath(path).name.removesuffix(".pyd")


def _module(path: str, suffix: str) -> str:
    """Return the name of the module that `path` is with this suffix, or ""."""
    if not path.endswith(suffix):
        return ""
    parts = path.removesuffix(suffix).split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    fits = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
    return ".".join(parts) if fits and parts[-1] != "__main__" else ""
