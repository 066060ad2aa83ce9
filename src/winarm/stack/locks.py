"""Lock files: which packages they hold for the target.

uv.lock, pylock.toml (PEP 751), poetry.lock, pdm.lock, Pipfile.lock and pixi.lock are read as data;
the tools that wrote them are not needed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from winarm.errors import FileSystemError, UsageError
from winarm.stack.files import parsed_specifier, parsed_version
from winarm.stack.wanted import Edge, WantedPackage, WantedStack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from packaging.specifiers import SpecifierSet

    from winarm.stack.wanted import TargetMarkers

#: A lock of more bytes is not read; those of large workspaces have some 10 MB.
MAX_LOCK = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Selection:
    """Which parts of a project are meant."""

    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def lock_reader(path: Path) -> Callable[[Path, TargetMarkers, Selection], WantedStack] | None:
    """Return what reads a lock file of this name, or None for a file that is no lock."""
    if re.fullmatch(r"pylock(\..+)?\.toml", path.name):
        return read_pylock
    return _READERS.get(path.name)


def read_uv_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `uv sync --no-dev` would install on the target."""
    document = _toml(path)
    packages = _tables(document, "package", path)
    _require_python(document.get("requires-python"), markers, path)
    _require_environment(_list(document, "supported-markers"), markers, path)
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for package in packages:
        by_name.setdefault(_name(package, path), []).append(package)
    own = [p for p in packages if {"editable", "virtual", "directory"} & set(_dict(p, "source"))]
    walk = _UvWalk(by_name, markers)
    for root in own:
        if _dict(root, "source").get("virtual", _dict(root, "source").get("editable")) is not None:
            walk.add_root(root, selection)
    if not own:
        for package in packages:
            walk.add(package)
    _require_names(
        selection.extras, {e for r in own for e in _dict(r, "optional-dependencies")}, path
    )
    _require_names(selection.groups, {g for r in own for g in _dict(r, "dev-dependencies")}, path)
    return walk.stack(path.name)


class _UvWalk:
    """Follows the dependencies of uv.lock as far as their markers hold on the target."""

    def __init__(
        self, packages: Mapping[str, list[Mapping[str, Any]]], markers: TargetMarkers
    ) -> None:
        self._packages = packages
        self._markers = markers
        self._found: dict[tuple[str, str], WantedPackage] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._own: set[str] = set()
        self._pending: deque[tuple[Mapping[str, Any], str, tuple[str, ...]]] = deque()
        self._seen: set[tuple[str, str, str]] = set()

    def add_root(self, root: Mapping[str, Any], selection: Selection) -> None:
        """Follow what a project of the workspace depends on."""
        self._own.add(canonicalize_name(str(root["name"])))
        allowed: dict[str, SpecifierSet | None] = {
            canonicalize_name(str(one.get("name"))): parsed_specifier(str(one.get("specifier", "")))
            for one in _dict(root, "metadata").get("requires-dist", ())
            if isinstance(one, dict)
        }
        wanted = [*_list(root, "dependencies")]
        for extra in selection.extras:
            wanted += _list(_dict(root, "optional-dependencies"), extra)
        for group in selection.groups:
            wanted += _list(_dict(root, "dev-dependencies"), group)
        for dependency in wanted:
            self._follow("", dependency, (), allowed)
        self._run()

    def add(self, package: Mapping[str, Any]) -> None:
        """Take a package without asking who requires it."""
        self._take(package)

    def stack(self, origin: str) -> WantedStack:
        """Return what was found."""
        return WantedStack(origin, tuple(self._found.values()), tuple(self._edges.values()))

    def _run(self) -> None:
        while self._pending:
            package, extra, _ = self._pending.popleft()
            name = canonicalize_name(str(package["name"]))
            key = (name, str(package.get("version")), extra)
            if key in self._seen:
                continue
            self._seen.add(key)
            table = _dict(package, "optional-dependencies") if extra else package
            for dependency in _list(table, extra or "dependencies"):
                self._follow("" if name in self._own else name, dependency, (extra,), {})

    def _follow(
        self,
        requirer: str,
        dependency: object,
        extras: tuple[str, ...],
        allowed: Mapping[str, SpecifierSet | None],
    ) -> None:
        if not isinstance(dependency, dict) or not isinstance(dependency.get("name"), str):
            return
        if not self._markers.hold(dependency.get("marker"), extras):
            return
        name = canonicalize_name(dependency["name"])
        for package in self._packages.get(name, ()):
            if "version" in dependency and package.get("version") != dependency["version"]:
                continue
            self._take(package)
            if name not in self._own and name != requirer:
                edge = Edge(requirer, name, allowed.get(name))
                self._edges.setdefault((requirer, name), edge)
            for extra in ("", *map(str, _list(dependency, "extra"))):
                self._pending.append((package, extra, ()))

    def _take(self, package: Mapping[str, Any]) -> None:
        name = canonicalize_name(str(package["name"]))
        source = _dict(package, "source")
        if {"editable", "virtual"} & set(source):
            self._own.add(name)
            return
        version = str(package.get("version", ""))
        files = [*_list(package, "wheels"), _dict(package, "sdist")]
        elsewhere = next(
            (f"{k} {source[k]}" for k in ("git", "url", "path", "directory") if k in source), ""
        )
        self._found[name, version] = WantedPackage(
            name, parsed_version(version), _hashes(files, "hash"), elsewhere
        )


