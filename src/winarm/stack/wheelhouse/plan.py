"""What is to be done for a wheelhouse: a value that can be written down and taken elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from winarm.config.packages import PackageSettings
from winarm.errors import UsageError
from winarm.stack.files import IndexedFile, is_file_name
from winarm.stack.report import PackageStatus, Status
from winarm.storage import read_bounded, write_text

if TYPE_CHECKING:
    from winarm.stack.status import Surveyed

#: Version of the JSON form of a plan.
PLAN_VERSION = 1
#: A plan of more bytes is not read.
MAX_PLAN = 64 * 2**20


class Action(StrEnum):
    """What is done for a package."""

    FETCH = "fetch"
    BUILD = "build"
    SKIP = "skip"
    #: Nothing can be done; the reason says why.
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to fetch: a wheel, or the sdist to build from."""

    name: str
    url: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """What is done for one package."""

    name: str
    version: str
    action: Action
    file: PlannedFile | None = None
    #: Why it is built, skipped, or cannot be had.
    reason: str = ""
    #: What to do where nothing can be done here.
    cure: str = ""
    #: Checksums of which the fetched file must have one, as a lock has them.
    allowed_sha256: tuple[str, ...] = ()
    verify: bool = True
    config_settings: Mapping[str, str | list[str]] = field(default_factory=dict)
    required_by: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return name and version."""
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True)
class WheelhousePlan:
    """Everything that a wheelhouse takes."""

    origin: str
    target: str
    python: str
    packages: tuple[PlannedPackage, ...]

    def only(self, names: Iterable[str]) -> WheelhousePlan:
        """Return the plan for some of its packages.

        :raises UsageError: it has no such package.
        """
        wanted = [canonicalize_name(name) for name in names]
        known = {package.name: package for package in self.packages}
        for name in wanted:
            if name not in known:
                raise UsageError(
                    f"the plan has no package {name}.", cure=f"It has {', '.join(sorted(known))}."
                )
        chosen = tuple(known[name] for name in dict.fromkeys(wanted))
        return WheelhousePlan(self.origin, self.target, self.python, chosen)

    def named(self, action: Action) -> tuple[str, ...]:
        """Return the packages for which that is done."""
        return tuple(package.name for package in self.packages if package.action is action)


def plan_of(survey: Surveyed, settings: Mapping[str, PackageSettings]) -> WheelhousePlan:
    """Return what a wheelhouse of the surveyed stack takes."""
    hashes = {package.name: package.sha256 for package in survey.stack.packages}
    report = survey.report
    packages = tuple(
        _planned(
            survey,
            package,
            settings.get(package.name, PackageSettings()),
            tuple(sorted(hashes.get(package.name, ()))),
        )
        for package in report.packages
    )
    return WheelhousePlan(report.origin, report.target, report.python, packages)


def _planned(
    survey: Surveyed, status: PackageStatus, settings: PackageSettings, hashes: tuple[str, ...]
) -> PlannedPackage:
    def planned(action: Action, reason: str, cure: str = "", **more: Any) -> PlannedPackage:  # noqa: ANN401
        return PlannedPackage(
            status.name,
            status.version,
            action,
            reason=reason,
            cure=cure,
            verify=settings.verify,
            config_settings=settings.for_build,
            required_by=status.required_by,
            # Another version than the lock's has other checksums.
            allowed_sha256=() if settings.version else hashes,
            **more,
        )

    skipping = f"To go on without it: skip = true in [packages.{status.name}]."
    if settings.skip:
        return planned(Action.SKIP, "its settings say so")
    if status.wheel is not None and not settings.build:
        wheel = PlannedFile(status.wheel.file, status.wheel.url, status.wheel.sha256)
        return planned(Action.FETCH, status.reason, file=wheel)
    pin = (
        f"Pin {status.pin}, or version = {status.other.version!r} in [packages.{status.name}]."
        if (status.pin and status.other)
        else ""
    )
    sdist = _sdist(survey, status)
    if sdist is None or (status.status is Status.NOT_FOR_WINDOWS and not settings.build):
        return planned(Action.FAIL, status.reason, pin or skipping)
    if status.source is not None and status.source.needs_rust and not settings.build:
        cure = pin or "winarm builds no Rust. Ask its maintainers for a win_arm64 wheel."
        return planned(Action.FAIL, f"{status.reason}; its source needs Rust", cure)
    source = PlannedFile(sdist.name, sdist.url, sdist.sha256)
    return planned(Action.BUILD, status.reason, pin, file=source)


def _sdist(survey: Surveyed, status: PackageStatus) -> IndexedFile | None:
    if not status.version:
        return None
    release = survey.client.project(status.name).releases.get(Version(status.version))
    return release.sdist if release else None


def write_plan(plan: WheelhousePlan, path: Path) -> None:
    """Write a plan as JSON, with the names of what is fetched and built for a matrix of jobs.

    :raises FileSystemError: it cannot be written.
    """
    names = {str(action): plan.named(action) for action in (Action.FETCH, Action.BUILD)}
    document = {"version": PLAN_VERSION, **names, **asdict(plan)}
    write_text(path, json.dumps(document, indent=2))


def read_plan(path: Path) -> WheelhousePlan:
    """Return the plan that `write_plan` has written.

    :raises UsageError: it is not one.
    :raises FileSystemError: it cannot be read.
    """
    content = read_bounded(path, MAX_PLAN, cure="Name a plan that winarm wrote.")
    try:
        document = json.loads(content)
        version = document["version"]
        packages = tuple(map(_read_package, document["packages"]))
        origin, target, python = (str(document[key]) for key in ("origin", "target", "python"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not a plan of a wheelhouse.",
            cure="Write one: winarm wheelhouse … --plan FILE",
        ) from error
    if version != PLAN_VERSION:
        raise UsageError(
            f"{path} is a plan of version {version}, and not of {PLAN_VERSION}.",
            cure="Write it again with this winarm.",
        )
    return WheelhousePlan(origin, target, python, packages)


def _read_package(entry: dict[str, Any]) -> PlannedPackage:
    file = entry["file"] and PlannedFile(**entry["file"])
    # Both are used as names of files and folders later.
    if file and not (is_file_name(file.name) and re.fullmatch("([0-9a-f]{64})?", file.sha256)):
        raise ValueError
    return PlannedPackage(
        **{
            **entry,
            "name": canonicalize_name(entry["name"], validate=True),
            "action": Action(entry["action"]),
            "file": file,
            "allowed_sha256": tuple(entry["allowed_sha256"]),
            "required_by": tuple(entry["required_by"]),
        }
    )
