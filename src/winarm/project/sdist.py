"""The source distribution that a requirement means, fetched without running any of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import SourceError
from winarm.project.archives import ending
from winarm.project.index import package_index
from winarm.project.index_files import IndexFile, Listing, best
from winarm.project.pip_config import PipConfiguration

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from winarm.host import Host
    from winarm.target import PythonABI

#: Versions that an error names.
_NAMED_VERSIONS = 8


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
        raise _not_found(requirement, listing)


def _best(requirement: Requirement, listing: Listing) -> IndexFile | None:
    return best(requirement, (file for file in listing.files if ending(file.name)))


def _not_for(python: PythonABI, requirement: Requirement, other: IndexFile) -> SourceError:
    message = f"no release that meets {requirement} supports Python {python.version}."
    return SourceError(
        message,
        why=f"{other.name} is there, and its requires-python leaves this version out.",
        cure="Choose another interpreter with --python, or another version.",
    )


def _not_found(requirement: Requirement, listing: Listing) -> SourceError:
    if listing.unreachable:
        otherwise = "download the source distribution elsewhere and name the file"
        return listing.unreached(f"the source of {requirement}", otherwise)
    newest = sorted({file.version for file in listing.files}, reverse=True)[:_NAMED_VERSIONS]
    has = f" There is one for {', '.join(map(str, newest))}." if newest else ""
    return listing.missing(
        f"there is no source distribution of {requirement}.{has}",
        why="Some projects publish wheels only, or under another name.",
        cure="Check the name and the version, or clone the project and name its folder.",
    )
