"""A file on a server, of which only the pieces are fetched that are read."""

from __future__ import annotations

import io

import httpx2

from winarm.stack.transport import NOT_KEPT

#: The size of a piece: the central directory of a typical wheel fits.
PIECE = 2**16
#: A file on a server that serves no ranges is read whole up to this size.
MAX_WHOLE = 64 * 2**20
_PARTIAL = 206


def opened(client: httpx2.Client, url: str) -> io.BufferedReader:
    """Return a file on a server for reading; fetched whole from a server that serves no ranges."""
    return io.BufferedReader(_RemoteFile(client, url), PIECE)


class _RemoteFile(io.RawIOBase):
    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url
        self._position = 0
        self._whole: bytes | None = None
        # The end of a zip archive says where everything is.
        self._tail = self._fetch(f"bytes=-{PIECE}")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        end = min(self._position + len(buffer), self._size)
        if end <= self._position:
            return 0
        if self._whole is not None:
            data = self._whole[self._position : end]
        elif self._position >= (first := self._size - len(self._tail)):
            data = self._tail[self._position - first : end - first]
        else:
            data = self._fetch(f"bytes={self._position}-{end - 1}")[: end - self._position]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _fetch(self, wanted: str) -> bytes:
        headers = {"Range": wanted, "Accept-Encoding": "identity"}
        content = bytearray()
        extensions = {NOT_KEPT: True}
        with self._client.stream(
            "GET", self._url, headers=headers, extensions=extensions
        ) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_WHOLE:
                    raise ValueError(
                        f"{self._url} is not served in ranges, and too long to be read whole"
                    )
        if response.status_code == _PARTIAL:
            self._size = int(response.headers["Content-Range"].rpartition("/")[2])
        else:
            self._whole, self._size = bytes(content), len(content)
        return bytes(content)
