"""What a user points at: a folder, lock and requirements files, names, or an environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.pyproject import read_pyproject
from winarm.stack.files import parsed_version
from winarm.stack.lock_file import Selection
from winarm.stack.locks import LOCKS, read_lock
from winarm.stack.project_requirements import (
    requirement_of,
    requirements_of_project,
    states_dependencies,
)
from winarm.stack.requirement_files import MAX_FILE, read_requirements
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack, Wish, edges_of
from winarm.storage import read_bounded

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.stack.places import Places

#: Names that stand for all of what was asked for.
_NAMED = 3
#: Ends of the names of requirements files.
_TEXTS = frozenset((".txt", ".in"))


@dataclass(frozen=True, slots=True)
class StackInput:
    """What was asked for, as the command line has it."""

    #: Names, requirements, lock files or folders; nothing for the working directory.
    sources: tuple[str, ...] = ()
    requirement_files: tuple[Path, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    #: An environment whose packages are meant; an empty path for the active one.
    installed: Path | None = None
    #: A file with a name on each line.
    names: Path | None = None


def read_input(
    host: Host, asked: StackInput, places: Places, markers: TargetMarkers
) -> tuple[WantedStack | Wish, Places]:
    """Return what is asked for, with the places that it adds; no index is asked.

    :raises UsageError: it is not there, or cannot be understood.
    """
    if asked.installed is not None:
        return _installed(host, asked.installed, markers), places
    if asked.names is not None:
        return _names(asked.names), places
    paths = {source: path for source in asked.sources if (path := _existing(source))}
    texts = {source: path for source, path in paths.items() if path.suffix in _TEXTS}
    sources = [source for source in asked.sources if source not in texts]
    files = [*asked.requirement_files, *texts.values()]
    single = next((path for source, path in paths.items() if source not in texts), None)
    if single and len(sources) + len(files) > 1:
        raise UsageError(
            f"{single} cannot be looked at together with other sources.", cure="Name it alone."
        )
    if not (sources or files):
        single = Path()
    if single and (found := _of_path(host, single, asked, markers)):
        return found, places
    if single:
        sources, files = [], _requirements_files(single)
    if files:
        return _of_files(host, files, sources, places, markers)
    return Wish(_several(sources), tuple(map(_of_index, sources))), places


def project_folder(asked: StackInput) -> Path | None:
    """Return the folder whose project is asked for; None for names and for an environment."""
    if asked.installed is not None or asked.names is not None:
        return None
    if asked.requirement_files:
        return asked.requirement_files[0].parent
    if not asked.sources:
        return Path()
    path = _existing(asked.sources[0])
    return path if path is None or path.is_dir() else path.parent


def _of_path(
    host: Host, path: Path, asked: StackInput, markers: TargetMarkers
) -> WantedStack | Wish | None:
    """Return what a file or a folder asks for; None for a folder with requirements files alone."""
    extras, groups = asked.extras, asked.groups
    if path.is_dir():
        if lock := next((path / name for name in LOCKS if (path / name).is_file()), None):
            return _of_path(host, lock, asked, markers)
        document, files = read_pyproject(path), _requirements_files(path)
        # Many applications have one for the settings of tools alone.
        if document is not None and (states_dependencies(document) or not files):
            project = path / "pyproject.toml"
            return requirements_of_project(host, project, document, extras=extras, groups=groups)
        if files:
            return None
        raise UsageError(
            f"there is nothing to look at in {path.resolve()}.",
            cure="Name packages, a requirements file (-r FILE), a lock file, or --installed ENV.",
        )
    if stack := read_lock(path, markers, Selection(extras, groups)):
        return stack
    if path.name == "pyproject.toml":
        document = read_pyproject(path.parent) or {}
        return requirements_of_project(host, path, document, extras=extras, groups=groups)
    raise UsageError(
        f"{path} is neither a lock nor a requirements file that winarm reads.",
        cure=f"It reads {', '.join(LOCKS)}, pyproject.toml and *.txt.",
    )


def _requirements_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("requirements*.txt"))


def _of_files(
    host: Host,
    paths: Sequence[Path],
    sources: Sequence[str],
    places: Places,
    markers: TargetMarkers,
) -> tuple[WantedStack | Wish, Places]:
    """Return what requirements files and further requirements ask for, with the files' places."""
    files = [read_requirements(path, host.environ) for path in paths]
    for file in files:
        places = places.with_options(
            index=file.index, extra=file.extra, links=file.links, no_index=file.no_index
        )
    lines = [line for file in files for line in file.lines]
    here = [line for line in lines if markers.hold(line.requirement.marker)]
    requirements = [line.requirement for line in here if not line.requirement.url]
    requirements += map(_of_index, sources)
    notes = [f"not looked at: {one}" for file in files for one in file.elsewhere]
    notes += [
        f"not looked at: {line.requirement} ({line.place})" for line in here if line.requirement.url
    ]
    if left_out := len(lines) - len(here):
        words = "1 requirement does" if left_out == 1 else f"{left_out} requirements do"
        notes.append(f"{words} not apply to the target")
    wish = Wish(
        ", ".join(path.name for path in paths),
        tuple(requirements),
        tuple(one for file in files for one in file.constraints),
        tuple(notes),
        tuple((canonicalize_name(one.requirement.name), one.sha256) for one in here if one.sha256),
    )
    is_lock = not sources and all(file.is_lock for file in files)
    return pinned(wish) if is_lock else wish, places


