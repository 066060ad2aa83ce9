from __future__ import annotations

from pathlib import Path

import pytest
from lock_samples import HASH, LOCKS, PDM, PIPFILE, PIXI, POETRY, PYLOCK, UV, read, versions

from winarm.errors import UsageError
from winarm.stack.lock_file import Selection
from winarm.stack.locks import read_lock
from winarm.stack.wanted import TargetMarkers
from winarm.target import WIN_ARM64, PythonABI


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_target_installs(tmp_path: Path, name: str) -> None:
    stack = read(tmp_path, name, LOCKS[name])

    found = versions(stack)
    found.pop("arm", None)
    assert found == {"a": "1.5", "b": "2.0"}
    (first,) = (package for package in stack.packages if package.name == "a")
    assert first.sha256 == {HASH}


@pytest.mark.parametrize("name", sorted(set(LOCKS) - {"Pipfile.lock"}))
def test_a_lock_says_who_requires_whom(tmp_path: Path, name: str) -> None:
    stack = read(tmp_path, name, LOCKS[name])

    assert stack.requirers("b") == ("a",)
    assert stack.is_root("a")
    assert not stack.is_root("b")


@pytest.mark.parametrize("name", ["poetry.lock", "pdm.lock", "pixi.lock"])
def test_some_locks_say_what_is_allowed(tmp_path: Path, name: str) -> None:
    assert str(read(tmp_path, name, LOCKS[name]).allowed("b")) == "<3,>=2"


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock"])
def test_extras_and_groups_add_their_packages(tmp_path: Path, name: str) -> None:
    found = versions(read(tmp_path, name, LOCKS[name], extras=["web"], groups=["dev"]))

    assert {"w", "d"} <= set(found)


def test_poetry_asks_the_markers_of_the_groups_that_are_meant(tmp_path: Path) -> None:
    """Poetry 2 writes a table where groups differ."""
    markers = "{main = \"sys_platform == 'linux'\", dev = \"sys_platform == 'win32'\"}"
    text = POETRY + '[[package]]\nname = "split"\nversion = "1"\ngroups = ["main", "dev"]\n'
    text += f"markers = {markers}\n"

    assert "split" not in versions(read(tmp_path, "poetry.lock", text))
    assert "split" in versions(read(tmp_path, "poetry.lock", text, groups=["dev"]))


def test_pdm_joins_the_entries_of_a_package_and_its_extras(tmp_path: Path) -> None:
    text = (
        PDM
        + '[[package]]\nname = "a"\nversion = "1.5"\nextras = ["x"]\ndependencies = ["a==1.5"]\n'
    )
    stack = read(tmp_path, "pdm.lock", text)

    (first,) = (package for package in stack.packages if package.name == "a")
    assert first.sha256 == {HASH}
    assert stack.requirers("a") == ()


def test_pixi_marks_what_comes_from_a_folder(tmp_path: Path) -> None:
    text = PIXI.replace("      - pypi: https://x/b.whl", "      - pypi: ./mine")
    text += "- pypi: ./mine\n  name: mine\n  version: '1'\n"
    (mine,) = (p for p in read(tmp_path, "pixi.lock", text).packages if p.name == "mine")

    assert mine.elsewhere == "./mine"


def test_pipfile_groups_are_its_sections(tmp_path: Path) -> None:
    assert "d" in versions(read(tmp_path, "Pipfile.lock", PIPFILE, groups=["develop"]))


def test_pixi_notes_what_comes_from_conda(tmp_path: Path) -> None:
    assert read(tmp_path, "pixi.lock", PIXI).notes == ("not looked at: 1 from conda channels",)


@pytest.mark.parametrize(
    ("name", "key"), [("uv.lock", "supported-markers"), ("pylock.toml", "environments")]
)
def test_a_lock_for_other_systems_is_refused(tmp_path: Path, name: str, key: str) -> None:
    text = LOCKS[name].replace(
        "requires-python", f"{key} = [\"sys_platform == 'linux'\"]\nrequires-python"
    )

    with pytest.raises(UsageError, match="a lock for sys_platform == 'linux', and not for Windows"):
        read(tmp_path, name, text)


def test_a_pdm_lock_for_other_systems_is_refused(tmp_path: Path) -> None:
    text = PDM.replace("[[metadata.targets]]", '[[metadata.targets]]\nplatform = "linux"')

    with pytest.raises(UsageError, match="a lock for linux, and not for Windows"):
        read(tmp_path, "pdm.lock", text)


def test_a_pipfile_for_another_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a lock for Python 3\.13"):
        read(tmp_path, "Pipfile.lock", PIPFILE, python=14)


@pytest.mark.parametrize("name", ["requirements.txt", "cargo.lock", "pylock"])
def test_other_files_are_no_locks(name: str) -> None:
    assert read_lock(Path(name), TargetMarkers(WIN_ARM64, PythonABI(13)), Selection()) is None


def test_named_pylock_files_are_locks(tmp_path: Path) -> None:
    assert versions(read(tmp_path, "pylock.web.toml", PYLOCK))["a"] == "1.5"


def test_uv_says_what_the_project_allows(tmp_path: Path) -> None:
    assert str(read(tmp_path, "uv.lock", UV).allowed("a")) == "<2,>=1"


def test_uv_forks_by_python(tmp_path: Path) -> None:
    assert versions(read(tmp_path, "uv.lock", UV, python=14))["b"] == "3.0"


def test_uv_marks_what_comes_from_a_repository(tmp_path: Path) -> None:
    (arm,) = (p for p in read(tmp_path, "uv.lock", UV).packages if p.name == "arm")

    assert arm.elsewhere == "git https://example.org/arm"


def test_uv_follows_extras_of_dependencies(tmp_path: Path) -> None:
    assert "f" in versions(read(tmp_path, "uv.lock", UV, extras=["web"]))
