"""What the user names is opened, and none of it is run or changed."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from winarm.errors import FileSystemError, SourceError, UsageError
from winarm.project.pip_config import pip_configuration
from winarm.project.source import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.host import Host
    from winarm.target import PythonABI

    Open = Callable[..., Path]


def sdist(folder: Path, stem: str, *files: str) -> Path:
    path = folder / f"{stem}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in files:
            archive.addfile(tarfile.TarInfo(f"{stem}/{name}"), io.BytesIO())
    return path


@pytest.fixture
def open_(tmp_path: Path, offline_host: Host) -> Open:
    workdir = tmp_path / "work"
    workdir.mkdir()

    def call(spec: str | Path, python: PythonABI | None = None) -> Path:
        return open_source(
            offline_host,
            str(spec),
            workdir,
            pip_configuration(offline_host),
            progress=lambda _: None,
            python=python,
        )

    return call


@pytest.mark.parametrize("file", ["pyproject.toml", "setup.py"])
def test_a_folder_is_taken_as_it_is(tmp_path: Path, open_: Open, file: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / file).touch()
    source = open_(project)
    assert source == project
    assert [path.name for path in project.iterdir()] == [file]


def test_a_source_distribution_is_unpacked(tmp_path: Path, open_: Open) -> None:
    source = open_(sdist(tmp_path, "thing-1.2", "pyproject.toml"))
    assert (source / "pyproject.toml").is_file()
    assert source.name == "thing-1.2"
    assert source.is_relative_to(tmp_path / "work")


@pytest.mark.parametrize("spec", ["thing", "Thing==1.2", "thing<2", "thing[extra] ~= 1.0"])
def test_a_requirement_is_fetched(links: Path, open_: Open, spec: str) -> None:
    sdist(links, "thing-1.2", "setup.py")
    sdist(links, "thing-2.0" if "<" in spec or "~" in spec or "=" in spec else "thing-1.0", "x")
    source = open_(spec)
    assert source.name == "thing-1.2"


def test_a_folder_is_stronger_than_a_requirement_of_its_name(
    tmp_path: Path, links: Path, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdist(links, "thing-1.2", "setup.py")
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing/setup.py").touch()
    monkeypatch.chdir(tmp_path)
    assert open_("thing") == tmp_path / "thing"


def test_a_folder_that_hides_a_requirement_says_how_to_mean_the_requirement(
    tmp_path: Path, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thing").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="thing>=0"):
        open_("thing")


def test_what_has_no_build_system_says_so(tmp_path: Path, open_: Open) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no build system"):
        open_(tmp_path / "empty")
    with pytest.raises(SourceError, match="no build system"):
        open_(sdist(tmp_path, "thing-1.2", "README"))


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("thing-1-cp313-cp313-win_arm64.whl", "built already"),
        ("pyproject.toml", "Name its folder"),
        ("notes.md", "not a source distribution"),
        ("requirements.txt", "winarm build -r"),
    ],
)
def test_a_file_that_is_no_source_says_what_it_is(
    tmp_path: Path, open_: Open, spec: str, says: str
) -> None:
    (tmp_path / spec).touch()
    with pytest.raises(UsageError, match=says):
        open_(tmp_path / spec)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("git+https://host/project", "Clone or download"),
        ("https://host/thing-1.2.tar.gz", "Clone or download"),
        ("git@host:project", "Clone or download"),
        ("thing @ https://host/thing", "Clone or download"),
        ("./thing", "no folder or file"),
        ("some\\thing", "no folder or file"),
        ("~thing", "no folder or file"),
        ("thing-1.2.tar.gz", "no folder or file"),
        ("thing-1.2-py3-none-any.whl", "no folder or file"),
        ("two words", "neither"),
        ("", "neither"),
        ("--option", "neither"),
        ("a\0b", "neither"),
        ("x" * 5000 + "!", "neither"),
    ],
)
def test_what_is_nothing_at_all_is_a_mistake_of_use(open_: Open, spec: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        open_(spec)
    assert caught.value.exit_status == 2
    assert caught.value.cure


def test_a_requirement_that_nobody_has_names_where_was_looked(links: Path, open_: Open) -> None:
    with pytest.raises(SourceError, match="no source distribution of nothing") as caught:
        open_("nothing")
    assert str(links) in str(caught.value)


def test_a_wheel_does_not_meet_a_requirement(links: Path, open_: Open) -> None:
    (links / "thing-1.2-py3-none-any.whl").touch()
    with pytest.raises(SourceError, match="no source distribution"):
        open_("thing")


def test_a_missing_version_names_those_there_are(links: Path, open_: Open) -> None:
    sdist(links, "thing-1.2", "setup.py")
    with pytest.raises(SourceError, match=r"There is one for 1\.2"):
        open_("thing==3")


def test_a_work_folder_that_is_gone_is_one_message(tmp_path: Path, open_: Open) -> None:
    (tmp_path / "work").rmdir()
    with pytest.raises(FileSystemError, match="work"):
        open_(sdist(tmp_path, "thing-1.2", "setup.py"))
