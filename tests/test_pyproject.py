"""A pyproject.toml is read with bounds; what cannot be read is one clear error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from winarm.errors import FileSystemError, SourceError
from winarm.pyproject import MAX_PYPROJECT, read_pyproject, stays_inside, table


def test_a_project_without_one_has_none(tmp_path: Path) -> None:
    assert read_pyproject(tmp_path) is None


def test_what_stands_there_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.winarm]\ncflags = ["ä"]\n', encoding="utf-8")

    assert read_pyproject(tmp_path) == {"tool": {"winarm": {"cflags": ["ä"]}}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[project]\nname = 'x'\nversion 1\n", "line 3"),
        (b"[project]\n\n\xff = 1\n", "line 3"),
        (b"[project]\n[project]\n", "line 2"),
        (b"x = " + b"9" * 5000, "pyproject.toml"),
        (b"x = " + b"[" * 100_000, "nest"),
        (b"\xef\xbb\xbf[project]\n", "line 1"),
        (b"#" * (MAX_PYPROJECT + 1), "at most 4 MiB"),
    ],
    ids=["syntax", "encoding", "table twice", "long number", "deep", "byte order mark", "huge"],
)
def test_what_is_no_toml_says_where(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)

    with pytest.raises(SourceError, match=said) as caught:
        read_pyproject(tmp_path)

    assert str(tmp_path / "pyproject.toml") in str(caught.value)


def test_a_folder_of_that_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()

    with pytest.raises(SourceError, match="not a file"):
        read_pyproject(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_of_that_name_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")

    with pytest.raises(SourceError, match="not a file"):
        read_pyproject(tmp_path)


class Unreadable(type(Path())):  # type: ignore[misc]  # the concrete class depends on the system
    """A path whose file the system refuses to open, also to the superuser."""

    def read_bytes(self) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))


def test_one_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")

    with pytest.raises(FileSystemError, match="Permission denied"):
        read_pyproject(Unreadable(tmp_path))


def link(path: Path, target: Path) -> None:
    """Make a link to a folder, or skip where only an administrator may."""
    try:
        path.symlink_to(target, target_is_directory=True)
    except OSError as error:
        pytest.skip(f"no links here: {error}")


@pytest.mark.parametrize("folder", ["", ".", "a", "a/b", "a/../b", "not there", "..a"])
def test_folders_inside_the_project(tmp_path: Path, folder: str) -> None:
    assert stays_inside(tmp_path, folder)


@pytest.mark.parametrize("folder", ["..", "a/../..", "/", "a\0b"])
def test_folders_outside_the_project(tmp_path: Path, folder: str) -> None:
    assert not stays_inside(tmp_path, folder)


def test_an_absolute_folder_is_refused_even_inside(tmp_path: Path) -> None:
    assert not stays_inside(tmp_path, str(tmp_path / "a"))


def test_links_count_as_what_they_lead_to(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    link(project / "in", project / "there")
    link(project / "out", tmp_path)

    assert stays_inside(project, "in")
    assert not stays_inside(project, "out")


def test_links_in_a_circle_lead_nowhere_else(tmp_path: Path) -> None:
    link(tmp_path / "circle", tmp_path / "circle")

    assert isinstance(stays_inside(tmp_path, "circle"), bool)


def test_a_project_behind_a_link_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "real" / "tools").mkdir(parents=True)
    link(tmp_path / "link", tmp_path / "real")

    assert stays_inside(tmp_path / "link", "tools")


def test_a_table_is_found_inside_others() -> None:
    document = {"tool": {"uv": {"index": []}, "pdm": 3}}

    assert table(document, "tool", "uv") == {"index": []}
    assert table(document, "tool", "pdm") == table(document, "tool", "pdm", "build") == {}
    assert table(None, "tool") == table(document, "tool", "uv", "index") == {}
