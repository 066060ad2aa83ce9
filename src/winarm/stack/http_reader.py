"""Reading over HTTP: pages, files and pieces of files; patient with servers, and bounded."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from winarm.errors import SourceError, StoppedError, UnreachableError
from winarm.project.pip_config import redacted

if TYPE_CHECKING:
    import httpx2

#: Requests at once: what index operators accept from one client.
AT_ONCE = 32
#: Longest file that is fetched.
MAX_DOWNLOAD = 4 * 2**30
#: Attempts for an answer that asks to come back later, and the longest wait for one in seconds.
ATTEMPTS = 4
LONGEST_WAIT = 30.0
#: The size of a piece of a file: the central directory of a typical wheel fits.
PIECE = 2**16
#: A file on a server that serves no pieces is read whole up to this size.
MAX_WHOLE = 64 * 2**20
NOT_MODIFIED, NOT_FOUND = 304, 404
_PARTIAL, _TOO_MANY = 206, 429
_TEMPORARY = frozenset((_TOO_MANY, 500, 502, 503, 504))
_T = TypeVar("_T")


class HttpReader:
    """Reads pages and files; connects when something is read first.

    :param connect: returns the client, which stays the caller's.
    :param offline: ask nothing.
    """

    def __init__(self, connect: Callable[[], httpx2.Client], *, offline: bool) -> None:
        self._connect = connect
        self.offline = offline
        self._http: httpx2.Client | None = None
        self._connecting = threading.Lock()
        #: Once it is set, no server is waited for, and nothing more is read: StoppedError.
        self.stopped = threading.Event()

    def page(
        self, url: str, most: int, headers: Mapping[str, str] | None = None
    ) -> tuple[httpx2.Response, bytes]:
        """Return the answer to a request, a refusal too, with its content.

        :param most: bytes that it may have.
        :raises UnreachableError: there is no answer, or the server asks to come back later.
        :raises SourceError: it is longer.
        """
        client = self._client(url)
        import httpx2  # noqa: PLC0415 - 80 ms, and many runs are answered from the cache

        def attempt() -> tuple[httpx2.Response, bytes]:
            too_long = SourceError(f"{redacted(url)} has more than {most} bytes.")
            with client.stream("GET", url, headers=headers) as response:
                content = _content(response, most, self.raise_if_stopped, too_long)
            if response.status_code in _TEMPORARY:
                response.raise_for_status()
            return response, content

        try:
            return self._patiently(attempt)
        except httpx2.HTTPStatusError as error:
            raise refusal(error.response) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            # A malformed address, which an index may name, raises the last two.
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            raise UnreachableError(f"cannot be reached ({reason})") from error

    def fetch(self, name: str, url: str, to: Path, progress: Callable[[int], None]) -> None:
        """Write the file `name` of at most `MAX_DOWNLOAD` bytes to `to`.

        :param progress: called with the number of bytes so far.
        :raises UnreachableError: it cannot be fetched, or the network is not to be asked.
        """
        client = self._client(name)
        import httpx2  # noqa: PLC0415 - as in page

        # The file itself, and not what a server makes of it on its way.
        headers = {"Accept-Encoding": "identity"}

        def attempt() -> None:
            size = 0
            with client.stream("GET", url, headers=headers) as response, to.open("wb") as output:
                response.raise_for_status()
                for chunk in response.iter_bytes(2**20):
                    self.raise_if_stopped()
                    size += len(chunk)
                    if size > MAX_DOWNLOAD:
                        raise SourceError(f"{name} is longer than {MAX_DOWNLOAD} bytes.")
                    output.write(chunk)
                    progress(size)

        try:
            self._patiently(attempt)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise UnreachableError(
                f"{name} cannot be fetched: {error}", cure="Try again; check the network."
            ) from error

    def opened(self, url: str) -> io.BufferedReader:
        """Open a file of which only the pieces are fetched that are read.

        :raises UnreachableError: the network is not to be asked.
        :raises HTTPError: a piece cannot be fetched; later reads raise it, too.
        """
        return io.BufferedReader(_RemoteFile(self._client(url), url, self.raise_if_stopped), PIECE)

    def raise_if_stopped(self) -> None:
        """Raise StoppedError once `stopped` is set."""
        if self.stopped.is_set():
            raise StoppedError

    def _client(self, wanted: str) -> httpx2.Client:
        if self.offline:
            raise UnreachableError(f"{redacted(wanted)} is not cached.")
        with self._connecting:
            if self._http is None:
                self._http = self._connect()
            return self._http

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        """Return what `attempt` returns, made again after an error that may pass.

        :raises HTTPError: of the last attempt.
        :raises StoppedError: the client was stopped meanwhile.
        """
        import httpx2  # noqa: PLC0415 - as in page

        for number in range(1, ATTEMPTS):
            try:
                return attempt()
            except (httpx2.ConnectError, httpx2.TimeoutException, httpx2.UnsupportedProtocol):
                raise
            except httpx2.HTTPStatusError as error:
                if error.response.status_code not in _TEMPORARY:
                    raise
                wait = _wait(error.response.headers.get("Retry-After", ""), number)
            except httpx2.HTTPError:
                wait = _wait("", number)
            self.stopped.wait(wait)
            self.raise_if_stopped()
        return attempt()


def refusal(response: httpx2.Response) -> UnreachableError:
    """Return the error for an answer that is of no use."""
    known = {
        401: "asks for credentials (401)",
        403: "refuses access (403)",
        _TOO_MANY: "asks to slow down, again and again (429)",
    }
    status = response.status_code
    return UnreachableError(known.get(status, f"answers with status {status}"))


def _wait(retry_after: str, attempt: int) -> float:
    """Return the seconds to wait: what the server asks for, with a bound."""
    asked = float(retry_after) if retry_after.strip().isdecimal() else 0.5 * 2**attempt
    return min(asked, LONGEST_WAIT)


def _content(
    response: httpx2.Response, most: int, check: Callable[[], None], too_long: Exception
) -> bytes:
    """Return the content of an answer, calling `check` for each piece.

    :raises Exception: `too_long`, where it has more than `most` bytes.
    """
    content = bytearray()
    for chunk in response.iter_bytes():
        check()
        content += chunk
        if len(content) > most:
            raise too_long
    return bytes(content)


class _RemoteFile(io.RawIOBase):
    """A file on a server, in pieces; fetched whole from a server that serves none."""

    def __init__(self, client: httpx2.Client, url: str, check: Callable[[], None]) -> None:
        self._client = client
        self._url = url
        self._check = check
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
        too_long = ValueError(f"{self._url} is not served in pieces, and too long to be read whole")
        with self._client.stream("GET", self._url, headers=headers) as response:
            response.raise_for_status()
            content = _content(response, MAX_WHOLE, self._check, too_long)
        if response.status_code == _PARTIAL:
            self._size = int(response.headers.get("Content-Range", "").rpartition("/")[2])
        else:
            self._whole, self._size = content, len(content)
        return content
