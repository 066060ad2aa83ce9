"""Reading over HTTP, against a server of this process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from winarm.errors import SourceError, StoppedError, UnreachableError
from winarm.stack.http_reader import NOT_FOUND, HttpReader
from winarm.stack.places import configured_places
from winarm.stack.transport import http_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host

MOST = 2**20


@pytest.fixture
def reader(index: LocalIndex, host: Host, tmp_path: Path) -> Iterator[HttpReader]:
    index.add("a-1-py3-none-any.whl")
    cache = tmp_path / "cache" / "status"
    cache.mkdir(parents=True)
    with http_client(host, configured_places(host), cache, 2) as client:
        yield HttpReader(lambda: client, offline=False, refresh=False)


def test_a_server_that_asks_to_wait_is_asked_again(index: LocalIndex, reader: HttpReader) -> None:
    index.refusals["a"] = [(429, {"Retry-After": "1"}), (503, {"Retry-After": "0"})]
    began = time.monotonic()

    response, content = reader.page(f"{index.simple}a/", MOST)

    assert response.status_code == 200
    assert content
    assert time.monotonic() - began >= 1


def test_a_server_that_refuses_is_not_asked_again(index: LocalIndex, reader: HttpReader) -> None:
    index.refusals["a"] = [(403, {})] * 3

    with pytest.raises(UnreachableError, match=r"refuses access \(403\)"):
        reader.page(f"{index.simple}a/", MOST)

    assert len(index.asked) == 1


def test_a_page_that_is_not_there_is_no_error(index: LocalIndex, reader: HttpReader) -> None:
    assert reader.page(f"{index.simple}nothing/", MOST)[0].status_code == NOT_FOUND


def test_a_page_that_is_too_long_is_refused(index: LocalIndex, reader: HttpReader) -> None:
    with pytest.raises(SourceError, match="has more than 10 bytes"):
        reader.page(f"{index.simple}a/", 10)


@pytest.mark.parametrize("refusal", [(503, {}), (429, {"Retry-After": "0"}), (0, {})])
def test_a_file_is_asked_for_again_after_an_error_that_may_pass(
    index: LocalIndex, reader: HttpReader, tmp_path: Path, refusal: tuple[int, dict[str, str]]
) -> None:
    (name,) = index.files["a"]
    index.refusals["a"] = [refusal]
    seen: list[int] = []

    reader.fetch(name, f"{index.url}/files/a/{name}", tmp_path / "got", seen.append)

    assert (tmp_path / "got").read_bytes() == index.files["a"][name]
    assert seen[-1] == len(index.files["a"][name])


def test_who_waits_is_stopped(index: LocalIndex, reader: HttpReader) -> None:
    index.refusals["a"] = [(429, {"Retry-After": "30"})] * 3
    reader.stopped.set()

    with pytest.raises(StoppedError):
        reader.page(f"{index.simple}a/", MOST)

    assert len(index.asked) == 1


def test_offline_nothing_is_asked(index: LocalIndex, reader: HttpReader, tmp_path: Path) -> None:
    client = reader._client
    offline = HttpReader(lambda: client, offline=True, refresh=False)

    for ask in (
        lambda: offline.page(f"{index.simple}a/", MOST),
        lambda: offline.fetch("a.whl", f"{index.url}/files/a/a.whl", tmp_path / "a", print),
        lambda: offline.opened(f"{index.url}/files/a/a.whl"),
    ):
        with pytest.raises(UnreachableError, match="is not cached"):
            ask()

    assert index.asked == []
