"""The judgement of one package: what its files, and those of its other versions, say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from winarm.stack.files import STABLE_ABIS, IndexedFile, IndexedProject, ProjectRelease, Suitability
from winarm.stack.report import (
    FirstWheel,
    OtherVersion,
    PackageStatus,
    ReadyWheel,
    SourceFacts,
    Status,
)

#: How a note begins that names an index which did not answer.
NOT_ASKED = "not asked: "


def judge(
    project: IndexedProject,
    suits: Suitability,
    version: Version | None = None,
    allowed: SpecifierSet | None = None,
) -> PackageStatus:
    """Return the status that the names of the files tell; a gap needs `judge_source`, too.

    :param version: None for the newest one.
    :param allowed: what all that require the package allow; None where that is not known.
    """
    release = _release_of(project, suits, version, allowed)
    if release is None:
        return _without_release(project, suits, version, allowed)
    base = PackageStatus(
        name=project.name,
        version=str(release.version),
        status=Status.UNKNOWN,
        reason="",
        requirement=str(allowed or ""),
        newest=str(project.newest.version) if project.newest else "",
        first=first_wheel(project, suits),
        dropped=_dropped(project, suits),
        notes=_notes(release, project),
    )
    if wheel := release.best_wheel(suits):
        return _running(base, release, wheel, suits)
    gap = _gap(release, suits)
    if found := _other(release, project, suits, allowed):
        other, status = found
        says = "allowed" if other.allowed else f"not allowed by {allowed}"
        reason = f"{other.version} has a wheel ({says}); {gap}"
        pin = f"{project.name}=={other.version}"
        return replace(base, status=status, reason=reason, other=other, pin=pin)
    notes = (*base.notes, *_pre_release(release, project, suits))
    base = replace(base, reason=gap, notes=notes)
    if not release.supports(suits):
        return base
    if release.sdist is None:
        return _without_source(base, project)
    return replace(base, reason=f"{gap}; its sdist was not examined")


def judge_source(
    package: PackageStatus, source: SourceFacts, classifiers: Iterable[str], command: str
) -> PackageStatus:
    """Return the status of a gap, with what its sdist and its classifiers say.

    :param command: builds the missing wheel.
    """
    languages = ", ".join(source.languages) or "native code"
    needs = f", may need {', '.join(source.needs)}" if source.needs else ""
    described = f"{source.backend}: {languages}{needs}"
    buildable = source.known and not source.needs_rust
    package = replace(package, source=source, command=command if buildable else "")
    gap = package.reason.partition("; its sdist was not examined")[0]
    if not source.native:
        reason = f"no wheel, but its sdist has nothing to compile ({source.backend})"
        return replace(package, status=Status.PURE, reason=reason, command="", other=None, pin="")
    if package.status in {Status.NEWER, Status.OLDER}:
        return package
    if leaves_out_windows(classifiers):
        reason = f"{gap}; its classifiers name other systems only"
        return replace(package, status=Status.NOT_FOR_WINDOWS, reason=reason, command="")
    if source.needs_rust:
        return replace(package, status=Status.RUST, reason=f"{gap}; {described}")
    if source.known:
        return replace(package, status=Status.BUILDABLE, reason=f"{gap}; {described}")
    reason = f"{gap}; winarm does not know its build backend, {described}"
    return replace(package, reason=reason)


def first_wheel(project: IndexedProject, suits: Suitability) -> FirstWheel | None:
    """Return the version, and the day, of the first wheel for the target."""
    found = [
        (min((f.uploaded for f in wheels if f.uploaded), default=""), release.version)
        for release in project.releases.values()
        if (wheels := release.native_wheels(suits.target))
    ]
    if not found:
        return None
    # By day where all have one: an old series may get wheels after a new one.
    date, version = min(found) if all(day for day, _ in found) else min(found, key=lambda f: f[1])
    return FirstWheel(str(version), date)


def leaves_out_windows(classifiers: Iterable[str]) -> bool:
    """Return whether classifiers name operating systems, and Windows is not among them.

    >>> leaves_out_windows(["Operating System :: POSIX", "Operating System :: MacOS :: MacOS X"])
    True
    >>> leaves_out_windows(["Operating System :: OS Independent"])
    False
    """
    named = [one for one in classifiers if one.startswith("Operating System :: ")]
    return bool(named) and not any("Windows" in one or "Independent" in one for one in named)


def offers_windows(project: IndexedProject) -> bool:
    """Return whether any version has a wheel for Windows, whatever its classifiers say."""
    return any("windows" in release.platforms for release in project.releases.values())


def _release_of(
    project: IndexedProject,
    suits: Suitability,
    version: Version | None,
    allowed: SpecifierSet | None,
) -> ProjectRelease | None:
    """Return the release that is meant: the version asked for, else the newest that pip takes."""
    if version is not None:
        return project.releases.get(version)
    live = [v for v, one in project.releases.items() if not one.yanked and one.supports(suits)]
    fitting = list((allowed or SpecifierSet()).filter(live))
    return project.releases[max(fitting)] if fitting else None


def _without_release(
    project: IndexedProject,
    suits: Suitability,
    version: Version | None,
    allowed: SpecifierSet | None,
) -> PackageStatus:
    if not project.reached:
        reason = f"no index answers: {'; '.join(project.problems)}"
    elif version is not None:
        count = len(project.releases)
        known = f", which offers {count} other versions" if count else ""
        reason = f"version {version} is not on any index{known}"
    elif project.releases:
        meeting = f" that meets {allowed}" if allowed else ""
        reason = f"no version{meeting} supports Python {suits.python.version} and is not yanked"
    else:
        problems = f" ({'; '.join(project.problems)})" if project.problems else ""
        reason = f"it is not on any index{problems}"
    newest = str(project.newest.version) if project.newest else ""
    return PackageStatus(project.name, str(version or ""), Status.UNKNOWN, reason, newest=newest)


def _notes(release: ProjectRelease, project: IndexedProject) -> tuple[str, ...]:
    notes = [f"{NOT_ASKED}{problem}" for problem in project.problems]
    if release.yanked:
        notes.append("this version was yanked")
    return tuple(notes)


def _pre_release(
    release: ProjectRelease, project: IndexedProject, suits: Suitability
) -> Iterator[str]:
    """Yield a note if the newest version is a pre-release that has a wheel."""
    for version, other in list(project.releases.items())[-1:]:
        if version.is_prerelease and version > release.version and other.best_wheel(suits):
            yield f"{version}, a pre-release, has a wheel"


def _running(
    base: PackageStatus, release: ProjectRelease, wheel: IndexedFile, suits: Suitability
) -> PackageStatus:
    pythons, abis, platforms = wheel.tags
    native = suits.target.wheel_platform in platforms
    free_threaded = any(abi.endswith("t") and abi != "abi3" for abi in abis)
    ready = ReadyWheel(
        wheel.name, wheel.url, wheel.sha256, ".".join(abis), free_threaded, wheel.place
    )
    if native:
        kind = next((abi for abi in abis if abi in STABLE_ABIS), "")
        how = f"stable ABI, from {pythons[0]}" if kind else ", ".join(abis)
        reason = f"{suits.target.wheel_platform} wheel ({how})"
        return replace(base, status=Status.READY, reason=reason, wheel=ready)
    reason = "wheel for any platform"
    if "windows" in release.platforms:
        reason += "; other platforms get a compiled one, which may be faster"
    return replace(base, status=Status.PURE, reason=reason, wheel=ready)


def _gap(release: ProjectRelease, suits: Suitability) -> str:
    """Return in a few words why the release has no wheel that pip would take."""
    native = release.native_wheels(suits.target)
    platform = suits.target.wheel_platform
    if not release.supports(suits):
        requires = ", ".join(sorted({file.requires_python for file in release.files}))
        return f"{release.version} requires Python {requires}"
    if native:
        tags = sorted({"-".join(map(".".join, file.tags[:2])) for file in native})
        return f"{release.version} has {platform} wheels for {', '.join(tags)} only"
    systems = sorted(release.platforms - {"any"})
    if not release.wheels:
        return f"{release.version} has no wheels"
    if not systems:
        return f"{release.version} has wheels, but none for Python {suits.python.version}"
    amd64 = any("win_amd64" in file.tags[2] for file in release.wheels)
    there = "win_amd64 and no" if amd64 else f"{', '.join(systems)} and no"
    return f"{release.version} has wheels for {there} {platform}"


def _without_source(base: PackageStatus, project: IndexedProject) -> PackageStatus:
    """Return the status of a gap that has no sdist."""
    if project.problems:
        reason = f"{base.reason}, and no sdist, but not every index could be asked"
        return replace(base, reason=reason)
    ever = {system for one in project.releases.values() for system in one.platforms}
    if ever and not ever & {"windows", "any"}:
        reason = f"{base.reason}; no version has a file for Windows, or a source"
        return replace(base, status=Status.NOT_FOR_WINDOWS, reason=reason)
    return replace(base, status=Status.NO_SOURCE, reason=f"{base.reason}, and no sdist")


def _dropped(project: IndexedProject, suits: Suitability) -> str:
    """Return the last version that had a wheel for the target, if newer ones have none."""
    newest = project.newest
    if newest is None or newest.native_wheels(suits.target) or newest.best_wheel(suits):
        return ""
    had = [
        release.version
        for release in project.releases.values()
        if release.version < newest.version and release.native_wheels(suits.target)
    ]
    return str(max(had)) if had else ""


def _other(
    release: ProjectRelease,
    project: IndexedProject,
    suits: Suitability,
    allowed: SpecifierSet | None,
) -> tuple[OtherVersion, Status] | None:
    """Return the nearest other version with a wheel: one that is allowed first, a newer one first.

    An older version that is pure does not count: it is from before the project had native code.
    """
    found: list[tuple[tuple[bool, bool, int], OtherVersion]] = []
    order = {version: place for place, version in enumerate(project.releases)}
    for version, other in project.releases.items():
        if other.yanked or (version.is_prerelease and not release.version.is_prerelease):
            continue
        newer = version > release.version
        wheel = other.best_wheel(suits) if version != release.version else None
        if wheel is None or not (newer or suits.target.wheel_platform in wheel.tags[2]):
            continue
        fits = allowed is None or allowed.contains(version, prereleases=True)
        distance = abs(order[version] - order[release.version])
        one = OtherVersion(str(version), fits, wheel.uploaded)
        found.append(((not fits, not newer, distance), one))
    if not found:
        return None
    (_, older, _), nearest = min(found, key=lambda entry: entry[0])
    return nearest, Status.OLDER if older else Status.NEWER
