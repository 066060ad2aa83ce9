"""The source distribution that a requirement means."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from winarm.errors import SourceError
from winarm.project.pip_config import pip_configuration
from winarm.project.sdist import fetch_sdist
from winarm.target import PythonABI

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host

    from .conftest import MakeHost, Server


def fetched(host: Host, requirement: str) -> Path:
    return fetch_sdist(host, Requirement(requirement), pip_configuration(host), lambda _: None)


def test_the_newest_that_fits_is_fetched_into_the_cache(offline_host: Host, links: Path) -> None:
    for version in ("1.0", "1.1", "2.0"):
        with tarfile.open(links / f"thing-{version}.tar.gz", "w:gz"):
            pass
    (links / "thing-1.2.rpm").touch()

    found = fetched(offline_host, "thing<2")

    assert found.name == "thing-1.1.tar.gz"
    assert found.is_relative_to(offline_host.cache / "sdists")


def test_versions_that_are_there_are_named_where_none_fits(offline_host: Host, links: Path) -> None:
    with tarfile.open(links / "thing-1.0.tar.gz", "w:gz"):
        pass

    with pytest.raises(SourceError, match=r"thing>=2\. There is one for 1\.0\."):
        fetched(offline_host, "thing>=2")


def test_a_release_for_other_pythons_is_told_from_none(server: Server, make_host: MakeHost) -> None:
    server.offer("thing-1.tar.gz", **{"requires-python": ">=3.12"})
    host = make_host(PIP_INDEX_URL=server.url)
    for name, says in (("thing", r"supports Python 3\.11"), ("nothing", "no source distribution")):
        with pytest.raises(SourceError, match=says):
            fetch_sdist(
                host, Requirement(name), pip_configuration(host), lambda _: None, PythonABI(11)
            )
