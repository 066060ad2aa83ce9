"""Reading over HTTP: patient with servers, with a cache on disk, and bounded."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from winarm.errors import SourceError, StoppedError, UnreachableError

if TYPE_CHECKING:
    import httpx2
    from hishel.httpx2 import CacheConfig

#: Longest file that is fetched.
MAX_DOWNLOAD = 4 * 2**30
#: Attempts for an answer that asks to come back later, and the longest wait for one in seconds.
ATTEMPTS = 4
LONGEST_WAIT = 30.0
NOT_FOUND = 404
_TOO_MANY = 429
_T = TypeVar("_T")
_TEMPORARY = frozenset((_TOO_MANY, 500, 502, 503, 504))


class HttpReader:
    """Reads pages and files; connects when something is read first.

    :param offline: answer from the cache only.
    :param refresh: ask again what the cache still has.
    """

    def __init__(
        self, connect: Callable[[], httpx2.Client], *, offline: bool, refresh: bool
    ) -> None:
        self._connect = connect
        self._offline = offline
        self._refresh = refresh
        self._http: httpx2.Client | None = None
        self._connecting = threading.Lock()
        #: Once it is set, no server is waited for: who waits gets StoppedError.
        self.stopped = threading.Event()

    @property
    def _client(self) -> httpx2.Client:
        with self._connecting:
            if self._http is None:
                self._http = self._connect()
            return self._http

    def page(
        self, url: str, most: int, headers: Mapping[str, str] | None = None
    ) -> tuple[httpx2.Response, bytes]:
        """Return a page with its content, from the cache where the network has no answer.

        A page that is not there has the status `NOT_FOUND`.

        :param most: bytes that it may have.
        :raises UnreachableError: there is no answer, or one that is of no use.
        :raises SourceError: it is longer.
        """
        import httpx2  # noqa: PLC0415 - as in fetch

        if self._offline:
            return self._cached(url, most, headers, UnreachableError(f"{url} is not cached."))
        sent = {**(headers or {}), **({"Cache-Control": "no-cache"} if self._refresh else {})}

        def attempt() -> tuple[httpx2.Response, bytes]:
            response, content = self._request(url, most, sent)
            if response.status_code != NOT_FOUND:
                response.raise_for_status()
            return response, content

        try:
            return self._patiently(attempt)
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            failure = UnreachableError(_refusal(status))
            if status not in _TEMPORARY:
                raise failure from error
        except httpx2.HTTPError as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            failure = UnreachableError(f"cannot be reached ({reason})")
        return self._cached(url, most, headers, failure)

    def fetch(self, name: str, url: str, to: Path, progress: Callable[[int], None]) -> None:
        """Write the file `name` of at most `MAX_DOWNLOAD` bytes to `to`.

        :param progress: called with the number of bytes so far.
        :raises UnreachableError: it cannot be fetched, or is not cached.
        """
        self._require_network(name)
        import httpx2  # noqa: PLC0415 - 150 ms, and many runs are answered from the cache

        from winarm.stack.transport import NOT_KEPT  # noqa: PLC0415

        # The file itself, and not what a server makes of it on its way.
        headers, kept = {"Accept-Encoding": "identity"}, {NOT_KEPT: True}

        def attempt() -> None:
            size = 0
            with (
                self._client.stream("GET", url, headers=headers, extensions=kept) as response,
                to.open("wb") as output,
            ):
                response.raise_for_status()
                for chunk in response.iter_bytes(2**20):
                    size += len(chunk)
                    if size > MAX_DOWNLOAD:
                        raise SourceError(f"{name} is longer than {MAX_DOWNLOAD} bytes.")
                    output.write(chunk)
                    progress(size)

        try:
            self._patiently(attempt)
        except httpx2.HTTPError as error:
            raise UnreachableError(
                f"{name} cannot be fetched: {error}", cure="Try again; check the network."
            ) from error

    def opened(self, url: str) -> io.BufferedIOBase:
        """Open a file of which only the pieces are fetched that are read.

        :raises UnreachableError: the network is not to be asked.
        """
        self._require_network(url)
        from winarm.stack.remote_file import opened  # noqa: PLC0415 - as in fetch

        return opened(self._client, url)

    def _require_network(self, name: str) -> None:
        if self._offline:
            raise UnreachableError(f"{name} is not cached.")

    def _cached(
        self, url: str, most: int, headers: Mapping[str, str] | None, failure: SourceError
    ) -> tuple[httpx2.Response, bytes]:
        """Return what is cached of an address, however old; else raise `failure`."""
        from winarm.stack.transport import CACHED_ONLY  # noqa: PLC0415 - as in fetch

        stale: CacheConfig = {"rfc": {"allow_stale": True, "shared": False}}
        extensions = {"caching": stale, CACHED_ONLY: True}
        response, content = self._request(url, most, headers or {}, extensions)
        if response.is_success:
            return response, content
        raise failure

    def _request(
        self,
        url: str,
        most: int,
        headers: Mapping[str, str],
        extensions: dict[str, object] | None = None,
    ) -> tuple[httpx2.Response, bytes]:
        content = bytearray()
        with self._client.stream("GET", url, headers=headers, extensions=extensions) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > most:
                    raise SourceError(f"{url} has more than {most} bytes.")
        return response, bytes(content)

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        """Return what `attempt` returns, made again after an error that may pass.

        :raises HTTPError: of the last attempt.
        :raises StoppedError: the client was stopped meanwhile.
        """
        import httpx2  # noqa: PLC0415 - as in fetch

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
            if self.stopped.wait(wait):
                raise StoppedError
        return attempt()


def _wait(retry_after: str, attempt: int) -> float:
    """Return the seconds to wait: what the server asks for, with a bound."""
    asked = float(retry_after) if retry_after.strip().isdecimal() else 0.5 * 2**attempt
    return min(asked, LONGEST_WAIT)


def _refusal(status: int) -> str:
    known = {
        401: "asks for credentials (401)",
        403: "refuses access (403)",
        _TOO_MANY: "asks to slow down, again and again (429)",
    }
    return known.get(status, f"answers with status {status}")
