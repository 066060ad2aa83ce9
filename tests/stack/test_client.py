from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from packaging.version import Version
from stack_samples import wheel

from winarm.errors import SourceError, StoppedError, UnreachableError
from winarm.stack.client import index_client
from winarm.stack.files import IndexedFile, IndexedProject
from winarm.stack.places import configured_places

if TYPE_CHECKING:
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host


def asked(host: Host, name: str, **options: bool) -> IndexedProject:
    with index_client(host, configured_places(host), **options) as client:
        return client.project(name)


def test_a_project_that_is_not_there_is_empty_and_no_problem(host: Host) -> None:
    project = asked(host, "nothing")

    assert (dict(project.releases), project.problems, project.reached) == ({}, (), True)


def test_names_are_asked_for_in_their_normalised_form(index: LocalIndex, host: Host) -> None:
    index.add("a_b-1-py3-none-any.whl")

    assert asked(host, "A.B").releases


def test_a_server_that_never_stops_refusing_is_a_problem(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    index.refusals["a"] = [(429, {"Retry-After": "0"})] * 10

    project = asked(host, "a")

    assert not project.reached
    assert "asks to slow down" in project.problems[0]


def test_a_server_that_is_down_is_a_problem(host: Host) -> None:
    down = replace(host, environ={**host.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"})

    project = asked(down, "a")

    assert not project.reached
    assert "cannot be reached" in project.problems[0]


def test_a_server_that_went_down_is_answered_from_the_cache(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    asked(host, "a")
    index.refusals["a"] = [(503, {"Retry-After": "0"})] * 10

    assert asked(host, "a", refresh=True).releases


def test_that_a_project_was_not_there_once_is_no_answer_for_a_server_that_is_down(
    index: LocalIndex, host: Host
) -> None:
    asked(host, "a")
    index.refusals["a"] = [(503, {"Retry-After": "0"})] * 10

    assert not asked(host, "a", refresh=True).reached


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        ({}, 1),
        ({"Cache-Control": "max-age=600, public"}, 1),
        ({"Cache-Control": "max-age=600, no-cache"}, 2),
        ({"Cache-Control": "no-store"}, 2),
        ({"Cache-Control": "max-age=0"}, 2),
        ({"Cache-Control": "max-age=600", "Vary": "*"}, 2),
    ],
)
def test_a_page_is_asked_for_again_when_its_index_says_so(
    index: LocalIndex, host: Host, headers: dict[str, str], asks: int
) -> None:
    index.add("a-1-py3-none-any.whl")
    index.headers = headers

    assert asked(host, "a") == asked(host, "a")

    assert len(index.asked) == asks


def test_a_page_that_has_not_changed_is_not_sent_again(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    index.headers = {"ETag": '"1"', "Cache-Control": "max-age=0"}
    first = asked(host, "a")
    index.files["a"].clear()

    assert asked(host, "a") == first
    assert asked(host, "a") == first
    index.headers["ETag"] = '"2"'
    assert not asked(host, "a").releases


def test_a_page_that_has_not_changed_is_as_fresh_as_a_new_one(
    index: LocalIndex, host: Host
) -> None:
    index.add("a-1-py3-none-any.whl")
    index.headers = {"ETag": '"1"'}
    asked(host, "a")

    # The second time it is not sent, the third time not asked for.
    assert asked(host, "a", refresh=True) == asked(host, "a")

    assert len(index.asked) == 2


def test_a_page_keeps_its_name_where_the_index_does_not_repeat_it(
    index: LocalIndex, host: Host
) -> None:
    index.add("a-1-py3-none-any.whl")
    index.headers = {"ETag": '"1"', "Cache-Control": "max-age=0"}
    first = asked(host, "a")
    index.refusals["a"] = [(304, {"Cache-Control": "max-age=0"})]
    index.files["a"].clear()

    assert asked(host, "a") == first
    assert asked(host, "a") == first


def test_a_page_of_links_is_kept_too(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    links = {**host.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"{index.simple}a/"}
    host = replace(host, environ=links)

    assert asked(host, "a") == asked(host, "a", offline=True)

    assert len(index.asked) == 1


def test_a_page_is_asked_for_again_on_demand(index: LocalIndex, host: Host) -> None:
    asked(host, "a")
    index.add("a-1-py3-none-any.whl")

    assert asked(host, "a", refresh=True).releases


def test_one_place_that_is_down_does_not_hide_another(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    both = {**host.environ, "PIP_EXTRA_INDEX_URL": "http://127.0.0.1:9/simple"}

    project = asked(replace(host, environ=both), "a")

    assert project.reached
    assert project.releases
    assert len(project.problems) == 1


def test_links_in_a_folder(host: Host, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "a-1-py3-none-any.whl").write_bytes(wheel("a-1-py3-none-any.whl"))
    (folder / "notes.txt").write_text("")
    environ = {**host.environ, "PIP_FIND_LINKS": str(folder)}

    found = asked(replace(host, environ=environ), "a").releases[Version("1")].files

    assert [file.place for file in found] == [str(folder)]


def test_an_index_in_a_folder(host: Host, tmp_path: Path) -> None:
    page = tmp_path / "simple" / "a" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="../../a-1.tar.gz">a</a>')
    url = (tmp_path / "simple").as_uri()
    local = replace(host, environ={**host.environ, "PIP_INDEX_URL": url})

    assert asked(local, "a").releases
    assert not asked(local, "b").releases


@pytest.mark.parametrize("ranges", [True, False])
def test_metadata_in_a_wheel_is_read_without_fetching_it_whole(
    index: LocalIndex, host: Host, *, ranges: bool
) -> None:
    name = "a-1-py3-none-any.whl"
    noise = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(20_000))
    index.add(name, wheel(name, requires=("b",), members={"a.py": noise}))
    index.core_metadata, index.ranges = False, ranges

    with index_client(host, configured_places(host)) as client:
        file = client.project("a").releases[Version("1")].files[0]
        text = client.metadata(file)
        index.asked.clear()
        again = client.metadata(file)

    assert "Requires-Dist: b" in text
    assert (again, index.asked) == (text, [])


@pytest.mark.parametrize("damage", ["no archive", "data", "method"])
def test_a_wheel_that_is_none_is_one_error(index: LocalIndex, host: Host, damage: str) -> None:
    content = bytearray(wheel("a-1-py3-none-any.whl"))
    name = content.index(b".dist-info/METADATA")
    match damage:
        case "no archive":
            content[:] = b"not a zip archive"
        case "data":
            content[name + 19 : name + 49] = b"\xff" * 30
        case _:
            content[content.rindex(b"PK\x01\x02", 0, content.rindex(b"METADATA")) + 10] = 99
    index.add("a-1-py3-none-any.whl", bytes(content))
    index.core_metadata = False

    with index_client(host, configured_places(host)) as client:
        file = client.project("a").releases[Version("1")].files[0]
        with pytest.raises(SourceError, match="cannot be read as a wheel"):
            client.metadata(file)


def test_a_file_is_fetched_once_and_its_checksum_compared(
    index: LocalIndex, host: Host, tmp_path: Path
) -> None:
    index.add("a-1-py3-none-any.whl")
    with index_client(host, configured_places(host)) as client:
        file = client.project("a").releases[Version("1")].files[0]
        path = client.fetch(file, tmp_path)
        index.asked.clear()

        assert client.fetch(file, tmp_path) == path
        assert index.asked == []
        path.write_bytes(b"damaged")
        assert client.fetch(file, tmp_path).read_bytes() != b"damaged"
        with pytest.raises(SourceError, match="is not what was promised"):
            client.fetch(file._replace(sha256="0" * 64), tmp_path)


def test_who_waits_for_another_process_is_stopped(
    index: LocalIndex, host: Host, tmp_path: Path
) -> None:
    index.add("a-1-py3-none-any.whl")
    with index_client(host, configured_places(host)) as client:
        file = client.project("a").releases[Version("1")].files[0]
        threading.Timer(0.3, client.stopped.set).start()
        with FileLock(tmp_path / f".{file.sha256}.lock"), pytest.raises(StoppedError):
            client.fetch(file, tmp_path)


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:9/\ud800"])
def test_an_address_that_is_none_is_one_error(
    index: LocalIndex, host: Host, tmp_path: Path, url: str
) -> None:
    index.add("a-1-py3-none-any.whl", url=url)
    with index_client(host, configured_places(host)) as client:
        file = client.project("a").releases[Version("1")].files[0]
        for has_metadata in (True, False):
            with pytest.raises(SourceError):
                client.metadata(file._replace(has_metadata=has_metadata))
        with pytest.raises(UnreachableError):
            client.fetch(file, tmp_path)
    with (
        index_client(host, configured_places(host), offline=True) as client,
        pytest.raises(UnreachableError, match="is not cached"),
    ):
        client.metadata(file._replace(has_metadata=True))


def test_a_file_that_is_gone_is_one_error(index: LocalIndex, host: Host, tmp_path: Path) -> None:
    file = IndexedFile("a-1.tar.gz", "1", f"{index.url}/files/a/a-1.tar.gz")

    with (
        index_client(host, configured_places(host)) as client,
        pytest.raises(UnreachableError, match=r"a-1\.tar\.gz cannot be fetched"),
    ):
        client.fetch(file, tmp_path)

    assert not list(tmp_path.rglob("*.gz"))
