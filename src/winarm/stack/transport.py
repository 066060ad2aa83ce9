"""Speaking HTTP to package indexes: a cache on disk, credentials, proxies and certificates.

httpx2 speaks HTTP, hishel keeps the answers (RFC 9111), and unearth finds credentials as pip does.
Importing this takes 150 ms, so it is done where the network is needed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from hishel import SqliteStorage
from hishel.httpx2 import CacheTransport
from unearth.auth import MultiDomainBasicAuth

from winarm.project.index import trusting

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.stack.places import Places

#: Seconds for which a page is fresh whose index does not say; the public index says 600.
FRESH = 600
#: Marks a request that must not reach the network.
CACHED_ONLY = "winarm.cached-only"
#: Marks a request for a file, which is not to be among the pages.
NOT_KEPT = "winarm.not-kept"
#: Stands for a request's credentials in the cache, and holds them on their way around it.
_CREDENTIALS = "Winarm-Credentials"
_HIDDEN = "winarm.authorization"


@contextlib.contextmanager
def http_client(host: Host, places: Places, folder: Path, at_once: int) -> Iterator[httpx2.Client]:
    """Open a client that reaches the configured places and keeps answers in `folder`.

    :param at_once: requests at once.
    :raises FileSystemError: certificates cannot be read.
    """
    # It logs a traceback for each page that it cannot keep, and then does without.
    logging.getLogger("hishel").setLevel(logging.CRITICAL)
    storage = SqliteStorage(database_path=folder / "pages.db")
    limits = httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)

    def transport(*, verify: ssl.SSLContext | bool, proxy: str | None = None) -> _Around:
        inner = httpx2.HTTPTransport(verify=verify, limits=limits, proxy=proxy)
        return _Around(
            CacheTransport(
                _Origin(inner), storage=storage, rfc={"shared": False, "allow_stale": False}
            )
        )

    pip = places.pip
    trusted = {f"all://{name}": transport(verify=False) for name in pip.trusted_hosts}
    verify = _certificates(host, pip.certificates, pip.client_certificate)
    proxies = {
        f"{scheme}://": transport(verify=verify, proxy=proxy)
        for scheme, proxy in _proxies(host, pip.proxy)
    }
    direct = {f"all://{name}": transport(verify=verify) for name in _without_proxy(host)}
    with httpx2.Client(
        transport=transport(verify=verify),
        mounts={**proxies, **direct, **trusted},
        timeout=pip.timeout,
        follow_redirects=True,
        trust_env=False,
        auth=MultiDomainBasicAuth(
            prompting=False, index_urls=[place.url for place in places.all if place.is_index]
        ),
    ) as client:
        try:
            yield client
        finally:
            storage.close()


class _Around(httpx2.BaseTransport):
    """Keeps credentials out of the cache, which stores requests, too.

    What is answered to some credentials is kept for those alone: the cache sees a header with their
    digest, and every answer varies by it.
    """

    def __init__(self, cache: httpx2.BaseTransport) -> None:
        self._cache = cache

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = httpx2.Headers(request.headers)
        secret = headers.pop("Authorization", None)
        if secret is None:
            return self._cache.handle_request(request)
        headers[_CREDENTIALS] = _digest(secret)
        hidden = {**request.extensions, _HIDDEN: secret}
        return self._cache.handle_request(
            httpx2.Request(request.method, request.url, headers=headers, extensions=hidden)
        )

    def close(self) -> None:
        self._cache.close()


class _Origin(httpx2.BaseTransport):
    """Asks the server what the cache does not have, and says what may be kept of the answer."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.extensions.get(CACHED_ONLY):
            return httpx2.Response(504, request=request)
        if secret := request.extensions.get(_HIDDEN):
            headers = httpx2.Headers(request.headers)
            headers.pop(_CREDENTIALS, None)
            headers["Authorization"] = secret
            request = httpx2.Request(
                request.method, request.url, headers=headers, extensions=request.extensions
            )
        response = self._inner.handle_request(request)
        answered = response.headers
        answered["Vary"] = ", ".join(filter(None, (answered.get("Vary"), _CREDENTIALS)))
        if request.extensions.get(NOT_KEPT):
            answered["Cache-Control"] = "no-store"
        elif response.is_success and not {"cache-control", "expires"} & set(answered):
            # So that a second run need not ask again.
            answered["Cache-Control"] = f"max-age={FRESH}"
        return response

    def close(self) -> None:
        self._inner.close()


@functools.lru_cache
def _digest(secret: str) -> str:
    """Return what stands for credentials on disk; slow, so that they cannot be guessed from it."""
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), b"winarm", 200_000).hex()


def _proxies(host: Host, named: str | None) -> Iterator[tuple[str, str]]:
    """Yield the proxy of each scheme: pip's own setting, else the usual variables."""
    for scheme in ("http", "https"):
        names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
        proxy = named or next(filter(None, map(host.variable, names)), None)
        if proxy:
            yield scheme, proxy if "://" in proxy else f"http://{proxy}"


def _without_proxy(host: Host) -> list[str]:
    written = host.variable("no_proxy") or host.variable("NO_PROXY") or ""
    return [
        f"*{name}" if name.startswith(".") else name
        for name in (word.strip() for word in written.split(","))
        if name and name != "*" and "/" not in name
    ]


def _certificates(host: Host, named: Path | None, client: Path | None) -> ssl.SSLContext:
    """Return the authorities to trust: pip's `cert`, uv's SSL_CERT_FILE, else the machine's."""
    variable = host.variable("SSL_CERT_FILE") or host.variable("SSL_CERT_DIR")
    named = named or (Path(variable) if variable else None)
    cure = "Check pip's cert and client-cert, SSL_CERT_FILE and REQUESTS_CA_BUNDLE."
    return trusting(named, client, cure=cure)
