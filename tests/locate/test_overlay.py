from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fake_host import FakeHost, touch

from winarm.errors import FileSystemError
from winarm.locate.overlay import case_overlay


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(
        environ={},
        system="linux",
        machine="x86_64",
        executable=Path("python3"),
        default_cache=tmp_path / "cache",
    )


def entries(overlay: Path) -> dict[str, Any]:
    (root,) = json.loads(overlay.read_text("utf-8"))["roots"]
    return {entry["name"]: entry for entry in root["contents"]}


def test_files_keep_their_own_names(host: FakeHost, tmp_path: Path) -> None:
    root = tmp_path / "um"
    touch(root / "Windows.h", root / "sub" / "A.h")

    found = entries(case_overlay(host, [root]))

    assert found["Windows.h"]["external-contents"] == str(root / "Windows.h")
    (inner,) = found["sub"]["contents"]
    assert inner["external-contents"] == str(root / "sub" / "A.h")


def test_names_in_several_cases_are_one(host: FakeHost, tmp_path: Path) -> None:
    # xwin adds links: kernel32.lib beside kernel32.Lib.
    touch(tmp_path / "um" / "kernel32.Lib")
    (tmp_path / "um" / "KERNEL32.lib").symlink_to("kernel32.Lib")

    assert len(entries(case_overlay(host, [tmp_path / "um"]))) == 1


def test_a_link_to_the_folder_itself_ends(host: FakeHost, tmp_path: Path) -> None:
    # xwin: sdk/include/10.0.26100 -> .
    touch(tmp_path / "include" / "a.h")
    (tmp_path / "include" / "10.0.26100").symlink_to(".", target_is_directory=True)

    assert list(entries(case_overlay(host, [tmp_path / "include"]))) == ["a.h"]


def test_links_to_nothing_are_left_out(host: FakeHost, tmp_path: Path) -> None:
    touch(tmp_path / "um" / "a.h")
    (tmp_path / "um" / "gone.h").symlink_to("nowhere.h")
    (tmp_path / "um" / "round.h").symlink_to("round.h")

    assert list(entries(case_overlay(host, [tmp_path / "um"]))) == ["a.h"]


def test_it_is_made_once(host: FakeHost, tmp_path: Path) -> None:
    touch(tmp_path / "um" / "a.h")
    first = case_overlay(host, [tmp_path / "um"])
    first.write_text("kept")

    assert case_overlay(host, [tmp_path / "um"]) == first
    assert first.read_text() == "kept"


def test_it_is_made_anew_when_the_folder_changes(host: FakeHost, tmp_path: Path) -> None:
    touch(tmp_path / "um" / "a.h")
    first = case_overlay(host, [tmp_path / "um"])
    touch(tmp_path / "um" / "b.h")
    os.utime(tmp_path / "um", ns=(1, 1))

    second = case_overlay(host, [tmp_path / "um"])

    assert second != first
    assert set(entries(second)) == {"a.h", "b.h"}


def test_the_tree_is_not_written_into(host: FakeHost, tmp_path: Path) -> None:
    touch(tmp_path / "um" / "a.h")

    case_overlay(host, [tmp_path / "um"])

    assert [path.name for path in tmp_path.joinpath("um").iterdir()] == ["a.h"]


def test_a_cache_that_cannot_be_written_is_named(host: FakeHost, tmp_path: Path) -> None:
    host.default_cache.touch()

    with pytest.raises(FileSystemError, match="WINARM_CACHE_DIR"):
        case_overlay(host, [tmp_path])
