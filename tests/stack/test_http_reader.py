"""Reading over HTTP, against a server of this process."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING

import httpx2
import pytest
from stack_samples import wheel

from winarm.errors import SourceError, StoppedError, UnreachableError
from winarm.stack.http_reader import MAX_WHOLE, NOT_FOUND, PIECE, HttpReader, refusal
from winarm.stack.places import configured_places
from winarm.stack.transport import http_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host

MOST = 2**20


@pytest.fixture
def reader(index: LocalIndex, host: Host) -> Iterator[HttpReader]:
    index.add("a-1-py3-none-any.whl")
    with http_client(host, configured_places(host)) as client:
        yield HttpReader(lambda: client, offline=False)


def test_a_server_that_asks_to_wait_is_asked_again(index: LocalIndex, reader: HttpReader) -> None:
    index.refusals["a"] = [(429, {"Retry-After": "1"}), (503, {"Retry-After": "0"})]
    began = time.monotonic()

    response, content = reader.page(f"{index.simple}a/", MOST)

    assert response.status_code == 200
    assert content
    assert time.monotonic() - began >= 1


def test_a_server_that_refuses_is_not_asked_again(index: LocalIndex, reader: HttpReader) -> None:
    index.refusals["a"] = [(403, {})] * 3

    response, _ = reader.page(f"{index.simple}a/", MOST)

    assert refusal(response).what == "refuses access (403)"
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


def test_a_download_is_stopped_in_between(
    index: LocalIndex, reader: HttpReader, tmp_path: Path
) -> None:
    index.add("big-1-py3-none-any.whl", bytes(5 * 2**20))
    seen: list[int] = []

    def progress(size: int) -> None:
        seen.append(size)
        reader.stopped.set()

    url = f"{index.url}/files/big/big-1-py3-none-any.whl"
    with pytest.raises(StoppedError):
        reader.fetch("big", url, tmp_path / "big", progress)
    assert seen == [2**20]


def test_a_file_that_is_read_whole_is_stopped_in_between(
    index: LocalIndex, reader: HttpReader
) -> None:
    index.add("a-1-py3-none-any.whl")
    index.ranges = False
    reader.stopped.set()

    with pytest.raises(StoppedError):
        reader.opened(f"{index.url}/files/a/a-1-py3-none-any.whl")


def test_offline_nothing_is_asked(index: LocalIndex, reader: HttpReader, tmp_path: Path) -> None:
    offline = HttpReader(reader._connect, offline=True)

    for ask in (
        lambda: offline.page(f"{index.simple}a/", MOST),
        lambda: offline.fetch("a.whl", f"{index.url}/files/a/a.whl", tmp_path / "a", print),
        lambda: offline.opened(f"{index.url}/files/a/a.whl"),
    ):
        with pytest.raises(UnreachableError, match="is not cached"):
            ask()

    assert index.asked == []


#: A file on a server.
URL = "https://index.example/a.whl"
#: Longer than some pieces.
CONTENT = bytes(range(256)) * (3 * PIECE // 256) + b"the end"


class PiecewiseServer:
    """Answers with pieces of a file, or with all of it."""

    def __init__(self, content: bytes, *, ranges: bool = True) -> None:
        self.content, self.ranges = content, ranges
        self.asked: list[str] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        wanted = request.headers["Range"].removeprefix("bytes=")
        self.asked.append(wanted)
        if not self.ranges:
            return httpx2.Response(200, content=self.content)
        start, _, end = wanted.partition("-")
        size = len(self.content)
        first = int(start) if start else max(0, size - int(end))
        last = min(int(end), size - 1) if start else size - 1
        headers = {"Content-Range": f"bytes {first}-{last}/{size}"}
        return httpx2.Response(206, content=self.content[first : last + 1], headers=headers)

    def opened(self) -> io.BufferedReader:
        client = httpx2.Client(transport=httpx2.MockTransport(self.answer))
        return HttpReader(lambda: client, offline=False).opened(URL)


def test_any_part_is_read_and_the_end_is_asked_for_once() -> None:
    server = PiecewiseServer(CONTENT)

    with server.opened() as file:
        file.seek(-7, 2)
        assert file.read() == b"the end"
        assert server.asked == [f"-{PIECE}"]
        file.seek(5)
        assert file.read(3) == CONTENT[5:8]
        file.seek(0)
        assert file.read() == CONTENT

    assert len(server.asked) > 1


def test_a_wheel_is_opened_by_its_end_alone() -> None:
    data = wheel("a-1-py3-none-any.whl", members={"a/large.bin": bytes(10)})
    server = PiecewiseServer(data)

    with zipfile.ZipFile(server.opened()) as archive:
        assert "a-1.dist-info/METADATA" in archive.namelist()

    assert server.asked == [f"-{PIECE}"]


def test_a_server_without_pieces_is_asked_once_for_all_of_it() -> None:
    server = PiecewiseServer(CONTENT, ranges=False)

    with server.opened() as file:
        assert file.read() == CONTENT

    assert server.asked == [f"-{PIECE}"]


def test_a_server_without_pieces_is_not_asked_for_more_than_the_limit() -> None:
    server = PiecewiseServer(bytes(MAX_WHOLE + 1), ranges=False)

    with pytest.raises(ValueError, match="not served in pieces"):
        server.opened()


def test_a_file_that_is_gone_is_an_error_of_http(index: LocalIndex, reader: HttpReader) -> None:
    with pytest.raises(httpx2.HTTPStatusError):
        reader.opened(f"{index.url}/files/a/nothing.whl")


def test_behind_the_end_is_nothing() -> None:
    with PiecewiseServer(b"abc").opened() as file:
        file.seek(10)
        assert file.read() == b""
        assert (file.seekable(), file.readable(), file.tell()) == (True, True, 10)
