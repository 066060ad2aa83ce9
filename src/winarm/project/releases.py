"""Source distributions and wheels that a requirement or an address means.

They are fetched from the package index, and none of them is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag
from packaging.version import Version

from winarm.errors import SourceError, UsageError
from winarm.project.archives import ending
from winarm.project.index import IndexFile, Listing, best, package_index
from winarm.project.pip_config import PipConfiguration
from winarm.target import NEWEST_PYTHON, PythonABI, Target

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from winarm.host import Host

#: Platforms and versions that an error names.
_NAMED = 8
_HASH = re.compile(r"(?P<algorithm>sha256|sha384|sha512)=(?P<digest>[0-9a-f]{64,128})")


def fetch_sdist(
    host: Host,
    requirement: Requirement,
    pip: PipConfiguration,
    progress: Callable[[str], None],
    python: PythonABI | None = None,
    *,
    announce: Callable[[str], None] = lambda _: None,
) -> Path:
    """Return the newest source distribution that meets `requirement`, in winarm's cache.

    :param python: only releases that say they support this Python count.
    :param announce: is called before a fetch with what is taken from where.
    :raises UsageError: unearth is not installed.
    :raises SourceError: there is none, it cannot be fetched, or it is not what was promised.
    """
    with package_index(pip) as index:
        listing = index.files(requirement.name, "sdist", python=python)
        file = _best(requirement, listing)
        if file is not None:
            place = next(answer.place for answer in listing.answers if file in answer.files)
            announce(f"{requirement.name} {file.version} comes from {place} ({file.name})")
            return index.fetch(file, host.cache / "sdists", progress=progress)
        if python is not None and not listing.unreachable:
            listing = index.files(requirement.name, "sdist")
            if (other := _best(requirement, listing)) is not None:
                raise _not_for(python, requirement, other)
        raise _no_sdist(requirement, listing)


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
            raise _no_wheel(requirement, listing, targets)
        return [index.fetch(file, host.cache / "wheels", progress=progress) for file in files]


def fetch_address(
    host: Host, address: str, pip: PipConfiguration, progress: Callable[[str], None]
) -> Path:
    """Return the wheel at an address, compared with the hash in its fragment (`#sha256=…`).

    :raises UsageError: unearth is not installed, or the address is not one of a wheel.
    :raises SourceError: it cannot be fetched, or is not what was promised.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        # The host is in brackets and is not an address of IPv6.
        parts = urlsplit("")
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


def _best(requirement: Requirement, listing: Listing) -> IndexFile | None:
    return best(requirement, (file for file in listing.files if ending(file.name)))


def _not_for(python: PythonABI, requirement: Requirement, other: IndexFile) -> SourceError:
    return SourceError(
        f"no release that meets {requirement} supports Python {python.version}.",
        why=f"{other.name} is there, and its requires-python leaves this version out.",
        cure="Choose another interpreter with --python, or another version.",
    )


def _no_sdist(requirement: Requirement, listing: Listing) -> SourceError:
    if listing.unreachable:
        otherwise = "download the source distribution elsewhere and name the file"
        return listing.unreached(f"the source of {requirement}", otherwise)
    newest = sorted({file.version for file in listing.files}, reverse=True)[:_NAMED]
    has = f" There is one for {', '.join(map(str, newest))}." if newest else ""
    return listing.missing(
        f"there is no source distribution of {requirement}.{has}",
        why="Some projects publish wheels only, or under another name.",
        cure="Check the name and the version, or clone the project and name its folder.",
    )


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


def _no_wheel(requirement: Requirement, listing: Listing, targets: Sequence[Target]) -> SourceError:
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