def read_pylock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what an installer would take from a pylock.toml (PEP 751) on the target."""
    document = _toml(path)
    packages = _tables(document, "packages", path)
    _require_python(document.get("requires-python"), markers, path)
    _require_environment(_list(document, "environments"), markers, path)
    _require_names(selection.extras, set(_list(document, "extras")), path)
    _require_names(selection.groups, set(_list(document, "dependency-groups")), path)
    chosen = {
        "extras": set(selection.extras),
        "dependency_groups": {*selection.groups, *_list(document, "default-groups")},
    }
    found: list[WantedPackage] = []
    edges: list[Edge] = []
    for package in packages:
        if not _holds_in_lock(package.get("marker"), markers, chosen):
            continue
        name = _name(package, path)
        files = [*_list(package, "wheels"), _dict(package, "sdist")]
        elsewhere = next((k for k in ("vcs", "directory", "archive") if k in package), "")
        version = parsed_version(str(package.get("version", "")))
        digests = {str(_dict(f, "hashes").get("sha256", "")) for f in files if isinstance(f, dict)}
        found.append(WantedPackage(name, version, frozenset(digests - {""}), elsewhere))
        edges += [
            Edge(name, canonicalize_name(one["name"]))
            for one in _list(package, "dependencies")
            if isinstance(one, dict) and isinstance(one.get("name"), str)
        ]
    return WantedStack(path.name, tuple(found), _rooted(found, edges))


def read_poetry_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `poetry install --only main` would install on the target."""
    document = _toml(path)
    packages = _tables(document, "package", path)
    metadata = _dict(document, "metadata")
    _require_python(metadata.get("python-versions"), markers, path)
    wanted = {"main", *selection.groups}
    extras = {
        canonicalize_name(n)
        for e in selection.extras
        for n in _list(_dict(document, "extras"), e)
        if isinstance(n, str)
    }
    _require_names(selection.extras, set(_dict(document, "extras")), path)
    known = {str(g) for p in packages for g in _list(p, "groups") or [p.get("category", "main")]}
    _require_names(selection.groups, known, path)
    old_files = _dict(metadata, "files")
    found: list[WantedPackage] = []
    edges: list[Edge] = []
    for package in packages:
        name = _name(package, path)
        groups = set(map(str, _list(package, "groups"))) or {str(package.get("category", "main"))}
        marker = package.get("markers")
        # A table has one for each group that is under a condition.
        conditions = (
            [marker.get(group) for group in groups & wanted]
            if isinstance(marker, dict)
            else [marker]
        )
        if not groups & wanted or not any(
            markers.hold(str(c or ""), selection.extras) for c in conditions
        ):
            continue
        if package.get("optional") and groups == {"main"} and canonicalize_name(name) not in extras:
            continue
        files = [*_list(package, "files"), *_list(old_files, name)]
        version = parsed_version(str(package.get("version", "")))
        source = _dict(package, "source")
        elsewhere = (
            str(source.get("url", ""))
            if str(source.get("type")) in {"git", "url", "file", "directory"}
            else ""
        )
        found.append(WantedPackage(name, version, _hashes(files, "hash"), elsewhere))
        for dependency, value in _dict(package, "dependencies").items():
            edges += _poetry_edges(name, dependency, value, markers)
    return _closed(path.name, found, edges)


def _poetry_edges(
    name: str, dependency: str, value: object, markers: TargetMarkers
) -> Iterator[Edge]:
    for one in value if isinstance(value, list) else [value]:
        table = one if isinstance(one, dict) else {"version": one}
        if table.get("optional") or not markers.hold(str(table.get("markers", ""))):
            continue
        written = str(table.get("version", "*"))
        allowed = None if written == "*" else parsed_specifier(written)
        yield Edge(name, canonicalize_name(dependency), allowed)


