"""Lock files: which packages they hold for the target.

uv.lock, pylock.toml (PEP 751), poetry.lock, pdm.lock, Pipfile.lock and pixi.lock are read as data;
the tools that wrote them are not needed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.pyproject import table
from winarm.stack.files import parsed_specifier
from winarm.stack.lock_file import LockFile, Selection, items, package, values
from winarm.stack.uv_lock import read_uv_lock
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack


def lock_reader(path: Path) -> Callable[[Path, TargetMarkers, Selection], WantedStack] | None:
    """Return what reads a lock file of this name, or None for a file that is no lock."""
    if re.fullmatch(r"pylock(\..+)?\.toml", path.name):
        return read_pylock
    return _READERS.get(path.name)


def read_pylock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what an installer would take from a pylock.toml (PEP 751) on the target."""
    lock = LockFile.read(path, markers, tomllib.loads)
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
        if not _holds_in_lock(one.get("marker"), markers, chosen):
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


def read_poetry_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `poetry install --only main` would install on the target."""
    lock = LockFile.read(path, markers, tomllib.loads)
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
            edges += _poetry_edges(name, dependency, value, markers)
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


def read_pdm_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `pdm sync --prod` would install on the target."""
    lock = LockFile.read(path, markers, tomllib.loads)
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
        edges += _edges_of_lines(name, items(one, "dependencies"), markers)
    return lock.stack(found.values(), edges)


def _edges_of_lines(name: str, lines: list[Any], markers: TargetMarkers) -> Iterator[Edge]:
    for required in markers.wanted(line for line in lines if isinstance(line, str)):
        yield Edge(name, canonicalize_name(required.name), required.specifier or None)


def read_pipfile_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `pipenv sync` would install on the target."""
    lock = LockFile.read(path, markers, json.loads)
    required = table(lock.document, "_meta", "requires").get("python_version")
    if isinstance(required, str) and required != markers.python.version:
        lock.refuse_python(required)
    lock.require_names(selection.groups, set(lock.document) - {"_meta"})
    found: dict[str, WantedPackage] = {}
    for section in ("default", *selection.groups):
        for written, one in table(lock.document, section).items():
            if isinstance(one, dict) and lock.holds(one.get("markers")):
                name = canonicalize_name(written)
                elsewhere = one.get("git", one.get("path", one.get("file", "")))
                found[name] = package(name, one, items(one, "hashes"), elsewhere)
    return WantedStack(path.name, tuple(found.values()))


def read_pixi_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return the packages of the index that a pixi environment has on the target.

    Packages of conda channels are not wheels, and are counted in a note.
    """
    lock = LockFile.read(path, markers, _parse_yaml)
    environments = table(lock.document, "environments")
    name = (selection.groups or ("default",))[0]
    lock.require_names([name], environments)
    platforms = table(environments[name], "packages")
    platform = next((p for p in ("win-arm64", "win-64") if p in platforms), None)
    if platform is None:
        raise UsageError(
            f"{path} has no packages for Windows, only for {', '.join(platforms)}.",
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
        edges += _edges_of_lines(plain, items(one, "requires_dist"), markers)
    conda = len(values(items(platforms, platform), "conda"))
    notes = [f"not looked at: {conda} from conda channels"] if conda else []
    if platform == "win-64":
        notes.append("the lock has no win-arm64 platform; its win-64 packages are looked at")
    return replace(lock.stack(found, edges), notes=tuple(notes))


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


_READERS = {
    "uv.lock": read_uv_lock,
    "poetry.lock": read_poetry_lock,
    "pdm.lock": read_pdm_lock,
    "Pipfile.lock": read_pipfile_lock,
    "pixi.lock": read_pixi_lock,
}
