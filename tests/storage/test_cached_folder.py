from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from winarm.errors import FileSystemError
from winarm.storage.cached_folder import cached_folder

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = ("include/Python.h", "libs/python3.lib")


def fill(folder: Path) -> None:
    for member in MEMBERS:
        (folder / member).parent.mkdir()
        (folder / member).write_text("whole")


def fail(folder: Path) -> None:
    (folder / "include").mkdir()
    message = "the tool failed"
    raise RuntimeError(message)


def never(folder: Path) -> None:
    pytest.fail("made again")


def names(folder: Path) -> set[str]:
    """Return what is in the cache beside locks."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_it_is_made_once(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "key"

    assert cached_folder(place, MEMBERS, fill) == place
    assert cached_folder(place, MEMBERS, never) == place
    assert [(place / member).read_text() for member in MEMBERS] == ["whole", "whole"]
    assert names(place.parent) == {"key"}


@pytest.mark.parametrize("lost", MEMBERS)
def test_one_that_a_cleaner_went_through_is_made_anew(tmp_path: Path, lost: str) -> None:
    place = cached_folder(tmp_path / "key", MEMBERS, fill)
    (place / lost).unlink()

    cached_folder(place, MEMBERS, fill)

    assert (place / lost).read_text() == "whole"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "key"

    with pytest.raises(RuntimeError, match="the tool failed"):
        cached_folder(place, MEMBERS, fail)

    assert names(tmp_path) == set()


#: Fills half of a folder, says so, and waits to be killed.
HALF = """
import sys, time
from pathlib import Path
from winarm.storage.cached_folder import cached_folder

def make(folder):
    (folder / "include").mkdir()
    (folder / "include" / "Python.h").write_text("half")
    print("begun", flush=True)
    time.sleep(60)

cached_folder(Path(sys.argv[1]), ["include/Python.h", "libs/python3.lib"], make)
"""


def test_what_a_killed_process_leaves_is_swept_and_not_taken_for_whole(tmp_path: Path) -> None:
    place = tmp_path / "key"
    with subprocess.Popen(
        [sys.executable, "-c", HALF, place], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
    assert len(names(tmp_path)) == 1
    assert not place.exists()

    cached_folder(place, MEMBERS, fill)

    assert names(tmp_path) == {"key"}
    assert (place / MEMBERS[0]).read_text() == "whole"


def test_of_two_at_once_one_makes_it_and_both_have_it(tmp_path: Path) -> None:
    place = tmp_path / "key"
    begun = threading.Event()
    made = []

    def slowly(folder: Path) -> None:
        begun.set()
        made.append(folder)
        time.sleep(0.2)
        fill(folder)

    first = threading.Thread(target=cached_folder, args=(place, MEMBERS, slowly))
    first.start()
    begun.wait(10)
    cached_folder(place, MEMBERS, slowly)
    first.join()

    assert len(made) == 1
    assert (place / MEMBERS[1]).is_file()


def test_a_cache_that_cannot_be_written_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")

    with pytest.raises(FileSystemError, match="WINARM_CACHE_DIR") as caught:
        cached_folder(tmp_path / "cache" / "key", MEMBERS, fill)

    assert str(tmp_path / "cache") in str(caught.value)


@pytest.mark.parametrize("named", [True, False])
def test_a_full_disk_is_the_same_error_and_leaves_nothing(tmp_path: Path, *, named: bool) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, os.strerror(28), *([str(folder / "include")] if named else []))

    with pytest.raises(FileSystemError, match=os.strerror(28)):
        cached_folder(tmp_path / "key", MEMBERS, full)

    assert names(tmp_path) == set()


def test_what_the_maker_cannot_read_is_not_blamed_on_the_cache(tmp_path: Path) -> None:
    def unreadable(folder: Path) -> None:
        raise PermissionError(13, os.strerror(13), str(tmp_path / "headers" / "Python.h"))

    with pytest.raises(PermissionError):
        cached_folder(tmp_path / "cache" / "key", MEMBERS, unreadable)