def read_pdm_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `pdm sync --prod` would install on the target."""
    document = _toml(path)
    packages = _tables(document, "package", path)
    metadata = _dict(document, "metadata")
    targets = [target for target in _list(metadata, "targets") if isinstance(target, dict)]
    pythons = [target.get("requires_python") for target in targets]
    if targets and not any(_python_fits(python, markers) for python in pythons):
        _other_python(path, " or ".join(map(str, pythons)), markers)
    platforms = [str(target.get("platform", "windows")) for target in targets]
    if targets and not any(platform.startswith("windows") for platform in platforms):
        _not_for_windows(path, platforms)
    wanted = {"default", *selection.groups, *selection.extras}
    found: dict[str, WantedPackage] = {}
    edges = []
    for package in packages:
        name = _name(package, path)
        groups = set(map(str, _list(package, "groups"))) or {"default"}
        if not groups & wanted or not markers.hold(package.get("marker"), selection.extras):
            continue
        if not _python_fits(package.get("requires_python"), markers):
            continue
        version = parsed_version(str(package.get("version", "")))
        elsewhere = str(package.get("git", package.get("url", package.get("path", ""))))
        # One with extras has an entry of its own.
        hashes = _hashes(_list(package, "files"), "hash")
        hashes |= found[name].sha256 if name in found else frozenset()
        found[name] = WantedPackage(name, version, hashes, elsewhere)
        lines = [one for one in _list(package, "dependencies") if isinstance(one, str)]
        edges += [
            Edge(name, canonicalize_name(r.name), r.specifier or None)
            for r in markers.wanted(lines)
        ]
    return _closed(path.name, list(found.values()), edges)


def read_pipfile_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return what `pipenv sync` would install on the target."""
    document = _parsed(path, json.loads)
    required = _dict(_dict(document, "_meta"), "requires").get("python_version")
    if isinstance(required, str) and required != markers.python.version:
        _other_python(path, required, markers)
    found: dict[str, WantedPackage] = {}
    for section in ("default", *selection.groups):
        if section not in document:
            _unknown_name(section, [n for n in document if n != "_meta"], path)
        for name, entry in _dict(document, section).items():
            if not isinstance(entry, dict) or not markers.hold(entry.get("markers")):
                continue
            version = parsed_version(str(entry.get("version", "")).removeprefix("=="))
            hashes = [{"hash": one} for one in _list(entry, "hashes")]
            elsewhere = str(entry.get("git", entry.get("path", entry.get("file", ""))))
            plain = canonicalize_name(name)
            found[plain] = WantedPackage(plain, version, _hashes(hashes, "hash"), elsewhere)
    return WantedStack(path.name, tuple(found.values()))


def read_pixi_lock(path: Path, markers: TargetMarkers, selection: Selection) -> WantedStack:
    """Return the packages of the index that a pixi environment has on the target.

    Packages of conda channels are not wheels, and are counted in a note.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra, and no other format needs it
    except ImportError:
        message = f"{path} cannot be read: PyYAML is not installed."
        raise UsageError(message, cure='pip install "winarm[stack]"') from None

    def load(text: str) -> object:
        try:
            return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
        except yaml.YAMLError as error:
            raise ValueError(" ".join(str(error).split())) from None

    document = _parsed(path, load)
    environments = _dict(document, "environments")
    name = (selection.groups or ("default",))[0]
    if name not in environments:
        _unknown_name(name, list(environments), path)
    platforms = _dict(environments[name], "packages")
    platform = next((p for p in ("win-arm64", "win-64") if p in platforms), None)
    if platform is None:
        message = f"{path} has no packages for Windows, only for {', '.join(platforms)}."
        raise UsageError(message, cure='Add "win-arm64" or "win-64" to its platforms.')
    entries = [one for one in _list(platforms, platform) if isinstance(one, dict)]
    urls = {one["pypi"] for one in entries if isinstance(one.get("pypi"), str)}
    conda = sum("conda" in one for one in entries)
    found, edges = [], []
    for package in _tables(document, "packages", path):
        url = package.get("pypi", package.get("url"))
        if url not in urls or not isinstance(package.get("name"), str):
            continue
        plain = canonicalize_name(package["name"])
        version = parsed_version(str(package.get("version", "")))
        digest = str(package.get("sha256", ""))
        elsewhere = "" if re.match("https?://", str(url)) else str(url)
        found.append(WantedPackage(plain, version, frozenset({digest} - {""}), elsewhere))
        lines = [one for one in _list(package, "requires_dist") if isinstance(one, str)]
        edges += [
            Edge(plain, canonicalize_name(r.name), r.specifier) for r in markers.wanted(lines)
        ]
    notes = [f"not looked at: {conda} from conda channels"] if conda else []
    if platform == "win-64":
        notes.append("the lock has no win-arm64 platform; its win-64 packages are looked at")
    stack = _closed(path.name, found, edges)
    return WantedStack(stack.origin, stack.packages, stack.edges, tuple(notes))


_READERS = {
    "uv.lock": read_uv_lock,
    "poetry.lock": read_poetry_lock,
    "pdm.lock": read_pdm_lock,
    "Pipfile.lock": read_pipfile_lock,
    "pixi.lock": read_pixi_lock,
}


def _closed(origin: str, found: list[WantedPackage], edges: Iterable[Edge]) -> WantedStack:
    return WantedStack(origin, tuple(found), _rooted(found, edges))


def _rooted(found: Iterable[WantedPackage], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Return the edges between packages that were found; what nobody requires, the user does."""
    names = {package.name for package in found}
    inner = [e for e in edges if {e.required, e.requirer} <= names and e.required != e.requirer]
    required = {edge.required for edge in inner}
    return (*inner, *(Edge("", name) for name in sorted(names - required)))


