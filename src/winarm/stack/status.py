"""The status of a stack: read what is asked for, ask the indexes, judge every package."""

from __future__ import annotations

import contextlib
import functools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from winarm.errors import SourceError, UsageError, WinarmError, bullets
from winarm.host import Host
from winarm.stack.client import IndexClient, index_client
from winarm.stack.evidence import Evidence
from winarm.stack.files import IndexedFile, Suitability
from winarm.stack.inputs import (
    StackInput,
    pinned,
    project_folder,
    read_input,
    with_pins,
)
from winarm.stack.judge import (
    NOT_ASKED,
    judge,
    judge_source,
    leaves_out_windows,
    offers_windows,
)
from winarm.stack.places import Places, configured_places
from winarm.stack.project_requirements import tool_uv
from winarm.stack.report import PackageStatus, StackReport, Status
from winarm.stack.wanted import TargetMarkers, WantedPackage, WantedStack, Wish
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON, WIN_ARM64, PythonABI, Target


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """How a stack is looked at."""

    #: `3.13`, `3.13t`; the Python that runs winarm, when not given.
    python: str | None = None
    target: Target = WIN_ARM64
    #: Look at the named packages alone.
    no_deps: bool = False
    #: Let build backends run where only they tell what a package requires.
    build_metadata: bool = False
    #: Fetch the wheels that are ready, and verify them.
    verify: bool = False
    offline: bool = False
    refresh: bool = False
    index: str | None = None
    extra_indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False


@dataclass(frozen=True)
class Surveyed:
    """A stack with what was found of it; a wheelhouse is made of this."""

    report: StackReport
    stack: WantedStack
    python: PythonABI
    places: Places
    #: Called where more must be fetched.
    client: IndexClient = field(repr=False)


def stack_status(
    source: str | Path | Sequence[str] = ".",
    *,
    python: str | None = None,
    options: StatusOptions | None = None,
    host: Host | None = None,
) -> StackReport:
    """Return which packages of a stack run on Windows ARM64, and how to get the rest.

    :param source: a folder, a lock file, a requirements file, or names of packages.
    :param python: the target's Python, `3.13` or `3.13t`; the one that runs winarm by default.
    :raises WinarmError: the source cannot be read or resolved.
    """
    host = host or Host.current()
    options = options or StatusOptions()
    sources = (str(source),) if isinstance(source, str | Path) else tuple(source)
    options = replace(options, python=python or options.python)
    with surveyed(host, StackInput(sources), options) as survey:
        return survey.report


@contextlib.contextmanager
def surveyed(
    host: Host,
    asked: StackInput,
    options: StatusOptions,
    progress: Callable[[str], None] = lambda _: None,
    pins: Mapping[str, str] | None = None,
) -> Iterator[Surveyed]:
    """Yield what is found of a stack, while the indexes are still open.

    :param pins: versions of packages that count instead of resolved or locked ones.
    :raises WinarmError: it cannot be read or resolved.
    """
    python = target_python(options.python)
    markers = TargetMarkers(options.target, python)
    places = configured_places(host, tool_uv(project_folder(asked))).with_options(
        index=options.index,
        extra=options.extra_indexes,
        links=options.find_links,
        no_index=options.no_index,
    )
    found, places = read_input(host, asked, places, markers)
    found = with_pins(found, pins or {})
    with index_client(host, places, offline=options.offline, refresh=options.refresh) as client:
        evidence = Evidence(host, client, build_metadata=options.build_metadata)
        stack = _resolved(
            host, found, evidence, markers, no_deps=options.no_deps, progress=progress
        )
        client.projects((p.name for p in stack.packages if not p.elsewhere), progress)
        survey = _Survey(host, options, markers, stack, client, evidence, progress)
        packages, notes = _with_shared_notes(survey.packages())
        report = StackReport(
            origin=stack.origin,
            target=options.target.wheel_platform,
            python=python.spelling,
            packages=packages,
            made=time.strftime("%Y-%m-%d", time.gmtime()),
            notes=(*stack.notes, *notes),
        )
        yield Surveyed(report, stack, python, places, client)


