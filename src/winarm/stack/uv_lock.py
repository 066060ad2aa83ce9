"""uv.lock: which packages `uv sync --no-dev` would install on the target."""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from winarm.pyproject import table
from winarm.stack.files import parsed_specifier
from winarm.stack.lock_file import LockFile, Selection, items, package, values
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack


def read_uv_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `uv sync --no-dev` would install on the target."""
    lock = LockFile.read(path, markers, tomllib.loads)
    packages = lock.tables("package")
    lock.require_python(lock.document.get("requires-python"))
    lock.require_environment(items(lock.document, "supported-markers"))
    own = [one for one in packages if {"editable", "virtual", "directory"} & set(_source(one))]
    walk = _Walk(lock, packages)
    for root in own:
        if _source(root).get("virtual", _source(root).get("editable")) is not None:
            walk.add_root(root, selection)
    if not own:
        for one in packages:
            walk.add(one)
    for asked, kind in (
        (selection.extras, "optional-dependencies"),
        (selection.groups, "dev-dependencies"),
    ):
        lock.require_names(asked, {name for root in own for name in table(root, kind)})
    return walk.stack()


def _source(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return table(entry, "source")


class _Walk:
    """Follows dependencies as far as their markers hold on the target."""

    def __init__(self, lock: LockFile, packages: list[Mapping[str, Any]]) -> None:
        self._lock = lock
        self._packages: dict[str, list[Mapping[str, Any]]] = {}
        for one in packages:
            self._packages.setdefault(lock.name(one), []).append(one)
        self._found: dict[tuple[str, str], WantedPackage] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._own: set[str] = set()
        #: Packages of which what they depend on is not followed yet, each with one of its extras.
        self._pending: deque[tuple[Mapping[str, Any], str]] = deque()
        self._seen: set[tuple[str, str, str]] = set()

    def add_root(self, root: Mapping[str, Any], selection: Selection) -> None:
        """Follow what a project of the workspace depends on."""
        self._own.add(self._lock.name(root))
        allowed: dict[str, SpecifierSet | None] = {
            canonicalize_name(str(one.get("name"))): parsed_specifier(str(one.get("specifier", "")))
            for one in items(table(root, "metadata"), "requires-dist")
            if isinstance(one, dict)
        }
        wanted = items(root, "dependencies")
        for extra in selection.extras:
            wanted = wanted + items(table(root, "optional-dependencies"), extra)
        for group in selection.groups:
            wanted = wanted + items(table(root, "dev-dependencies"), group)
        for dependency in wanted:
            self._follow("", dependency, "", allowed)
        while self._pending:
            self._go_on(*self._pending.popleft())

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take a package without asking who requires it."""
        name = self._lock.name(entry)
        source = _source(entry)
        if {"editable", "virtual"} & set(source):
            self._own.add(name)
            return
        hashes = values((*items(entry, "wheels"), table(entry, "sdist")), "hash")
        kinds = (kind for kind in ("git", "url", "path", "directory") if kind in source)
        elsewhere = next((f"{kind} {source[kind]}" for kind in kinds), "")
        key = (name, str(entry.get("version", "")))
        self._found[key] = package(name, entry, hashes, elsewhere)

    def stack(self) -> WantedStack:
        """Return what was found."""
        edges = tuple(self._edges.values())
        return WantedStack(self._lock.path.name, tuple(self._found.values()), edges)

    def _go_on(self, entry: Mapping[str, Any], extra: str) -> None:
        name = self._lock.name(entry)
        key = (name, str(entry.get("version")), extra)
        if key in self._seen:
            return
        self._seen.add(key)
        wanted = (
            items(table(entry, "optional-dependencies"), extra)
            if extra
            else items(entry, "dependencies")
        )
        for dependency in wanted:
            self._follow("" if name in self._own else name, dependency, extra, {})

    def _follow(
        self,
        requirer: str,
        dependency: object,
        extra: str,
        allowed: Mapping[str, SpecifierSet | None],
    ) -> None:
        if not isinstance(dependency, dict) or not isinstance(dependency.get("name"), str):
            return
        if not self._lock.holds(dependency.get("marker"), (extra,)):
            return
        name = canonicalize_name(dependency["name"])
        for entry in self._packages.get(name, ()):
            if "version" in dependency and entry.get("version") != dependency["version"]:
                continue
            self.add(entry)
            if name not in self._own and name != requirer:
                edge = Edge(requirer, name, allowed.get(name))
                self._edges.setdefault((requirer, name), edge)
            for wanted in ("", *map(str, items(dependency, "extra"))):
                self._pending.append((entry, wanted))
