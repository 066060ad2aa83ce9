"""Wheels that a requirement or an address means, fetched from the index without running them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag
from packaging.version import Version

from winarm.errors import SourceError, UsageError
from winarm.project.index import package_index
from winarm.project.index_files import IndexFile, Listing, best
from winarm.project.pip_config import PipConfiguration
from winarm.target import NEWEST_PYTHON, PythonABI, Target

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from winarm.host import Host

#: Platforms and versions that an error names.
_NAMED = 8
_HASH = re.compile(r"(?P<algorithm>sha256|sha384|sha512)=(?P<digest>[0-9a-f]{64,128})")


def fetch_wheels(
    host: Host,
    requirement: Requirement,
    targets: Sequence[Target],
    pip: PipConfiguration,
    progress: Callable[[str], None],
) -> list[Path]:
    """Return the wheels of the newest release that meets `requirement`, one for each target.

    Of the wheels for one target the one for the newest Python that winarm knows is taken. A pure
    wheel is taken where there is none for any of the targets.

    :raises UsageError: unearth is not installed.
    :raises SourceError: there is none, it cannot be fetched, or it is not what was promised.
    """
    with package_index(pip) as index:
        listing = index.files(requirement.name, "wheel")
        files = _fitting(requirement, listing.files, targets)
        if not files:
            raise _not_found(requirement, listing, targets)
        return [index.fetch(file, host.cache / "wheels", progress=progress) for file in files]


def fetch_address(
    host: Host, address: str, pip: PipConfiguration, progress: Callable[[str], None]
) -> Path:
    """Return the wheel at an address, compared with the hash in its fragment (`#sha256=…`).

    :raises UsageError: unearth is not installed, or the address is not one of a wheel.
    :raises SourceError: it cannot be fetched, or is not what was promised.
    """
    parts = urlsplit(address)
    name = unquote(parts.path.rpartition("/")[2])
    if parts.scheme not in {"https", "http"} or not name.lower().endswith(".whl") or "\\" in name:
        raise UsageError(
            f"{address} is not the address of a wheel.",
            cure="Name one that begins with https:// and ends in .whl.",
        )
    hashes = {}
    if parts.fragment:
        match = _HASH.fullmatch(parts.fragment.lower())
        if match is None:
            raise UsageError(
                f"{address}: its fragment is not a hash.", cure="Write it as #sha256=HEXADECIMAL."
            )
        hashes[match["algorithm"]] = match["digest"]
    url = parts._replace(fragment="").geturl()
    file = IndexFile(name, Version("0"), url, hashes, yanked=False)
    with package_index(pip) as index:
        return index.fetch(file, host.cache / "wheels", progress=progress)


def _fitting(
    requirement: Requirement, files: Sequence[IndexFile], targets: Sequence[Target]
) -> list[IndexFile]:
    """Return the wheels to fetch, of one version."""
    for wanted in ([target.wheel_platform for target in targets], ["any"]):
        usable = [file for file in files if not _platforms(file).isdisjoint(wanted)]
        newest = best(requirement, usable)
        if newest is None:
            continue
        release = [file for file in usable if file.version == newest.version]
        chosen = {}
        for platform in wanted:
            own = [file for file in release if platform in _platforms(file)]
            if own:
                file = max(own, key=lambda one: (_preference(one.tags), "sha256" in one.hashes))
                chosen[file.name] = file
        return list(chosen.values())
    return []


def _platforms(file: IndexFile) -> frozenset[str]:
    return frozenset(tag.platform for tag in file.tags)


def _preference(tags: frozenset[Tag]) -> tuple[int, int]:
    """Return how much a wheel is preferred: for the newest Python, with the GIL."""
    abis = [abi for tag in tags if (abi := PythonABI.parse(tag.interpreter))]
    newest = max((abi.minor for abi in abis if abi.minor <= NEWEST_PYTHON.minor), default=0)
    free_threaded = all(tag.abi.endswith("t") for tag in tags)
    return (0 if free_threaded else 1, newest)


def _not_found(
    requirement: Requirement, listing: Listing, targets: Sequence[Target]
) -> SourceError:
    if listing.unreachable:
        return listing.unreached(f"wheels of {requirement}", "download the wheel and name the file")
    platforms = " or ".join(target.wheel_platform for target in targets)
    versions = {file.version for file in listing.files}
    allowed = set(requirement.specifier.filter(versions, prereleases=True))
    there = [file for file in listing.files if file.version in allowed]
    others = sorted({platform for file in there for platform in _platforms(file)})
    has = f" There are wheels for {', '.join(others[:_NAMED])}." if others else ""
    return listing.missing(
        f"there is no wheel of {requirement} for {platforms}.{has}",
        why="The project does not publish one for this machine.",
        cure=f"winarm build '{requirement}' may make one.",
    )