def target_python(written: str | None) -> PythonABI:
    """Return the Python that `3.13` or `3.13t` names; winarm's own for None.

    :raises UsageError: it is not a version that winarm supports.
    """
    if written is None:
        return PythonABI(sys.version_info.minor)
    abi = PythonABI.spelled(written)
    if abi is None or not OLDEST_PYTHON.minor <= abi.minor <= NEWEST_PYTHON.minor:
        supported = f"{OLDEST_PYTHON.version} to {NEWEST_PYTHON.version}"
        raise UsageError(
            f"winarm supports Python {supported} (got {written}).",
            cure="Write 3.13, or 3.13t for the free-threaded one.",
        )
    return abi


def _resolved(
    host: Host,
    found: WantedStack | Wish,
    evidence: Evidence,
    markers: TargetMarkers,
    *,
    no_deps: bool,
    progress: Callable[[str], None],
) -> WantedStack:
    if not isinstance(found, Wish):
        return found
    if no_deps:
        return pinned(found)
    for requirement in found.requirements:
        project = evidence.project(requirement.name)
        if not project.reached:
            raise SourceError(
                f"{requirement.name} cannot be looked for:\n{bullets(project.problems)}",
                cure="Check the network, the proxy and the index.",
            )
        if not project.releases:
            message = f"there is no package {requirement.name} on any index."
            if project.problems:
                message += f" These were not asked:\n{bullets(project.problems)}"
            raise SourceError(message, cure="Check the name; --no-deps goes on without it.")
    from winarm.stack.resolve import resolve  # noqa: PLC0415 - 17 ms, and a lock needs none

    return resolve(host, found, evidence, markers, progress)


def _with_shared_notes(
    packages: Sequence[PackageStatus],
) -> tuple[tuple[PackageStatus, ...], tuple[str, ...]]:
    """Return the packages without the notes that several of them have, and these once."""
    counts = Counter(note for package in packages for note in package.notes)
    shared = {note for note, count in counts.items() if count > 1 and note.startswith(NOT_ASKED)}
    if not shared:
        return tuple(packages), ()
    kept = tuple(
        replace(package, notes=tuple(note for note in package.notes if note not in shared))
        for package in packages
    )
    return kept, tuple(f"{note} (for {counts[note]} packages)" for note in sorted(shared))


