"""What was read from the pages of indexes, for as long as the pages are fresh.

The HTTP cache has the pages themselves. To take 300 of them from there and to read them again takes
a second; what they came to takes 50 ms.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from winarm.stack.files import IndexedFile

#: Seconds after which a page that is no longer fresh is forgotten.
FORGOTTEN = 30 * 24 * 3600
#: Another one for other fields of `IndexedFile`.
_FORMAT = 1


class KeptPages:
    """Files by the address of their page. A database that cannot be used is done without."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"projects-{_FORMAT}.db"
        self._lock = threading.Lock()
        self._new: dict[str, tuple[str, float, str]] = {}
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the database."""
        with contextlib.suppress(sqlite3.Error):
            database = sqlite3.connect(self._path, check_same_thread=False)
            database.execute(
                "CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, until REAL, files TEXT)"
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
                database.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", rows)
        self._database.close()

    def has(self, url: str, *, stale: bool) -> bool:
        """Return whether the files of a page are known."""
        return self._row(url, stale=stale) is not None

    def get(self, url: str, *, stale: bool) -> list[IndexedFile] | None:
        """Return the files of a page; None where they are not known.

        :param stale: take those of a page that is no longer fresh, too.
        """
        row = self._row(url, stale=stale)
        try:
            return [IndexedFile._make(file) for file in json.loads(row)] if row else None
        except (ValueError, TypeError):
            return None

    def put(self, url: str, files: Sequence[IndexedFile], until: float) -> None:
        """Keep the files of a page that is fresh until then."""
        with self._lock:
            self._new[url] = (url, until, json.dumps(files))

    def _row(self, url: str, *, stale: bool) -> str | None:
        if self._database is None:
            return None
        query = "SELECT files FROM pages WHERE url = ? AND until > ?"
        try:
            with self._lock:
                row = self._database.execute(query, [url, 0 if stale else time.time()]).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row else None