def pinned(wish: Wish) -> WantedStack:
    """Return the named packages alone, each at the version that its requirement pins, if any."""
    hashes = dict(wish.sha256)
    packages = {}
    edges: list[Edge] = []
    for requirement in wish.requirements:
        name = canonicalize_name(requirement.name)
        exact = [s.version for s in requirement.specifier if s.operator in {"==", "==="}]
        version = parsed_version(exact[0]) if exact and "*" not in exact[0] else None
        packages[name] = WantedPackage(name, version, hashes.get(name, frozenset()))
        edges += edges_of("", [requirement])
    return WantedStack(
        wish.origin, tuple(packages.values()), tuple(edges), wish.notes, resolved=False
    )


def with_pins(found: WantedStack | Wish, pins: Mapping[str, str]) -> WantedStack | Wish:
    """Return what was found with other versions of some packages."""
    if isinstance(found, Wish):
        pinning = tuple(Requirement(f"{name}=={version}") for name, version in pins.items())
        return replace(found, constraints=(*found.constraints, *pinning))
    packages = tuple(
        replace(package, version=parsed_version(pins[package.name]), sha256=frozenset[str]())
        if package.name in pins
        else package
        for package in found.packages
    )
    return replace(found, packages=packages)


def _several(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _of_index(text: str) -> Requirement:
    requirement = requirement_of(text)
    if requirement.url:
        raise UsageError(
            f"{text} names an address, and only packages of an index are looked at.",
            cure="Name the package alone.",
        )
    return requirement


def _existing(word: str) -> Path | None:
    path = Path(word)
    try:
        # A bare word is the name of a package, even where a folder has the same name.
        is_path = path.is_file() or (path.is_dir() and ("/" in word or "\\" in word or word == "."))
    except (OSError, ValueError):
        return None
    return path if is_path else None


def _names(path: Path) -> WantedStack:
    cure = "Name a file with a package on each line."
    try:
        text = read_bounded(path, MAX_FILE, cure=cure).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.", cure=cure) from None
    names = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if word:
            names.append(canonicalize_name(requirement_of(word, f"{path}:{number}").name))
    packages = tuple(WantedPackage(name) for name in dict.fromkeys(names))
    return WantedStack(path.name, packages, resolved=False)


def _installed(host: Host, environment: Path, markers: TargetMarkers) -> WantedStack:
    """Return the packages of an environment.

    :param environment: its folder; an empty path for the active one, or winarm's own.
    :raises UsageError: it is not an environment.
    """
    from importlib.metadata import distributions  # noqa: PLC0415 - 10 ms

    folders = _site_packages(host, environment)
    found: dict[str, WantedPackage] = {}
    edges: list[Edge] = []
    for distribution in distributions(path=[str(folder) for folder in folders]):
        if not distribution.metadata["Name"]:
            continue
        name = canonicalize_name(distribution.metadata["Name"])
        if name in found:
            continue
        elsewhere = distribution.read_text("direct_url.json") or ""
        local = "a folder or a repository" if '"url"' in elsewhere else ""
        found[name] = WantedPackage(name, parsed_version(distribution.version), elsewhere=local)
        edges += edges_of(name, markers.wanted(distribution.requires or ()))
    origin = str(environment) if environment != Path() else "the active environment"
    return WantedStack.closed(origin, (found[name] for name in sorted(found)), edges)


def _site_packages(host: Host, environment: Path) -> list[Path]:
    if environment == Path():
        active = host.variable("VIRTUAL_ENV")
        environment = Path(active) if active else host.executable.parent.parent
    candidates = [environment / "Lib" / "site-packages", environment]
    candidates[:0] = sorted(environment.glob("lib/python3*/site-packages"))
    found = [path for path in candidates if path.is_dir() and any(path.glob("*.dist-info"))]
    if not found:
        raise UsageError(
            f"{environment} is not an environment: it has no site-packages.",
            cure="Name the folder of a virtual environment.",
        )
    return found[:1]
