"""A wheel reaches its folder whole, or not at all."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from winarm.errors import FileSystemError
from winarm.storage.delivery import PART, STALE, deliver

if TYPE_CHECKING:
    from pathlib import Path


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
