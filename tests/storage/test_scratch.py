"""Private folders are gone in the end, and whoever cannot have one is told why."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from winarm.errors import FileSystemError
from winarm.storage.scratch import file_errors_in_words, scratch_folder

if TYPE_CHECKING:
    from pathlib import Path


class TestScratchFolder:
    def test_is_gone_in_the_end(self) -> None:
        with scratch_folder() as folder:
            (folder / "a").write_text("")
            assert folder == folder.resolve()

        assert not folder.exists()

    def test_errors_of_what_is_done_in_it_are_its_own(self) -> None:
        with pytest.raises(FileNotFoundError), scratch_folder() as folder:
            (folder / "missing").read_text()

    def test_a_kept_one_is_at_its_place_and_empty_each_time(self, tmp_path: Path) -> None:
        for _ in range(2):
            with scratch_folder(tmp_path / "kept") as folder:
                assert folder == (tmp_path / "kept").resolve()
                assert list(folder.iterdir()) == []
                (folder / "a").write_text("")

        assert not (tmp_path / "kept").exists()

    def test_others_wait_for_a_kept_one(self, tmp_path: Path) -> None:
        had = threading.Event()

        def take() -> None:
            with scratch_folder(tmp_path / "kept"):
                had.set()

        other = threading.Thread(target=take)
        with scratch_folder(tmp_path / "kept") as folder:
            other.start()
            assert not had.wait(0.2)
            assert folder.is_dir()
        other.join(timeout=30)

        assert had.is_set()

    def test_one_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        with (
            pytest.raises(FileSystemError, match="file"),
            scratch_folder(tmp_path / "file" / "kept"),
        ):
            pass


class TestFileErrorsInWords:
    def test_other_errors_pass(self) -> None:
        with pytest.raises(KeyError), file_errors_in_words():
            raise KeyError

    def test_a_reader_that_has_gone_is_no_file(self) -> None:
        with pytest.raises(BrokenPipeError), file_errors_in_words():
            raise BrokenPipeError
