"""Speaking HTTP to package indexes: credentials, proxies and certificates.

httpx2 speaks HTTP, and unearth finds credentials as pip does. Importing this takes 85 ms, so it is
done where the network is needed.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from unearth.auth import MultiDomainBasicAuth

from winarm.project.index import trusting
from winarm.stack.http_reader import AT_ONCE

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.stack.places import Places


def http_client(host: Host, places: Places) -> httpx2.Client:
    """Return a client that reaches the configured places.

    :raises FileSystemError: certificates cannot be read.
    """
    pip = places.pip
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    verify = _certificates(host, pip.certificates, pip.client_certificate)
    transport = functools.partial(httpx2.HTTPTransport, limits=limits, verify=verify)
    trusted = {f"all://{name}": transport(verify=False) for name in pip.trusted_hosts}
    proxies = {f"{s}://": transport(proxy=proxy) for s, proxy in _proxies(host, pip.proxy)}
    direct = {f"all://{name}": transport() for name in _without_proxy(host)}
    return httpx2.Client(
        transport=transport(),
        mounts={**proxies, **direct, **trusted},
        timeout=pip.timeout,
        follow_redirects=True,
        trust_env=False,
        auth=MultiDomainBasicAuth(
            prompting=False, index_urls=[place.url for place in places.all if place.is_index]
        ),
    )


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