def _holds_in_lock(marker: object, markers: TargetMarkers, chosen: Mapping[str, set[Any]]) -> bool:
    from packaging.markers import Marker  # noqa: PLC0415

    if not isinstance(marker, str) or not marker:
        return True
    try:
        environment: dict[str, Any] = {**markers.environment, **chosen}
        return Marker(marker).evaluate(environment, context="lock_file")
    except ValueError:
        return True


def _hashes(files: Iterable[object], key: str) -> frozenset[str]:
    texts = [str(file.get(key, "")) for file in files if isinstance(file, dict)]
    return frozenset(t.removeprefix("sha256:") for t in texts if t.startswith("sha256:"))


def _require_python(requires: object, markers: TargetMarkers, path: Path) -> None:
    if not _python_fits(requires, markers):
        _other_python(path, str(requires), markers)


def _require_environment(supported: Sequence[object], markers: TargetMarkers, path: Path) -> None:
    if supported and not any(markers.hold(str(one)) for one in supported):
        _not_for_windows(path, map(str, supported))


def _not_for_windows(path: Path, others: Iterable[str]) -> NoReturn:
    message = f"{path} is a lock for {' or '.join(others)}, and not for Windows."
    raise UsageError(message, cure="Add Windows to what it is for, and lock again.")


def _python_fits(requires: object, markers: TargetMarkers) -> bool:
    specifier = parsed_specifier(requires) if isinstance(requires, str) else None
    # A late patch release: `>=3.11.4` allows 3.11.
    return specifier is None or specifier.contains(f"{markers.python.version}.99", prereleases=True)


def _other_python(path: Path, required: str, markers: TargetMarkers) -> NoReturn:
    message = f"{path} is a lock for Python {required}, and not for {markers.python.version}."
    raise UsageError(message, cure="Choose another one with --python.")


def _require_names(asked: Iterable[str], known: set[str], path: Path) -> None:
    for name in asked:
        if name not in known:
            _unknown_name(name, sorted(known), path)


def _unknown_name(name: str, known: Iterable[str], path: Path) -> NoReturn:
    there = ", ".join(known) or "none"
    message = f"{path} has no extra, group or environment {name!r}; there are: {there}."
    raise UsageError(message, cure="Check the name.")


def _toml(path: Path) -> Mapping[str, Any]:
    return _parsed(path, tomllib.loads)


def _parsed(path: Path, parse: Callable[[str], object]) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_LOCK:
            message = f"{path} has more than {MAX_LOCK} bytes."
            raise UsageError(message, cure="Name a lock file.")
        document = parse(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise FileSystemError(path, error, cure="Make it readable.") from error
    except (ValueError, RecursionError) as error:
        message = f"{path} cannot be read: {error}."
        raise UsageError(
            message, cure="Write the lock again with the tool that made it."
        ) from error
    if not isinstance(document, dict):
        message = f"{path} is not a lock file."
        raise UsageError(message, cure="Write the lock again with the tool that made it.")
    return document


def _tables(document: Mapping[str, Any], key: str, path: Path) -> list[Mapping[str, Any]]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        message = f"{path} is not a lock file: {key!r} is not a list of tables."
        raise UsageError(message, cure="Write the lock again with the tool that made it.")
    return value


def _name(package: Mapping[str, Any], path: Path) -> str:
    name = package.get("name")
    try:
        if isinstance(name, str):
            return canonicalize_name(Requirement(name).name)
    except InvalidRequirement:
        pass
    message = f"{path} has a package without a valid name: {name!r}."
    raise UsageError(message, cure="Write the lock again with the tool that made it.")


def _dict(table: object, key: str) -> Mapping[str, Any]:
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}


def _list(table: object, key: str) -> list[Any]:
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, list) else []
