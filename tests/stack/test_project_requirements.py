"""What a project asks for in its pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost

from winarm.errors import UsageError
from winarm.pyproject import read_pyproject
from winarm.stack.project_requirements import requirements_of_project, tool_uv

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.stack.wanted import Wish

PROJECT = """\
[project]
name = "own"
dependencies = ["a", "own[web]", "g"]
optional-dependencies = {{ web = ["b"], loop = [] }}
[dependency-groups]
test = ["c", {{ include-group = "More" }}]
more = ["d"]
self = [{{ include-group = "self" }}]
{more}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, **parts: tuple[str, ...]) -> Wish:
    path = folder / "pyproject.toml"
    return requirements_of_project(FakeHost(), path, read_pyproject(folder) or {}, **parts)


def wished(folder: Path, **parts: tuple[str, ...]) -> list[str]:
    return [str(one) for one in read(folder, **parts).requirements]


def project(folder: Path, more: str = "") -> None:
    (folder / "pyproject.toml").write_text(PROJECT.format(more=more))


def test_a_project_has_dependencies_extras_and_groups(folder: Path) -> None:
    project(folder)

    assert wished(folder) == ["a", "b", "g"]
    assert wished(folder, groups=("test",)) == ["a", "b", "g", "c", "d"]
    assert wished(folder, extras=("web",)) == ["a", "b", "g", "b"]


def test_what_comes_from_a_repository_is_noted(folder: Path) -> None:
    project(folder, '[tool.uv.sources]\nG = { git = "https://x" }\n')

    wish = read(folder)

    assert wish.notes == ("not looked at: g (it does not come from an index)",)
    assert [one.name for one in wish.requirements] == ["a", "b"]
    assert "sources" in tool_uv(folder)
    assert tool_uv(None) == {}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"extras": ("nothing",)}, r"no extra 'nothing'; there are: loop, web"),
        ({"groups": ("nothing",)}, r"no dependency group 'nothing'"),
        ({"groups": ("self",)}, "includes itself"),
    ],
)
def test_a_mistake_in_a_project_is_one_message(
    folder: Path, asked: dict[str, tuple[str, ...]], said: str
) -> None:
    project(folder)

    with pytest.raises(UsageError, match=said):
        read(folder, **asked)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"no \[project\] table"),
        ('[project]\ndynamic = ["dependencies"]', "are dynamic"),
        ('[project]\ndependencies = "a"', "must be an array of strings"),
        ("[project]\ndependencies = ['!']", "neither a file nor a requirement"),
    ],
)
def test_a_project_that_does_not_say_is_one_message(folder: Path, text: str, said: str) -> None:
    (folder / "pyproject.toml").write_text(text)

    with pytest.raises(UsageError, match=said):
        read(folder)


def test_dependencies_may_be_in_files_that_setuptools_reads(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "mine"\ndynamic = ["dependencies"]\n'
        '[tool.setuptools.dynamic]\ndependencies = {file = ["base.txt"]}\n'
    )
    (folder / "base.txt").write_text("lxml>=5\n")
    (folder / "requirements.txt").write_text("other\n")

    assert wished(folder) == ["lxml>=5"]
