"""Pieces of a file on a server."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import httpx2
import pytest
from stack_samples import wheel

from winarm.stack.remote_file import MAX_WHOLE, PIECE, opened

if TYPE_CHECKING:
    from collections.abc import Callable


URL = "https://index.example/a.whl"
#: Longer than some pieces.
CONTENT = bytes(range(256)) * (3 * PIECE // 256) + b"the end"


class Server:
    """Answers with ranges of a file, or with all of it."""

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

    @property
    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self.answer))


def test_any_part_is_read_and_the_end_is_asked_for_once() -> None:
    server = Server(CONTENT)

    with opened(server.client, URL) as file:
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
    server = Server(data)

    with zipfile.ZipFile(opened(server.client, URL)) as archive:
        assert "a-1.dist-info/METADATA" in archive.namelist()

    assert server.asked == [f"-{PIECE}"]


def test_a_server_without_ranges_is_asked_once_for_all_of_it() -> None:
    server = Server(CONTENT, ranges=False)

    with opened(server.client, URL) as file:
        assert file.read() == CONTENT

    assert server.asked == [f"-{PIECE}"]


def test_but_not_for_more_than_the_limit() -> None:
    server = Server(bytes(MAX_WHOLE + 1), ranges=False)

    with pytest.raises(ValueError, match="not served in ranges"):
        opened(server.client, URL)


def test_a_file_that_is_gone_is_an_error_of_http() -> None:
    def gone(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(404)

    answer: Callable[..., httpx2.Response] = gone
    with pytest.raises(httpx2.HTTPStatusError):
        opened(httpx2.Client(transport=httpx2.MockTransport(answer)), URL)


def test_behind_the_end_is_nothing() -> None:
    with opened(Server(b"abc").client, URL) as file:
        file.seek(10)
        assert file.read() == b""
        assert (file.seekable(), file.readable(), file.tell()) == (True, True, 10)
