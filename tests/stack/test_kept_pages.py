from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from winarm.stack.files import IndexedFile
from winarm.stack.kept_pages import FORGOTTEN, KeptPages

if TYPE_CHECKING:
    from pathlib import Path

FILES = [IndexedFile("a-1.tar.gz", "1", "https://files.example/a-1.tar.gz", "0" * 64, ">=3.9")]


def keep(folder: Path, url: str, *, age: float) -> None:
    with KeptPages(folder) as kept:
        kept.put(url, time.time() - age, '"tag"', FILES)


@pytest.mark.parametrize("age", [-60, 60])
def test_a_page_is_known_with_its_files_and_its_time(tmp_path: Path, age: float) -> None:
    keep(tmp_path, "page", age=age)

    with KeptPages(tmp_path) as kept:
        page, until = kept.get("page"), kept.until("page")

    assert page is not None
    assert until == page.until
    assert (page.files, page.etag, page.until > time.time()) == (FILES, '"tag"', age < 0)


def test_a_page_that_is_old_is_forgotten(tmp_path: Path) -> None:
    keep(tmp_path, "page", age=FORGOTTEN + 60)
    keep(tmp_path, "other", age=0)

    with KeptPages(tmp_path) as kept:
        assert kept.get("page") is None
        assert kept.until("page") is None


def test_credentials_count_and_are_not_written(tmp_path: Path) -> None:
    keep(tmp_path, "https://me:secret@x/a/", age=0)

    with KeptPages(tmp_path) as kept:
        assert kept.get("https://me:secret@x/a/")
        assert not kept.get("https://me:guess@x/a/")
        assert not kept.get("https://x/a/")
    assert not [file for file in tmp_path.iterdir() if b"secret" in file.read_bytes()]


def test_a_damaged_database_is_done_without(tmp_path: Path) -> None:
    keep(tmp_path, "page", age=-60)
    for file in tmp_path.iterdir():
        file.write_bytes(b"nonsense")

    keep(tmp_path, "page", age=-60)
    with KeptPages(tmp_path) as kept:
        assert kept.get("page") is None


@pytest.mark.parametrize("files", ["[[", "7", "[[1]]", None])
def test_a_page_whose_files_are_damaged_is_not_known(tmp_path: Path, files: str | None) -> None:
    keep(tmp_path, "page", age=-60)
    (path,) = tmp_path.iterdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE pages SET files = ?", [files])

    with KeptPages(tmp_path) as kept:
        assert kept.get("page") is None
