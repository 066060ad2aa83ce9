"""Asking package indexes: several at once, with an HTTP cache on disk, and without running code.

httpx2 speaks HTTP, hishel keeps the answers (RFC 9111), and unearth finds credentials as pip does.
They are imported when an index is opened, so that `--help` need not have them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import ssl
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from filelock import FileLock
from packaging.utils import canonicalize_name

from winarm.errors import FileSystemError, SourceError, UnreachableError, UsageError
from winarm.stack.files import IndexedFile, IndexedProject
from winarm.stack.pages import ACCEPT, file_at, read_page
from winarm.storage import CACHE_CURE, PATIENCE, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import httpx2
    from hishel.httpx2 import CacheConfig

    from winarm.host import Host
    from winarm.stack.places import Place, Places

#: Requests at once: what index operators accept from one client.
AT_ONCE = 32
#: Longest page; the largest real ones have about 5 MB.
MAX_PAGE = 64 * 2**20
#: Longest metadata of a file.
MAX_METADATA = 4 * 2**20
#: Longest file that is fetched.
MAX_DOWNLOAD = 4 * 2**30
#: A wheel on a server that serves no ranges is read whole up to this size.
MAX_WHOLE = 64 * 2**20
#: Seconds for which a page is fresh whose index does not say; the public index says 600.
FRESH = 600
#: Attempts for an answer that asks to come back later, and the longest wait for one in seconds.
ATTEMPTS = 4
LONGEST_WAIT = 30.0
_TOO_MANY = 429
_NOT_FOUND = 404
_PARTIAL = 206
_TEMPORARY = frozenset((_TOO_MANY, 500, 502, 503, 504))
#: Marks a request that must not reach the network.
_CACHED_ONLY = "winarm.cached-only"
#: Marks a request for a file, which is not to be among the pages.
_NOT_KEPT = "winarm.not-kept"
#: The size of a piece of a remote wheel: a typical central directory fits.
_PIECE = 2**16


class IndexClient:
    """Asks every configured place; see `index_client`."""

    def __init__(
        self, client: httpx2.Client, places: Places, cache: Path, *, offline: bool, refresh: bool
    ) -> None:
        self._client = client
        self._places = places
        self._cache = cache
        self._offline = offline
        self._refresh = refresh
        self._projects: dict[str, IndexedProject] = {}
        self._linked: dict[str, list[tuple[str, str, str]]] = {}
        self._lock = threading.Lock()

    def project(self, name: str) -> IndexedProject:
        """Return what all places have of a project; asked once."""
        name = canonicalize_name(name)
        known = self._projects.get(name)
        if known is None:
            known = self._projects[name] = self._ask(name)
        return known

    def projects(
        self, names: Iterable[str], progress: Callable[[str], None] = lambda _: None
    ) -> dict[str, IndexedProject]:
        """Return what all places have of each project, asked side by side."""
        unique = list(dict.fromkeys(map(canonicalize_name, names)))
        found: dict[str, IndexedProject] = {}
        with self._pool() as pool:
            for done, project in enumerate(pool.map(self.project, unique), 1):
                found[project.name] = project
                progress(f"asking the index: {done} of {len(unique)} packages")
        return found

    def each(self, work: Callable[[str], None], names: Iterable[str]) -> None:
        """Call `work` with each name, side by side; raise the first error after the others end."""
        with self._pool() as pool:
            for _ in pool.map(work, list(names)):
                pass

    def metadata(self, file: IndexedFile) -> str:
        """Return the METADATA of a wheel, or the PKG-INFO that the index serves of an sdist.

        :raises UnreachableError: it cannot be fetched.
        :raises SourceError: there is none.
        """
        key = file.sha256 or hashlib.sha256(file.url.encode()).hexdigest()
        kept = self._cache / "metadata" / f"{key}.txt"
        with contextlib.suppress(OSError):
            return kept.read_text("utf-8")
        if file.has_metadata:
            text = self._bytes(f"{file.url}.metadata", MAX_METADATA).decode("utf-8", "replace")
        elif file.is_wheel:
            text = self._metadata_in_wheel(file)
        else:
            message = f"the index serves no metadata of {file.name}."
            raise SourceError(message)
        try:
            with replacing(kept) as part:
                part.write_text(text, "utf-8")
        except OSError as error:
            raise FileSystemError(kept, error, cure=CACHE_CURE) from error
        return text

    def fetch(
        self, file: IndexedFile, folder: Path, progress: Callable[[int], None] = lambda _: None
    ) -> Path:
        """Return `file` in the cache `folder`, fetched unless it is there.

        :param progress: called with the number of bytes so far.
        :raises UnreachableError: it cannot be fetched.
        :raises SourceError: it is not what the index promises.
        :raises FileSystemError: the folder cannot be written, or is full.
        """
        key = file.sha256 or hashlib.sha256(file.url.encode()).hexdigest()
        path = folder / key / file.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / f".{key}.lock", timeout=PATIENCE):
                # Without a checksum to compare with it is fetched each time.
                if not (file.sha256 and path.is_file() and sha256_of(path) == file.sha256):
                    with replacing(path) as part:
                        self._download(file, part, progress)
        except OSError as error:
            raise FileSystemError(error.filename or folder, error, cure=CACHE_CURE) from error
        return path

    def _download(self, file: IndexedFile, to: Path, progress: Callable[[int], None]) -> None:
        import httpx2  # noqa: PLC0415

        if file.url.startswith("file:"):
            shutil.copyfile(url2pathname(urlsplit(file.url).path), to)
        elif self._offline:
            message = f"{file.name} is not cached."
            raise UnreachableError(message)
        else:
            # The file itself, and not what a server makes of it on its way.
            headers, kept = {"Accept-Encoding": "identity"}, {_NOT_KEPT: True}
            size = 0
            try:
                with (
                    self._client.stream(
                        "GET", file.url, headers=headers, extensions=kept
                    ) as response,
                    to.open("wb") as output,
                ):
                    response.raise_for_status()
                    for chunk in response.iter_bytes(2**20):
                        size += len(chunk)
                        if size > MAX_DOWNLOAD:
                            message = f"{file.name} is longer than {MAX_DOWNLOAD} bytes."
                            raise SourceError(message)
                        output.write(chunk)
                        progress(size)
            except httpx2.HTTPError as error:
                message = f"{file.name} cannot be fetched: {error}"
                raise UnreachableError(message, cure="Try again; check the network.") from error
        got = sha256_of(to)
        if file.sha256 and got != file.sha256:
            raise wrong_content(file.name, file.sha256, got)

    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="winarm-index")

    def _ask(self, name: str) -> IndexedProject:
        files: list[IndexedFile] = []
        problems: list[str] = []
        reached = False
        for place in self._places.all:
            try:
                found = self._files(place, name)
            except (SourceError, OSError, ValueError) as error:
                problems.append(f"{place.name}: {getattr(error, 'what', error)}")
            else:
                reached = True
                files += found
        return IndexedProject.of(name, files, problems, reached=reached)

    def _files(self, place: Place, name: str) -> list[IndexedFile]:
        """Return the files of a project in one place; none where the place does not have it."""
        if not place.is_index:
            return [
                found
                for file, url, sha256 in self._links(place)
                if (found := file_at(name, file, url, place.name, {"sha256": sha256}))
            ]
        url = urljoin(_as_url(place.url).rstrip("/") + "/", f"{name}/")
        if url.startswith("file:"):
            page = Path(url2pathname(urlsplit(url).path)) / "index.html"
            if not page.is_file():
                return []
            return read_page(name, page.read_bytes(), "text/html", page.as_uri(), place.name)
        content, content_type, final = self._page(url)
        return read_page(name, content, content_type, final, place.name) if content else []

    def _links(self, place: Place) -> list[tuple[str, str, str]]:
        """Return name, address and checksum of every file in a folder, or on a page."""
        with self._lock:
            known = self._linked.get(place.url)
            if known is None:
                known = self._linked[place.url] = self._read_links(place)
        return known

    def _read_links(self, place: Place) -> list[tuple[str, str, str]]:
        from winarm.stack.pages import links_of  # noqa: PLC0415 - few users have one

        url = _as_url(place.url)
        if not url.startswith("file:"):
            content, _, final = self._page(url)
            return links_of(content.decode("utf-8", "replace"), final)
        folder = Path(url2pathname(urlsplit(url).path))
        if folder.is_file():
            return links_of(folder.read_text("utf-8", "replace"), folder.as_uri())
        return [(f.name, f.as_uri(), "") for f in sorted(folder.iterdir()) if f.is_file()]

    def _page(self, url: str) -> tuple[bytes, str, str]:
        """Return content, type and final address of a page; no content where there is none."""
        response, content = self._answer(url, MAX_PAGE, headers={"Accept": ACCEPT})
        if response.status_code == _NOT_FOUND:
            return b"", "", url
        return content, response.headers.get("Content-Type", "text/html"), str(response.url)

    def _bytes(self, url: str, most: int) -> bytes:
        if url.startswith("file:"):
            return Path(url2pathname(urlsplit(url).path)).read_bytes()
        response, content = self._answer(url, most)
        if response.status_code == _NOT_FOUND:
            message = f"{url} is not there (404)."
            raise SourceError(message)
        return content

    def _answer(
        self, url: str, most: int, headers: Mapping[str, str] | None = None
    ) -> tuple[httpx2.Response, bytes]:
        """Return the answer to a request; from the cache where the network has none.

        :raises UnreachableError: there is no answer, or one that is of no use.
        """
        import httpx2  # noqa: PLC0415 - as the docstring of the module says

        if self._offline:
            return self._cached(url, most, headers, UnreachableError(f"{url} is not cached."))
        sent = {**(headers or {}), **({"Cache-Control": "no-cache"} if self._refresh else {})}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response, content = self._request(url, most, sent)
            except httpx2.HTTPError as error:
                reason = f"{type(error).__name__}: {error}".rstrip(": ")
                failure = UnreachableError(f"cannot be reached ({reason})")
                return self._cached(url, most, headers, failure)
            if response.status_code not in _TEMPORARY or attempt == ATTEMPTS:
                break
            time.sleep(_wait(response.headers.get("Retry-After", ""), attempt))
        if response.is_success or response.status_code == _NOT_FOUND:
            return response, content
        failure = UnreachableError(_refusal(response.status_code))
        if response.status_code in _TEMPORARY:
            return self._cached(url, most, headers, failure)
        raise failure

    def _cached(
        self, url: str, most: int, headers: Mapping[str, str] | None, failure: SourceError
    ) -> tuple[httpx2.Response, bytes]:
        """Return what is cached of an address, however old; else raise `failure`."""
        stale: CacheConfig = {"rfc": {"allow_stale": True, "shared": False}}
        extensions = {"caching": stale, _CACHED_ONLY: True}
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
                    message = f"{url} has more than {most} bytes."
                    raise SourceError(message)
        return response, bytes(content)

    def _metadata_in_wheel(self, file: IndexedFile) -> str:
        """Return METADATA of a wheel, of which only the pieces are fetched that hold it."""
        import httpx2  # noqa: PLC0415

        try:
            with self._opened(file.url) as stream, zipfile.ZipFile(stream) as wheel:
                member = next(
                    info
                    for info in wheel.infolist()
                    if info.filename.count("/") == 1
                    and info.filename.endswith(".dist-info/METADATA")
                )
                with wheel.open(member) as text:
                    return text.read(MAX_METADATA).decode("utf-8", "replace")
        except httpx2.HTTPError as error:
            message = f"the metadata of {file.name} cannot be fetched ({error})."
            raise UnreachableError(message) from error
        except (StopIteration, zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as e:
            message = f"{file.name} cannot be read as a wheel."
            raise SourceError(message) from e

    def _opened(self, url: str) -> io.BufferedIOBase:
        if url.startswith("file:"):
            return Path(url2pathname(urlsplit(url).path)).open("rb")
        if self._offline:
            message = f"{url} is not cached."
            raise UnreachableError(message)
        return io.BufferedReader(_RemoteFile(self._client, url), _PIECE)


class _RemoteFile(io.RawIOBase):
    """A file on a server, read in ranges; fetched whole from a server that serves none."""

    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url
        self._position = 0
        self._whole: bytes | None = None
        # The end of a zip archive says where everything is.
        self._tail = self._fetch(f"bytes=-{_PIECE}")

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
        extensions = {_NOT_KEPT: True}
        with self._client.stream(
            "GET", self._url, headers=headers, extensions=extensions
        ) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_WHOLE:
                    message = f"{self._url} is not served in ranges, and too long to be read whole"
                    raise ValueError(message)
        if response.status_code == _PARTIAL:
            self._size = int(response.headers["Content-Range"].rpartition("/")[2])
        else:
            self._whole, self._size = bytes(content), len(content)
        return bytes(content)


@contextlib.contextmanager
def index_client(
    host: Host, places: Places, *, offline: bool = False, refresh: bool = False
) -> Iterator[IndexClient]:
    """Open the configured places.

    :param offline: answer from the cache only.
    :param refresh: ask again what the cache still has.
    :raises UsageError: the packages of the extra `stack` are not installed.
    """
    try:
        import httpx2  # noqa: PLC0415
        from hishel import SqliteStorage  # noqa: PLC0415
        from hishel.httpx2 import CacheTransport  # noqa: PLC0415
        from unearth.auth import MultiDomainBasicAuth  # noqa: PLC0415
    except ImportError as error:
        message = f"the package index cannot be asked: {error.name} is not installed."
        raise UsageError(message, cure='pip install "winarm[stack]"') from None

    class FreshUnlessTold(httpx2.BaseTransport):
        """Gives pages without a lifetime one, so that a second run need not ask again."""

        def __init__(self, inner: httpx2.BaseTransport) -> None:
            self._inner = inner

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.extensions.get(_CACHED_ONLY):
                return httpx2.Response(504, request=request)
            response = self._inner.handle_request(request)
            if request.extensions.get(_NOT_KEPT):
                response.headers["Cache-Control"] = "no-store"
            elif response.is_success and not {"cache-control", "expires"} & set(response.headers):
                response.headers["Cache-Control"] = f"max-age={FRESH}"
            return response

        def close(self) -> None:
            self._inner.close()

    folder = host.cache / "status"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileSystemError(folder, error, cure=CACHE_CURE) from error
    storage = SqliteStorage(database_path=folder / "pages.db")
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)

    def transport(*, verify: ssl.SSLContext | bool, proxy: str | None = None) -> CacheTransport:
        inner = httpx2.HTTPTransport(verify=verify, limits=limits, proxy=proxy)
        return CacheTransport(
            FreshUnlessTold(inner), storage=storage, rfc={"shared": False, "allow_stale": False}
        )

    pip = places.pip
    trusted = {_pattern(name): transport(verify=False) for name in pip.trusted_hosts}
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
            yield IndexClient(client, places, folder, offline=offline, refresh=refresh)
        finally:
            storage.close()


def sha256_of(file: Path) -> str:
    """Return the checksum of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def wrong_content(name: str, promised: str, got: str) -> SourceError:
    """Return the error for a file that is not what was promised."""
    return SourceError(
        f"{name} is not what was promised: its sha256 is {got}, not {promised}.",
        why="It was changed on its way, or the index or the lock is out of date.",
        cure="Try again; if it stays so, ask the operator of the index.",
    )


def _as_url(written: str) -> str:
    return written if "://" in written else Path(written).absolute().as_uri()


def _pattern(trusted: str) -> str:
    return f"all://{trusted}"


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
    try:
        if named and named.is_dir():
            context = ssl.create_default_context(capath=named)
        else:
            context = ssl.create_default_context(cafile=named)
        if client:
            context.load_cert_chain(client)
    except OSError as error:
        raise FileSystemError(
            named or client or "",
            error,
            cure="Check pip's cert and client-cert, SSL_CERT_FILE and REQUESTS_CA_BUNDLE.",
        ) from error
    return context


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
