"""`winarm cache`: where it is, how large, and what is left after its removal."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from winarm.cli import main
from winarm.cli.cache import PARTS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    for name, size in (("zig/lib.a", 2_000_000), ("sdists/a.tar.gz", 3_000), ("own/file", 10)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(bytes(size))
    monkeypatch.setenv("WINARM_CACHE_DIR", str(folder))
    return folder


def test_each_part_has_its_size_and_what_it_is(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache"]) == 0

    first, *rows = capsys.readouterr().out.splitlines()
    assert first == f"{cache}: 2 MB"
    assert [row.split(maxsplit=3) for row in rows] == [
        ["own", "0", "kB"],
        ["sdists", "3", "kB", "source distributions from the package index"],
        ["zig", "2", "MB", "C and C++ libraries that zig has made"],
    ]


def test_the_documentation_names_every_part(repository: Path) -> None:
    page = (repository / "docs" / "cache.md").read_text("utf-8")

    assert [part for part in PARTS if f"`{part}`" not in page] == []


def test_a_file_with_two_names_counts_once(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.link(cache / "sdists/a.tar.gz", cache / "zig/again")

    main(["cache", "--json"])

    parts = json.loads(capsys.readouterr().out)["parts"]
    assert parts["sdists"]["bytes"] == 3_000
    assert parts["zig"]["bytes"] == 2_000_000


def test_a_part_alone_is_removed(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "--clear", "zig"]) == 0

    assert capsys.readouterr().out == f"removed 2 MB from {cache}\n"
    assert sorted(path.name for path in cache.iterdir()) == ["own", "sdists"]


def test_everything_is_removed(cache: Path) -> None:
    assert main(["cache", "--clear"]) == 0

    assert list(cache.iterdir()) == []


def test_an_unknown_part_removes_nothing(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "--clear", "zig", "../x"]) == 2

    assert "the cache has no part ../x." in capsys.readouterr().err
    assert (cache / "zig").is_dir()


def test_a_machine_without_a_cache_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WINARM_CACHE_DIR", str(tmp_path / "none"))

    assert main(["cache"]) == 0

    assert capsys.readouterr().out == f"{tmp_path / 'none'}: 0 kB\n"


def test_the_folder_alone_is_for_scripts(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "--dir"]) == 0

    assert capsys.readouterr().out == f"{cache}\n"
