"""Asking package indexes: several at once, with caches on disk, and without running code."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from packaging.utils import canonicalize_name

from winarm.errors import CacheError, SourceError, UnreachableError, UsageError
from winarm.project.pip_config import redacted
from winarm.stack.files import IndexedFile, IndexedProject
from winarm.stack.http_reader import AT_ONCE, NOT_FOUND, NOT_MODIFIED, HttpReader, refusal
from winarm.stack.kept_pages import KeptPages
from winarm.stack.pages import ACCEPT, files_of, read_page
from winarm.storage import cached_file, sha256_of, write_text

if TYPE_CHECKING:
    import httpx2

    from winarm.host import Host
    from winarm.stack.places import Place, Places

#: Seconds for which a page is fresh whose index does not say; the public index says 600.
FRESH = 600
#: Longest page; the largest real ones have about 5 MB.
MAX_PAGE = 64 * 2**20
#: Longest metadata of a file.
MAX_METADATA = 4 * 2**20

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class IndexClient:
    """Asks every configured place; see `index_client`."""

    def __init__(
        self,
        http: HttpReader,
        places: Places,
        cache: Path,
        kept: KeptPages,
        *,
        refresh: bool,
    ) -> None:
        self._http = http
        self._places = places
        self._cache = cache
        self._kept = kept
        self._refresh = refresh
        self._projects: dict[str, IndexedProject] = {}
        self._linked: dict[str, list[IndexedFile]] = {}
        self._lock = threading.Lock()
        self.stopped = http.stopped

    def project(self, name: str) -> IndexedProject:
        """Return what all places have of a project; asked once."""
        name = canonicalize_name(name)
        known = self._projects.get(name)
        if known is None:
            known = self._projects[name] = self._ask(name)
        return known

    def projects(
        self, names: Iterable[str], progress: Callable[[str], None] = lambda _: None
    ) -> None:
        """Ask for projects side by side, so that `project` knows them."""
        # What is at hand is read faster later, without threads.
        unique = dict.fromkeys(map(canonicalize_name, names))
        asked = [name for name in unique if not self._is_at_hand(name)]
        with self._pool(asked) as pool:
            for done, _ in enumerate(pool.map(self.project, asked), 1):
                progress(f"asking the index: {done} of {len(asked)} packages")

    def _is_at_hand(self, name: str) -> bool:
        """Return whether no index need be asked for a project."""
        return name in self._projects or all(
            self._suffices(self._kept.until(_page_url(place, name)))
            for place in self._places.all
            if place.is_index
        )

    def each(self, work: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
        """Return what `work` makes of each item, side by side; raise the first error at the end."""
        items = list(items)
        with self._pool(items) as pool:
            return list(pool.map(work, items))

    def metadata(self, file: IndexedFile) -> str:
        """Return the METADATA of a wheel, or the PKG-INFO that the index serves of an sdist.

        :raises UnreachableError: it cannot be fetched.
        :raises SourceError: there is none.
        """
        kept = self._cache / "metadata" / f"{file.sha256}.txt"
        if file.sha256:
            with contextlib.suppress(OSError):
                return kept.read_text("utf-8")
        if file.has_metadata:
            text = self._bytes(f"{file.url}.metadata", MAX_METADATA).decode("utf-8", "replace")
        elif file.is_wheel:
            text = self._metadata_in_wheel(file)
        else:
            raise SourceError(f"the index serves no metadata of {file.name}.")
        if file.sha256:
            write_text(kept, text, CacheError)
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

        def download(to: Path) -> None:
            if file.url.startswith("file:"):
                shutil.copyfile(_local(file.url), to)
            else:
                self._http.fetch(file.name, file.url, to, progress)
            if file.sha256 and (got := sha256_of(to)) != file.sha256:
                raise wrong_content(file.name, file.sha256, got)

        check = self._http.raise_if_stopped
        return cached_file(folder, file.name, file.url, file.sha256, download, check=check)

    @contextlib.contextmanager
    def _pool(self, items: Sequence[object]) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(max(1, min(AT_ONCE, len(items))), "winarm-index") as pool:
            try:
                yield pool
            except KeyboardInterrupt:
                self.stopped.set()
                raise

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
            return files_of(name, self._links(place))
        url = _page_url(place, name)
        if url.startswith("file:"):
            page = _local(url) / "index.html"
            return files_of(name, _read_local(page, place)) if page.is_file() else []
        return self._page(url, lambda found: files_of(name, found), place)

    def _links(self, place: Place) -> list[IndexedFile]:
        """Return every file in a folder, or on a page."""
        with self._lock:
            known = self._linked.get(place.url)
            if known is None:
                known = self._linked[place.url] = self._read_links(place)
        return known

    def _read_links(self, place: Place) -> list[IndexedFile]:
        url = _as_url(place.url)
        if not url.startswith("file:"):
            return self._page(url, list, place)
        folder = _local(url)
        if folder.is_file():
            return _read_local(folder, place)
        return [
            IndexedFile(file.name, "", file.as_uri(), place=place.name)
            for file in sorted(folder.iterdir())
            if file.is_file()
        ]

    def _page(
        self,
        url: str,
        choose: Callable[[Iterable[IndexedFile]], list[IndexedFile]],
        place: Place,
    ) -> list[IndexedFile]:
        """Return what `choose` takes of a page: as kept while that is fresh, or nothing answers."""
        known = self._kept.get(url)
        if known is not None and self._suffices(known.until):
            return known.files
        headers = {"Accept": ACCEPT}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if self._refresh:
            headers["Cache-Control"] = "no-cache"
        try:
            response, content = self._http.page(url, MAX_PAGE, headers)
        except UnreachableError:
            # What was on no page may be there by now.
            if known is None or not known.files:
                raise
            return known.files
        if response.status_code == NOT_MODIFIED and known:
            files = known.files
        elif response.status_code == NOT_FOUND:
            files = []
        elif response.is_success:
            kind = response.headers.get("Content-Type", "text/html")
            files = choose(read_page(content, kind, str(response.url), place.name))
        else:
            raise refusal(response)
        until = _fresh_until(response, has_credentials=urlsplit(url).password is not None)
        if until is not None:
            etag = headers.get("If-None-Match", "") if response.status_code == NOT_MODIFIED else ""
            self._kept.put(url, until, response.headers.get("ETag", etag), files)
        return files

    def _suffices(self, until: float | None) -> bool:
        """Return whether a page that is kept, and fresh until then, is taken without asking."""
        if until is None:
            return False
        return self._http.offline or (until > time.time() and not self._refresh)

    def _bytes(self, url: str, most: int) -> bytes:
        if url.startswith("file:"):
            return _local(url).read_bytes()
        response, content = self._http.page(url, most)
        if response.status_code == NOT_FOUND:
            raise SourceError(f"{redacted(url)} is not there (404).")
        if not response.is_success:
            raise refusal(response)
        return content

    def _metadata_in_wheel(self, file: IndexedFile) -> str:
        """Return METADATA of a wheel, of which only the pieces are fetched that hold it."""
        import httpx2  # noqa: PLC0415 - 80 ms, and few wheels are opened

        from winarm.project.archives import BAD_DATA  # noqa: PLC0415 - 4 ms, as above

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
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise UnreachableError(
                f"the metadata of {file.name} cannot be fetched ({error})."
            ) from error
        except (*BAD_DATA, StopIteration, OSError) as error:
            raise SourceError(f"{file.name} cannot be read as a wheel.") from error

    def _opened(self, url: str) -> io.BufferedIOBase:
        return _local(url).open("rb") if url.startswith("file:") else self._http.opened(url)


@contextlib.contextmanager
def index_client(
    host: Host, places: Places, *, offline: bool = False, refresh: bool = False
) -> Iterator[IndexClient]:
    """Open the configured places; the network is asked only for what is not cached.

    :param offline: answer from the cache only.
    :param refresh: ask again what the cache still has.
    """
    folder = host.cache / "status"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheError(folder, error) from error
    with contextlib.ExitStack() as opened, KeptPages(folder) as kept:

        def connect() -> httpx2.Client:
            try:
                from winarm.stack.transport import http_client  # noqa: PLC0415 - 85 ms
            except ImportError as error:
                raise UsageError(
                    f"the package index cannot be asked: {error.name} is not installed.",
                    cure='pip install "winarm[stack]"',
                ) from None
            return opened.enter_context(http_client(host, places))

        http = HttpReader(connect, offline=offline)
        yield IndexClient(http, places, folder, kept, refresh=refresh)


def wrong_content(name: str, promised: str, got: str) -> SourceError:
    """Return the error for a file that is not what was promised."""
    return SourceError(
        f"{name} is not what was promised: its sha256 is {got}, not {promised}.",
        why="It was changed on its way, or the index or the lock is out of date.",
        cure="Try again; if it stays so, ask the operator of the index.",
    )


def _as_url(written: str) -> str:
    return written if "://" in written else Path(written).absolute().as_uri()


def _page_url(index: Place, name: str) -> str:
    return urljoin(_as_url(index.url).rstrip("/") + "/", f"{name}/")


def _local(url: str) -> Path:
    from urllib.request import url2pathname  # noqa: PLC0415 - 14 ms, and few users have one

    return Path(url2pathname(urlsplit(url).path))


def _read_local(page: Path, place: Place) -> list[IndexedFile]:
    return list(read_page(page.read_bytes(), "text/html", page.as_uri(), place.name))


def _fresh_until(response: httpx2.Response, *, has_credentials: bool) -> float | None:
    """Return until when an answer may be used without asking again; None if it must not be kept.

    :param has_credentials: whether the address has a password, with which the answer is kept. With
        one of netrc or a keyring, only the index can tell whether it is still good.
    """
    said = response.headers.get("Cache-Control", "").lower()
    if "no-store" in said:
        return None
    age = response.headers.get("Age", "0")
    borrowed = "Authorization" in response.request.headers and not has_credentials
    if borrowed or "no-cache" in said or "*" in response.headers.get("Vary", ""):
        lifetime = 0
    elif found := re.search(r"\bmax-age=(\d{1,9})\b", said):
        lifetime = int(found[1]) - (int(age) if age.isdecimal() else 0)
    else:
        has_files = response.is_success or response.status_code == NOT_MODIFIED
        is_open = has_files and not {"cache-control", "expires"} & set(response.headers)
        lifetime = FRESH if is_open else 0
    return time.time() + lifetime
