"""The packages that an environment has."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.stack.files import parsed_version
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack, edges_of

if TYPE_CHECKING:
    from winarm.host import Host


def installed_packages(host: Host, environment: Path, markers: TargetMarkers) -> WantedStack:
    """Return the packages of an environment.

    :param environment: its folder; an empty path for the active one, or winarm's own.
    :raises UsageError: it is not an environment.
    """
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
    known = [edge for edge in edges if edge.required in found]
    required = {edge.required for edge in known}
    roots = [Edge("", name) for name in sorted(found) if name not in required]
    origin = str(environment) if environment != Path() else "the active environment"
    return WantedStack(origin, tuple(found[name] for name in sorted(found)), (*known, *roots))


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
