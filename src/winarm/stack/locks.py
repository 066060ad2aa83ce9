"""Lock files: which packages they hold for the target.

uv.lock, pylock.toml (PEP 751), poetry.lock, pdm.lock, Pipfile.lock and pixi.lock are read as data;
the tools that wrote them are not needed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.pyproject import table
from winarm.stack.files import parsed_specifier
from winarm.stack.lock_file import LockFile, Selection, items, package, values
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack


def read_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack | None:
    """Return what a lock file holds for the target, or None for a file that is not a lock.

    :raises UsageError: it is a lock for other targets, or does not have what is selected.
    :raises FileSystemError: it cannot be read.
    """
    name = "pylock.toml" if re.fullmatch(r"pylock(\..+)?\.toml", path.name) else path.name
    if name not in _READERS:
        return None
    parse, read = _READERS[name]
    return read(LockFile.read(path, markers, parse), selection)


def _of_uv_lock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return what `uv sync --no-dev` would install on the target."""
    packages = lock.tables("package")
    lock.require_python(lock.document.get("requires-python"))
    lock.require_environment(items(lock.document, "supported-markers"))
    own = [one for one in packages if {"editable", "virtual", "directory"} & set(_uv_source(one))]
    walk = _UvWalk(lock, packages)
    for root in own:
        if _uv_source(root).get("virtual", _uv_source(root).get("editable")) is not None:
            walk.follow_root(root, selection)
    if not own:
        for one in packages:
            walk.add(one)
    for asked, kind in (
        (selection.extras, "optional-dependencies"),
        (selection.groups, "dev-dependencies"),
    ):
        lock.require_names(asked, {name for root in own for name in table(root, kind)})
    return WantedStack(lock.path.name, tuple(walk.found.values()), tuple(walk.edges.values()))


