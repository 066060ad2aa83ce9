"""The source distribution that a requirement means, fetched without running any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.build.archive_members import ending
from winarm.build.index import package_index
from winarm.build.index_files import best
from winarm.errors import SourceError, bullets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packaging.requirements import Requirement

    from winarm.build.index_files import IndexFile, Listing
    from winarm.host import Host
    from winarm.target import PythonABI

#: Versions that an error names.
_NAMED_VERSIONS = 8


def fetch_sdist(
    host: Host,
    requirement: Requirement,
    progress: Callable[[str], None],
    python: PythonABI | None = None,
) -> Path:
    """Return the newest source distribution that meets `requirement`, in winarm's cache.

    :param python: only releases that say they support this Python count.
    :raises UsageError: unearth is not installed.
    :raises SourceError: there is none, it cannot be fetched, or it is not what was promised.
    """
    with package_index(host) as index:
        listing = index.files(requirement.name, "sdist", python=python)
        file = best(requirement, filter(_can_be_unpacked, listing.files))
        if file is None:
            raise _not_found(requirement, listing, python)
        return index.fetch(file, host.cache / "sdists", progress=progress)


def _can_be_unpacked(file: IndexFile) -> bool:
    return ending(file.name) is not None


def _not_found(requirement: Requirement, listing: Listing, python: PythonABI | None) -> SourceError:
    if listing.unreachable:
        return SourceError(
            f"the source of {requirement} cannot be looked for:\n{bullets(listing.looked_at)}",
            why="No package index can be reached from here.",
            cure="Check the network, the proxy and pip's index-url; or download the source "
            "distribution elsewhere and name the file.",
        )
    newest = sorted({file.version for file in listing.files}, reverse=True)[:_NAMED_VERSIONS]
    has = f" There is one for {', '.join(map(str, newest))}." if newest else ""
    looked = bullets(listing.looked_at) or "  - nothing: pip is configured with no-index"
    fitting = f" that supports Python {python.version}" if python else ""
    return SourceError(
        f"there is no source distribution of {requirement}{fitting}.{has} Looked at:\n{looked}",
        why="Some projects publish wheels only, or under another name.",
        cure="Check the name and the version, or clone the project and name its folder.",
    )
