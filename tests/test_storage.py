"""What is in a cache or delivered is whole, and private folders are gone in the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from winarm.errors import FileSystemError, OutputError, UsageError
from winarm.storage import (
    PART,
    STALE,
    UNUSED,
    cached_folder,
    deliver,
    file_errors_in_words,
    locked,
    read_bounded,
    remove_unused,
    replacing,
    scratch_folder,
    write_text,
)

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


def test_what_nobody_has_used_for_long_is_removed_with_its_lock(tmp_path: Path) -> None:
    long_ago = time.time() - UNUSED - 60
    for name in ("layer-used", "layer-unused", "layer-busy", "zig"):
        cached_folder(tmp_path / name, MEMBERS, fill)
        os.utime(tmp_path / name, (long_ago, long_ago))
    cached_folder(tmp_path / "layer-used", MEMBERS, never)

    with FileLock(tmp_path / "layer-busy.lock"):
        remove_unused(tmp_path, "layer-*")

    folders = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert folders == {"layer-used", "layer-busy", "zig"}
    assert not (tmp_path / "layer-unused.lock").exists()


#: Fills half of a folder, says so, and waits to be killed.
HALF = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from winarm.storage import cached_folder

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


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "private" / "a-1-py3-none-any.whl"
    path.parent.mkdir()
    path.write_bytes(b"a wheel")
    return path


def test_a_wheel_is_copied_into_its_folder(wheel: Path, tmp_path: Path) -> None:
    delivered = deliver(wheel, tmp_path / "new" / "dist")

    assert delivered == tmp_path / "new" / "dist" / wheel.name
    assert delivered.read_bytes() == b"a wheel"
    assert os.listdir(delivered.parent) == [wheel.name]  # noqa: PTH208 - with dot-files
    assert wheel.exists()


def test_it_takes_the_place_of_an_older_one(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / wheel.name).write_bytes(b"an older wheel")

    assert deliver(wheel, tmp_path).read_bytes() == b"a wheel"


def test_what_another_process_left_is_swept_when_it_is_old(wheel: Path, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    old, new = (dist / f".{name}.whl.123{PART}" for name in ("old", "new"))
    for path in (old, new, dist / ".other"):
        path.write_text("half")
    os.utime(old, (time.time() - STALE - 60,) * 2)
    os.utime(dist / ".other", (0, 0))

    deliver(wheel, dist)

    assert sorted(path.name for path in dist.iterdir()) == sorted([new.name, ".other", wheel.name])


def test_a_leftover_that_cannot_be_removed_is_no_reason_to_fail(
    wheel: Path, tmp_path: Path
) -> None:
    folder = tmp_path / f".folder{PART}"
    folder.mkdir()
    os.utime(folder, (0, 0))

    assert deliver(wheel, tmp_path).exists()


def test_a_folder_that_is_a_file_is_named(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("")

    with pytest.raises(FileSystemError, match="dist"):
        deliver(wheel, tmp_path / "dist")


def test_a_folder_in_a_file_is_named(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("")

    with pytest.raises(FileSystemError, match="dist"):
        deliver(wheel, tmp_path / "dist" / "deeper")


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    gone = tmp_path / "gone.whl"
    dist = tmp_path / "dist"

    with pytest.raises(FileSystemError):
        deliver(gone, dist)

    assert list(dist.iterdir()) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows write everywhere"
)
def test_a_read_only_folder_is_named(wheel: Path, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir(mode=0o500)

    with pytest.raises(FileSystemError, match="dist"):
        deliver(wheel, dist)


class TestScratchFolder:
    def test_is_gone_in_the_end(self) -> None:
        with scratch_folder() as folder:
            (folder / "a").write_text("")
            assert folder == folder.resolve()

        assert not folder.exists()

    def test_errors_of_what_is_done_in_it_are_its_own(self) -> None:
        with pytest.raises(FileNotFoundError), scratch_folder() as folder:
            (folder / "missing").read_text()

    def test_one_that_a_killed_process_left_is_removed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = (
            "import os, winarm.storage as s\n"
            "with s.scratch_folder() as folder:\n"
            "    (folder / 'a').write_text('')\n"
            "    os._exit(9)\n"
        )
        places = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(tmp_path))
        subprocess.run([sys.executable, "-c", code], env={**os.environ, **places}, check=False)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

        with scratch_folder() as running:
            assert len(list(tmp_path.glob("*/a"))) == 1
            for lock in tmp_path.glob("*.lock"):
                os.utime(lock, (1, 1))
            with scratch_folder():
                assert not list(tmp_path.glob("*/a"))
                assert running.is_dir()

        assert not list(tmp_path.iterdir())

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give away")
    def test_what_others_have_left_stays(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        (tmp_path / "victim").write_text("kept")
        (tmp_path / "winarm-a").mkdir()
        (tmp_path / "winarm-a.lock").symlink_to("victim")
        (tmp_path / "winarm-b").mkdir()
        (tmp_path / "winarm-b.lock").touch()
        for name in ("winarm-a.lock", "winarm-b", "winarm-b.lock"):
            os.chown(tmp_path / name, 65534, 65534, follow_symlinks=False)
        for name in ("victim", "winarm-b.lock"):
            os.utime(tmp_path / name, (1, 1))

        with scratch_folder():
            pass

        assert (tmp_path / "victim").read_text() == "kept"
        assert (tmp_path / "winarm-a").is_dir()
        assert (tmp_path / "winarm-b").is_dir()

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


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")

    assert read_bounded(file, 5, cure="") == b"12345"
    with pytest.raises(UsageError, match="has more than 4 bytes") as caught:
        read_bounded(file, 4, cure="Name another.")
    assert caught.value.cure == "Name another."
    with pytest.raises(FileSystemError):
        read_bounded(tmp_path / "nothing", 5, cure="")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_text_is_written_whole_and_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)

    write_text(link, "ä\n")

    assert link.is_symlink()
    assert file.read_bytes() == "ä\n".encode()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["file", "link"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_text_replaces_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    write_text(tmp_path / "loop", "text")

    assert (tmp_path / "loop").read_text() == "text"


def test_a_text_for_a_device_is_written_to_it() -> None:
    write_text(Path(os.devnull), "text")

    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", [".", "file/x", "nul\0"])
def test_a_text_that_cannot_be_written_is_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputError) as caught:
        write_text(tmp_path / name, "text", OutputError, cure="Choose another.")

    assert caught.value.cure == "Choose another."


def test_threads_may_replace_the_same_file(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def write(_: int) -> None:
        with replacing(tmp_path / "file") as part:
            part.write_bytes(b"text")
            both.wait(30)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_lock_is_waited_for_until_the_patience_ends(tmp_path: Path) -> None:
    asked: list[int] = []

    with FileLock(tmp_path / "lock"), pytest.raises(OSError, match="lock"):  # noqa: SIM117
        with locked(tmp_path / "lock", lambda: asked.append(1), patience=0):
            pytest.fail("two hold it")

    assert asked
    with locked(tmp_path / "lock", lambda: None):
        assert (tmp_path / "lock").exists()