@dataclass(frozen=True)
class _Survey:
    """Judges every package of a stack."""

    host: Host
    options: StatusOptions
    markers: TargetMarkers
    stack: WantedStack
    client: IndexClient
    evidence: Evidence
    progress: Callable[[str], None]

    @functools.cached_property
    def suits(self) -> Suitability:
        """Return which wheels pip would take."""
        return Suitability(self.markers.target, self.markers.python)

    def packages(self) -> tuple[PackageStatus, ...]:
        """Return the status of each, in order of their names."""
        first = [self._first(package) for package in self.stack.packages]
        gaps = [i for i, one in enumerate(first) if one.missing]

        def examine(position: int) -> PackageStatus:
            examined = self._examined(self.stack.packages[position], first[position])
            self.progress(f"reading the source of {examined.name}")
            return examined

        examined = dict(zip(gaps, self.client.each(examine, gaps), strict=True))
        done = [examined.get(position, status) for position, status in enumerate(first)]
        missing = {one.name for one in done if not one.status.runs}
        done = [self._placed(one, missing) for one in done]
        if self.options.verify:
            done = self.client.each(self._verified, done)
        return tuple(sorted(done, key=lambda one: (one.name, one.version)))

    def _first(self, package: WantedPackage) -> PackageStatus:
        if package.elsewhere:
            reason = f"it comes from {package.elsewhere}, not from an index"
            version = str(package.version or "")
            return PackageStatus(package.name, version, Status.UNKNOWN, reason)
        project, allowed = self.client.project(package.name), self.stack.allowed(package.name)
        status = judge(project, self.suits, package.version, allowed)
        promised = status.wheel.sha256 if status.wheel else ""
        if promised and package.sha256 and promised not in package.sha256:
            note = f"{self.stack.origin} does not have the checksum of this wheel: lock it again"
            status = replace(status, notes=(*status.notes, note))
        return status

    def _examined(self, package: WantedPackage, status: PackageStatus) -> PackageStatus:
        """Return a gap's status with what its source and those that require it say."""
        if package.elsewhere or not status.version:
            return status
        project = self.client.project(package.name)
        allowed = self.stack.allowed(package.name)
        if status.other is not None and self.stack.resolved:
            allowed = self._asked_requirers(package, allowed)
            status = judge(project, self.suits, package.version, allowed)
        release = project.releases.get(Version(status.version))
        if release is None or not release.supports(self.suits):
            return status
        # Many that publish wheels for Windows do not name it in their classifiers.
        classifiers: tuple[str, ...] = ()
        if not offers_windows(project):
            classifiers = self.evidence.classifiers(package.name, release.version)
        if release.sdist is None:
            return self._without_source(status, classifiers)
        command = (
            f"winarm build {package.name}=={release.version} --python {self.suits.python.spelling}"
        )
        try:
            source = self.evidence.source(release.sdist)
        except WinarmError as error:
            if status.status is not Status.UNKNOWN:
                return status
            return replace(status, reason=f"its sdist cannot be examined: {error.what}")
        # A backend may compile what its files do not tell.
        native = source.native or bool(release.platforms - {"any"})
        return judge_source(status, replace(source, native=native), classifiers, command)

    @staticmethod
    def _without_source(status: PackageStatus, classifiers: Sequence[str]) -> PackageStatus:
        if status.status is Status.NO_SOURCE and leaves_out_windows(classifiers):
            reason = f"{status.reason}; its classifiers name other systems only"
            return replace(status, status=Status.NOT_FOR_WINDOWS, reason=reason)
        return status

    def _asked_requirers(
        self, package: WantedPackage, allowed: SpecifierSet | None
    ) -> SpecifierSet | None:
        """Return what all requirers allow; those of a lock are asked by their metadata."""
        versions = {one.name: one.version for one in self.stack.packages}
        for edge in self.stack.into(package.name):
            version = versions.get(edge.requirer)
            if edge.allowed is not None or version is None:
                continue
            try:
                lines, _ = self.evidence.dependencies(edge.requirer, version)
            except WinarmError:
                continue
            for one in self.markers.wanted(lines):
                if canonicalize_name(one.name) == package.name:
                    allowed = one.specifier if allowed is None else allowed & one.specifier
        return allowed

    def _placed(self, package: PackageStatus, missing: set[str]) -> PackageStatus:
        """Return a package with its place among the others."""
        name = package.name
        held = self.stack.dependents(name) if name in missing else frozenset[str]()
        return replace(
            package,
            root=self.stack.is_root(name),
            required_by=self.stack.requirers(name),
            holds_back=len(held),
        )

    def _verified(self, package: PackageStatus) -> PackageStatus:
        """Return a package with what verification finds in its wheel, if it has one."""
        if package.wheel is None or package.status is not Status.READY:
            return package
        # Importing it takes 50 to 100 ms, a tenth of a run that is answered from the cache.
        from winarm.verify import Severity, VerifyOptions, verify  # noqa: PLC0415

        self.progress(f"verifying {package.wheel.file}")
        file = IndexedFile(
            package.wheel.file, package.version, package.wheel.url, package.wheel.sha256
        )
        try:
            path = self.client.fetch(file, self.host.cache / "wheels")
            report = verify(path, VerifyOptions(target=self.options.target))
        except WinarmError as error:
            found = [error.what]
        else:
            found = [one.line() for one in report.findings if one.severity is Severity.ERROR]
        return replace(package, findings=tuple(found))
