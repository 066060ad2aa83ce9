"""What setuptools requires besides what is declared is `setup_requires`, and nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import backends
from winarm.backends.setuptools import asks_for_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return installed(tmp_path / "site", "80.9.0")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "setup.py").write_text("from setuptools import setup\nsetup()\n")
    return folder


def installed(site: Path, version: str) -> Path:
    info = site / f"setuptools-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: setuptools\nVersion: {version}\n")
    return site


def test_a_project_without_the_word_requires_nothing_more(project: Path, site: Path) -> None:
    assert not asks_for_more(project, [site])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.py", "setup(setup_requires=['cffi'])"),
        ("setup.py", "Distribution().fetch_build_eggs(['numpy'])"),
        ("setup.cfg", "[options]\nsetup_requires = cython"),
        ("setup.cfg", "[options]\nsetup-requires = cython"),
        ("tools/arguments.py", "ARGUMENTS = {'setup_requires': ['numpy']}"),
    ],
)
def test_one_with_it_is_asked(project: Path, site: Path, name: str, text: str) -> None:
    file = project / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)

    assert asks_for_more(project, [site])


def test_hidden_folders_are_not_the_projects_own(project: Path, site: Path) -> None:
    other = project / ".venv" / "other.py"
    other.parent.mkdir()
    other.write_text("setup_requires")

    assert not asks_for_more(project, [site])


@pytest.mark.parametrize(("version", "asked"), [("70.0.0", True), ("70.1.0", False)])
def test_setuptools_before_70_1_needs_wheel(
    tmp_path: Path, project: Path, version: str, *, asked: bool
) -> None:
    assert asks_for_more(project, [installed(tmp_path / "other", version)]) is asked


def test_so_may_one_that_is_not_known(tmp_path: Path, project: Path) -> None:
    assert asks_for_more(project, [])
    assert asks_for_more(project, [installed(tmp_path / "odd", "my own")])


def test_what_is_not_read_whole_may_have_the_word(project: Path, site: Path) -> None:
    (project / "large.py").write_bytes(b"#" * (2**20 + 1))
    assert asks_for_more(project, [site])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_in_the_project_is_not_opened(project: Path, site: Path) -> None:
    os.mkfifo(project / "pipe.py")
    assert asks_for_more(project, [site])


def test_more_files_than_are_read_may_have_it(project: Path, site: Path) -> None:
    for number in range(2_000):
        (project / f"module{number}.py").touch()
    assert asks_for_more(project, [site])


@pytest.mark.parametrize(
    ("name", "path", "asked"),
    [
        ("setuptools.build_meta", (), False),
        ("setuptools.build_meta:__legacy__", (), False),
        ("setuptools.build_meta", ("own",), True),
        ("mesonpy", (), True),
    ],
)
def test_another_backend_is_asked_always(
    build_with: MakeBuild,
    project: Path,
    site: Path,
    name: str,
    path: tuple[str, ...],
    *,
    asked: bool,
) -> None:
    made = build_with(name).project
    described = replace(made, folder=project, backend=replace(made.backend, path=path))

    assert backends.asks_for_more(described, [site]) is asked
