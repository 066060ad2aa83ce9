"""What was read from the pages of indexes: used while a page is fresh, and where none answers.

Reading 300 pages again takes a second; taking what they came to from here takes 50 ms.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from winarm.stack.files import IndexedFile

#: Seconds after which a page that is no longer fresh is forgotten.
FORGOTTEN = 30 * 24 * 3600
#: Another one for other columns, or other fields of `IndexedFile`.
_FORMAT = 2


class KeptPage(NamedTuple):
    """What is kept of a page."""

    #: The time until which the index need not be asked again.
    until: float
    #: What the index calls this state of the page; empty where it does not say.
    etag: str
    #: What the page offers.
    files: list[IndexedFile]


class KeptPages:
    """Pages by their address. A database that cannot be used is done without."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"projects-{_FORMAT}.db"
        self._lock = threading.Lock()
        self._new: dict[str, tuple[str, float, str, str]] = {}
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the database."""
        with contextlib.suppress(sqlite3.Error):
            database = sqlite3.connect(self._path, check_same_thread=False)
            database.execute(
                "CREATE TABLE IF NOT EXISTS pages"
                " (url TEXT PRIMARY KEY, until REAL, etag TEXT, files TEXT)"
            )
            self._database = database
        return self

    def __exit__(self, *_exc: object) -> None:
        """Write what is new, and close the database."""
        if self._database is None:
            return
        with contextlib.suppress(sqlite3.Error), self._database as database:
            if self._new:
                database.execute("DELETE FROM pages WHERE until < ?", [time.time() - FORGOTTEN])
                rows = self._new.values()
                database.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", rows)
        self._database.close()

    def get(self, url: str) -> KeptPage | None:
        """Return what is kept of a page, however old; nothing of one that is damaged."""
        row = self._row("SELECT until, etag, files FROM pages WHERE url = ?", url)
        if row is None:
            return None
        until, etag, text = row
        try:
            return KeptPage(until, etag, [IndexedFile._make(file) for file in json.loads(text)])
        except (TypeError, ValueError):
            return None

    def until(self, url: str) -> float | None:
        """Return the time until which a page is fresh, without reading it; None if it is not kept.

        The files of 300 pages take 30 to 230 ms to read.
        """
        row = self._row("SELECT until FROM pages WHERE url = ?", url)
        return row[0] if row else None

    def _row(self, query: str, url: str) -> tuple[Any, ...] | None:
        if self._database is None:
            return None
        try:
            with self._lock:
                row: tuple[Any, ...] | None = self._database.execute(query, [_key(url)]).fetchone()
        except sqlite3.Error:
            return None
        return row

    def put(self, url: str, until: float, etag: str, files: Sequence[IndexedFile]) -> None:
        """Keep the files of a page that is fresh until then."""
        row = (_key(url), until, etag, json.dumps(files))
        with self._lock:
            self._new[url] = row


def _key(url: str) -> str:
    """Return what stands for an address on disk: credentials in it count, and are not written."""
    if "@" not in url:
        return url
    parts = urlsplit(url)
    secret, _, server = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{_digest(secret)}@{server}").geturl()


@functools.lru_cache
def _digest(secret: str) -> str:
    """Return what stands for credentials; slow, so that they cannot be guessed from it."""
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), b"winarm", 200_000).hex()
