"""What pyproject.toml and the files beside it say must agree with what is there."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]

#: Where each package's files are.
FOLDERS = {"winarm": ROOT / "src" / "winarm", "winarm.toolchains": ROOT / "toolchains"}


def packages_below(name: str, folder: Path) -> set[str]:
    """For setuptools, every folder with files is one of these, also the headers'."""
    return {
        ".".join((name, *file.parent.relative_to(folder).parts))
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


def test_every_package_is_in_the_wheel() -> None:
    there = {one for name, folder in FOLDERS.items() for one in packages_below(name, folder)}

    assert set(SETUPTOOLS["packages"]) == there


def is_shipped(name: str, path: Path) -> bool:
    """Tell whether a pattern of the package that `path` is in takes it in."""
    package = ".".join((name, *path.parts[:-1]))
    patterns = SETUPTOOLS["package-data"].get(package, [])
    return any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_every_data_file_is_in_the_wheel(name: str) -> None:
    folder = FOLDERS[name]
    data = [
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]

    left_out = [str(path) for path in data if not is_shipped(name, path)]

    assert left_out == []


def test_pre_commit_runs_the_ruff_that_ci_runs() -> None:
    (ruff,) = (one for one in PYPROJECT["dependency-groups"]["lint"] if one.startswith("ruff"))
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")

    assert hooks.count(f'["{ruff}"]') == 2


def test_contributing_lists_every_check() -> None:
    defined = re.findall(r"@nox\.session\n(?:@.*\n)*def (\w+)", (ROOT / "noxfile.py").read_text())
    listed = re.findall(r"^\| `nox -s (\w+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(defined)


def test_ci_calls_the_test_command_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()

    (command,) = (line for line in lines if line.endswith("-m nox -s tests"))
    assert command in (ROOT / "README.md").read_text("utf-8")


def test_every_example_is_built_in_the_tests() -> None:
    tests = (ROOT / "tests" / "integration").rglob("*.py")
    tested = "".join(test.read_text("utf-8") for test in tests)

    assert [
        folder.name
        for folder in sorted((ROOT / "examples").iterdir())
        if folder.is_dir() and f'"{folder.name}"' not in tested
    ] == []
