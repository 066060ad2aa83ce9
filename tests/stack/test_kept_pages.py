from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from winarm.stack.files import IndexedFile
from winarm.stack.kept_pages import FORGOTTEN, KeptPages

if TYPE_CHECKING:
    from pathlib import Path

FILES = [IndexedFile("a-1.tar.gz", "1", "https://files.example/a-1.tar.gz", "0" * 64, ">=3.9")]


def keep(folder: Path, url: str, *, age: float) -> None:
    with KeptPages(folder) as kept:
        kept.put(url, FILES, time.time() - age)


@pytest.mark.parametrize(("age", "stale", "known"), [(-60, False, True), (60, False, False)])
def test_files_are_known_while_their_page_is_fresh(
    tmp_path: Path, age: float, *, stale: bool, known: bool
) -> None:
    keep(tmp_path, "page", age=age)

    with KeptPages(tmp_path) as kept:
        assert kept.has("page", stale=stale) is known
        assert kept.get("page", stale=stale) == (FILES if known else None)


def test_an_old_page_is_better_than_none(tmp_path: Path) -> None:
    keep(tmp_path, "page", age=60)

    with KeptPages(tmp_path) as kept:
        assert kept.get("page", stale=True) == FILES


def test_a_page_that_is_old_is_forgotten(tmp_path: Path) -> None:
    keep(tmp_path, "page", age=FORGOTTEN + 60)
    keep(tmp_path, "other", age=0)

    with KeptPages(tmp_path) as kept:
        assert not kept.has("page", stale=True)


def test_a_damaged_database_is_done_without(tmp_path: Path) -> None:
    keep(tmp_path, "page", age=-60)
    for file in tmp_path.iterdir():
        file.write_bytes(b"nonsense")

    keep(tmp_path, "page", age=-60)
    with KeptPages(tmp_path) as kept:
        assert kept.get("page", stale=False) is None
