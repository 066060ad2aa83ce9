"""What requirements and addresses mean is fetched from a real index over HTTP, and checked."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from winarm.errors import SourceError, UsageError
from winarm.project.pip_config import pip_configuration
from winarm.project.releases import fetch_address, fetch_sdist, fetch_wheels
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI, Target

from .conftest import CONTENT, SHA256

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host

    from .conftest import MakeHost, Server

ARM64 = "thing-1-cp313-cp313-win_arm64.whl"


@pytest.fixture
def host(server: Server, make_host: MakeHost, tmp_path: Path) -> Host:
    return make_host(PIP_INDEX_URL=server.url, WINARM_CACHE_DIR=str(tmp_path / "cache"))


def fetched(host: Host, requirement: str, *targets: Target) -> list[str]:
    pip = pip_configuration(host)
    wanted = targets or (WIN_ARM64,)
    paths = fetch_wheels(host, Requirement(requirement), wanted, pip, lambda _: None)
    assert all(path.read_bytes() == CONTENT for path in paths)
    return [path.name for path in paths]


@pytest.mark.parametrize(
    ("offered", "wanted"),
    [
        ([ARM64, "thing-1-cp313-cp313-win_amd64.whl", "thing-1.tar.gz"], [ARM64]),
        ([ARM64, "thing-1-cp312-cp312-win_arm64.whl"], [ARM64]),
        ([ARM64, "thing-1-cp313-cp313t-win_arm64.whl"], [ARM64]),
        (["thing-1-cp314-cp314t-win_arm64.whl"], ["thing-1-cp314-cp314t-win_arm64.whl"]),
        ([ARM64, "thing-1-cp399-cp399-win_arm64.whl"], [ARM64]),
        ([ARM64, "thing-2-cp313-cp313-win_amd64.whl"], [ARM64]),
        ([ARM64, ARM64.replace("-1-", "-1.1-")], [ARM64.replace("-1-", "-1.1-")]),
        ([ARM64, "thing-2-py3-none-any.whl"], [ARM64]),
        (["thing-1-py3-none-any.whl"], ["thing-1-py3-none-any.whl"]),
        ([ARM64, "thing-what.whl"], [ARM64]),
    ],
)
def test_the_wheel_for_the_target_and_the_newest_python_is_fetched(
    offered: list[str], wanted: list[str], server: Server, host: Host
) -> None:
    server.offer(*offered, hashes={"sha256": SHA256})

    assert fetched(host, "thing>=0") == wanted


def test_each_target_has_its_wheel(server: Server, host: Host) -> None:
    x64, x86 = (ARM64.replace("win_arm64", platform) for platform in ("win_amd64", "win32"))
    server.offer(ARM64, x64, x86, hashes={"sha256": SHA256})

    assert sorted(fetched(host, "thing==1", WIN_ARM64, WIN_AMD64, WIN32)) == sorted(
        [x86, x64, ARM64]
    )


def test_target_without_a_wheel_is_named_with_what_there_is(server: Server, host: Host) -> None:
    server.offer("thing-1-cp313-cp313-win_amd64.whl", "thing-1-cp313-cp313-macosx_11_0_arm64.whl")

    with pytest.raises(SourceError) as caught:
        fetched(host, "thing==1")

    assert (
        "no wheel of thing==1 for win_arm64. There are wheels for macosx_11_0_arm64, win_amd64"
        in (str(caught.value))
    )


def test_wheel_that_is_not_what_was_promised_is_refused(server: Server, host: Host) -> None:
    server.offer(ARM64, hashes={"sha256": "0" * 64})

    with pytest.raises(SourceError, match="its sha256 is"):
        fetched(host, "thing==1")


def test_address_with_a_hash_is_fetched_and_compared(server: Server, host: Host) -> None:
    server.offer(ARM64)
    url = f"{server.url.removesuffix('/simple')}/files/{ARM64}"
    pip = pip_configuration(host)

    path = fetch_address(host, f"{url}#sha256={SHA256}", pip, lambda _: None)

    assert (path.name, path.read_bytes()) == (ARM64, CONTENT)
    assert fetch_address(host, url, pip, lambda _: None).read_bytes() == CONTENT
    with pytest.raises(SourceError, match="its sha256 is"):
        fetch_address(host, f"{url}#sha256={'0' * 64}", pip, lambda _: None)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/a.whl",
        "file:///a.whl",
        "https://x/a.zip",
        "https://x/",
        "https://x/%2E%2E%2Fa%5C.whl",
        "https://[a/b.whl",
    ],
)
def test_address_of_anything_else_is_refused(address: str, host: Host) -> None:
    with pytest.raises(UsageError, match="not the address of a wheel"):
        fetch_address(host, address, pip_configuration(host), lambda _: None)


def fetched_sdist(host: Host, requirement: str) -> Path:
    return fetch_sdist(host, Requirement(requirement), pip_configuration(host), lambda _: None)


def test_the_newest_that_fits_is_fetched_into_the_cache(offline_host: Host, links: Path) -> None:
    for version in ("1.0", "1.1", "2.0"):
        with tarfile.open(links / f"thing-{version}.tar.gz", "w:gz"):
            pass
    (links / "thing-1.2.rpm").touch()

    found = fetched_sdist(offline_host, "thing<2")

    assert found.name == "thing-1.1.tar.gz"
    assert found.is_relative_to(offline_host.cache / "sdists")


def test_versions_that_are_there_are_named_where_none_fits(offline_host: Host, links: Path) -> None:
    with tarfile.open(links / "thing-1.0.tar.gz", "w:gz"):
        pass

    with pytest.raises(SourceError, match=r"thing>=2\. There is one for 1\.0\."):
        fetched_sdist(offline_host, "thing>=2")


def test_a_release_for_other_pythons_is_told_from_none(server: Server, make_host: MakeHost) -> None:
    server.offer("thing-1.tar.gz", **{"requires-python": ">=3.12"})
    host = make_host(PIP_INDEX_URL=server.url)
    for name, says in (("thing", r"supports Python 3\.11"), ("nothing", "no source distribution")):
        with pytest.raises(SourceError, match=says):
            fetch_sdist(
                host, Requirement(name), pip_configuration(host), lambda _: None, PythonABI(11)
            )