def _uv_source(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return table(entry, "source")


class _UvWalk:
    """Follows dependencies as far as their markers hold on the target."""

    def __init__(self, lock: LockFile, packages: list[Mapping[str, Any]]) -> None:
        self._lock = lock
        self._packages: dict[str, list[Mapping[str, Any]]] = {}
        for one in packages:
            self._packages.setdefault(lock.name(one), []).append(one)
        self.found: dict[tuple[str, str], WantedPackage] = {}
        self.edges: dict[tuple[str, str], Edge] = {}
        self._own: set[str] = set()
        self._seen: set[tuple[str, str, str]] = set()

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take a package without asking who requires it."""
        name = self._lock.name(entry)
        source = _uv_source(entry)
        if {"editable", "virtual"} & set(source):
            self._own.add(name)
            return
        hashes = values((*items(entry, "wheels"), table(entry, "sdist")), "hash")
        kinds = (kind for kind in ("git", "url", "path", "directory") if kind in source)
        elsewhere = next((f"{kind} {source[kind]}" for kind in kinds), "")
        key = (name, str(entry.get("version", "")))
        self.found[key] = package(name, entry, hashes, elsewhere)

    def follow_root(self, root: Mapping[str, Any], selection: Selection) -> None:
        """Take everything that a project of the workspace depends on."""
        self._own.add(self._lock.name(root))
        allowed: Mapping[str, SpecifierSet | None] = {
            canonicalize_name(str(one.get("name"))): parsed_specifier(str(one.get("specifier", "")))
            for one in items(table(root, "metadata"), "requires-dist")
            if isinstance(one, dict)
        }
        extras, groups = table(root, "optional-dependencies"), table(root, "dev-dependencies")
        wanted = [
            *items(root, "dependencies"),
            *(one for extra in selection.extras for one in items(extras, extra)),
            *(one for group in selection.groups for one in items(groups, group)),
        ]
        pending = deque(("", dependency, "", allowed) for dependency in wanted)
        while pending:
            requirer, dependency, extra, allowed = pending.popleft()
            for name, entry in self._meant(dependency, extra):
                self.add(entry)
                if name not in self._own and name != requirer:
                    edge = Edge(requirer, name, allowed.get(name))
                    self.edges.setdefault((requirer, name), edge)
                by = "" if name in self._own else name
                for inner in ("", *map(str, items(dependency, "extra"))):
                    pending += [(by, one, inner, {}) for one in self._new(name, entry, inner)]

    def _new(self, name: str, entry: Mapping[str, Any], extra: str) -> list[Any]:
        """Return what an entry, or an extra of it, depends on; nothing a second time."""
        key = (name, str(entry.get("version")), extra)
        if key in self._seen:
            return []
        self._seen.add(key)
        extras = table(entry, "optional-dependencies")
        return items(extras, extra) if extra else items(entry, "dependencies")

    def _meant(self, dependency: object, extra: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the entries that a dependency means on the target, with their name."""
        if not isinstance(dependency, dict) or not isinstance(dependency.get("name"), str):
            return
        if self._lock.holds(dependency.get("marker"), (extra,)):
            name = canonicalize_name(dependency["name"])
            for entry in self._packages.get(name, ()):
                if dependency.get("version") in (None, entry.get("version")):
                    yield name, entry


def _of_pylock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return what an installer would take from a pylock.toml (PEP 751) on the target."""
    document = lock.document
    lock.require_python(document.get("requires-python"))
    lock.require_environment(items(document, "environments"))
    lock.require_names(selection.extras, items(document, "extras"))
    lock.require_names(selection.groups, items(document, "dependency-groups"))
    chosen = {
        "extras": set(selection.extras),
        "dependency_groups": {*selection.groups, *items(document, "default-groups")},
    }
    found: list[WantedPackage] = []
    edges: list[Edge] = []
    for one in lock.tables("packages"):
        if not _holds_in_lock(one.get("marker"), lock.markers, chosen):
            continue
        name = lock.name(one)
        files = (*items(one, "wheels"), table(one, "sdist"))
        hashes = (f"sha256:{digest}" for digest in values(values(files, "hashes"), "sha256"))
        elsewhere = next((k for k in ("vcs", "directory", "archive") if k in one), "")
        found.append(package(name, one, hashes, elsewhere))
        edges += [
            Edge(name, canonicalize_name(required))
            for required in values(items(one, "dependencies"), "name")
            if isinstance(required, str)
        ]
    return lock.stack(found, edges)


def _holds_in_lock(marker: object, markers: TargetMarkers, chosen: Mapping[str, set[Any]]) -> bool:
    if not isinstance(marker, str) or not marker:
        return True
    try:
        environment: dict[str, Any] = {**markers.environment, **chosen}
        return Marker(marker).evaluate(environment, context="lock_file")
    except ValueError:
        return True


def _of_poetry_lock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return what `poetry install --only main` would install on the target."""
    packages = lock.tables("package")
    metadata, extras = table(lock.document, "metadata"), table(lock.document, "extras")
    lock.require_python(metadata.get("python-versions"))
    lock.require_names(selection.extras, extras)
    lock.require_names(selection.groups, set().union(*map(_poetry_groups, packages)))
    named = [name for extra in selection.extras for name in items(extras, extra)]
    in_extras = {canonicalize_name(name) for name in named if isinstance(name, str)}
    found: list[WantedPackage] = []
    edges: list[Edge] = []
    for one in packages:
        name, groups = lock.name(one), _poetry_groups(one)
        meant = groups & {"main", *selection.groups}
        if one.get("optional") and groups == {"main"} and name not in in_extras:
            continue
        marker = one.get("markers")
        # A table has one for each group that is under a condition.
        conditions = [marker.get(g) for g in meant] if isinstance(marker, dict) else [marker]
        if not meant or not any(lock.holds(str(c or ""), selection.extras) for c in conditions):
            continue
        # Old locks have the files of all packages in one table.
        files = (*items(one, "files"), *items(table(metadata, "files"), name))
        source = table(one, "source")
        not_index = source.get("type") in {"git", "url", "file", "directory"}
        elsewhere = source.get("url", "") if not_index else ""
        found.append(package(name, one, values(files, "hash"), elsewhere))
        for dependency, value in table(one, "dependencies").items():
            edges += _poetry_edges(name, dependency, value, lock.markers)
    return lock.stack(found, edges)


def _poetry_groups(entry: Mapping[str, Any]) -> set[str]:
    return set(map(str, items(entry, "groups"))) or {str(entry.get("category", "main"))}


def _poetry_edges(
    name: str, dependency: str, value: object, markers: TargetMarkers
) -> Iterator[Edge]:
    for one in value if isinstance(value, list) else [value]:
        entry = one if isinstance(one, dict) else {"version": one}
        if entry.get("optional") or not markers.hold(str(entry.get("markers", ""))):
            continue
        written = str(entry.get("version", "*"))
        allowed = None if written == "*" else parsed_specifier(written)
        yield Edge(name, canonicalize_name(dependency), allowed)


def _of_pdm_lock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return what `pdm sync --prod` would install on the target."""
    targets = [t for t in items(table(lock.document, "metadata"), "targets") if isinstance(t, dict)]
    pythons = [target.get("requires_python") for target in targets]
    if targets and not any(map(lock.fits_python, pythons)):
        lock.refuse_python(" or ".join(map(str, pythons)))
    platforms = [str(target.get("platform", "windows")) for target in targets]
    if targets and not any(platform.startswith("windows") for platform in platforms):
        lock.refuse_systems(platforms)
    wanted = {"default", *selection.groups, *selection.extras}
    found: dict[str, WantedPackage] = {}
    edges: list[Edge] = []
    for one in lock.tables("package"):
        name = lock.name(one)
        groups = set(map(str, items(one, "groups"))) or {"default"}
        if not groups & wanted or not lock.holds(one.get("marker"), selection.extras):
            continue
        if not lock.fits_python(one.get("requires_python")):
            continue
        elsewhere = one.get("git", one.get("url", one.get("path", "")))
        entry = package(name, one, values(items(one, "files"), "hash"), elsewhere)
        # One with extras has an entry of its own.
        known = found.get(name, entry)
        found[name] = replace(entry, sha256=entry.sha256 | known.sha256)
        edges += _edges_of_lines(name, items(one, "dependencies"), lock.markers)
    return lock.stack(found.values(), edges)


def _edges_of_lines(name: str, lines: list[Any], markers: TargetMarkers) -> Iterator[Edge]:
    for required in markers.wanted(line for line in lines if isinstance(line, str)):
        yield Edge(name, canonicalize_name(required.name), required.specifier or None)


def _of_pipfile_lock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return what `pipenv sync` would install on the target."""
    required = table(lock.document, "_meta", "requires").get("python_version")
    if isinstance(required, str) and required != lock.markers.python.version:
        lock.refuse_python(required)
    lock.require_names(selection.groups, set(lock.document) - {"_meta"})
    found: dict[str, WantedPackage] = {}
    for section in ("default", *selection.groups):
        for written, one in table(lock.document, section).items():
            if isinstance(one, dict) and lock.holds(one.get("markers")):
                name = canonicalize_name(written)
                elsewhere = one.get("git", one.get("path", one.get("file", "")))
                found[name] = package(name, one, items(one, "hashes"), elsewhere)
    return WantedStack(lock.path.name, tuple(found.values()))


def _of_pixi_lock(lock: LockFile, selection: Selection) -> WantedStack:
    """Return the packages of the index that a pixi environment has on the target.

    Packages of conda channels are not wheels, and are counted in a note.
    """
    environments = table(lock.document, "environments")
    name = (selection.groups or ("default",))[0]
    lock.require_names([name], environments)
    platforms = table(environments[name], "packages")
    platform = next((p for p in ("win-arm64", "win-64") if p in platforms), None)
    if platform is None:
        raise UsageError(
            f"{lock.path} has no packages for Windows, only for {', '.join(platforms)}.",
            cure='Add "win-arm64" or "win-64" to its platforms.',
        )
    addresses = set(map(str, values(items(platforms, platform), "pypi")))
    found: list[WantedPackage] = []
    edges: list[Edge] = []
    for one in lock.tables("packages"):
        url = str(one.get("pypi", one.get("url")))
        if url not in addresses or not isinstance(one.get("name"), str):
            continue
        plain = canonicalize_name(one["name"])
        elsewhere = "" if re.match("https?://", url) else url
        found.append(package(plain, one, [f"sha256:{one.get('sha256', '')}"], elsewhere))
        edges += _edges_of_lines(plain, items(one, "requires_dist"), lock.markers)
    conda = len(values(items(platforms, platform), "conda"))
    notes = [f"not looked at: {conda} from conda channels"] if conda else []
    if platform == "win-64":
        notes.append("the lock has no win-arm64 platform; its win-64 packages are looked at")
    return lock.stack(found, edges, notes)


def _parse_yaml(text: str) -> object:
    try:
        import yaml  # noqa: PLC0415 - an extra, and no other format needs it
    except ImportError:
        raise UsageError(
            "A pixi.lock cannot be read: PyYAML is not installed.",
            cure='pip install "winarm[stack]"',
        ) from None
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


_READERS: Mapping[
    str, tuple[Callable[[str], object], Callable[[LockFile, Selection], WantedStack]]
] = {
    "uv.lock": (tomllib.loads, _of_uv_lock),
    "pylock.toml": (tomllib.loads, _of_pylock),
    "poetry.lock": (tomllib.loads, _of_poetry_lock),
    "pdm.lock": (tomllib.loads, _of_pdm_lock),
    "Pipfile.lock": (json.loads, _of_pipfile_lock),
    "pixi.lock": (_parse_yaml, _of_pixi_lock),
}
#: Names of locks, of which the first that is in a folder counts.
LOCKS = tuple(_READERS)
