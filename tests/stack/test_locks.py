from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError
from winarm.stack.locks import Selection, lock_reader
from winarm.stack.wanted import TargetMarkers, WantedStack
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from collections.abc import Iterable

HASH = "a" * 64
UV = f"""
version = 1
requires-python = ">=3.11"
[[package]]
name = "mine"
version = "0.1"
source = {{ editable = "." }}
dependencies = [
    {{ name = "a" }},
    {{ name = "tux", marker = "sys_platform == 'linux'" }},
    {{ name = "arm", marker = "platform_machine == 'ARM64'" }},
]
[package.optional-dependencies]
web = [{{ name = "w", extra = ["fast"] }}]
[package.dev-dependencies]
dev = [{{ name = "d" }}]
[package.metadata]
requires-dist = [{{ name = "a", specifier = ">=1,<2" }}]
[[package]]
name = "a"
version = "1.5"
source = {{ registry = "https://pypi.org/simple" }}
dependencies = [{{ name = "b", version = "2.0", marker = "python_full_version < '3.14'" }},
                {{ name = "b", version = "3.0", marker = "python_full_version >= '3.14'" }}]
sdist = {{ url = "https://x/a-1.5.tar.gz", hash = "sha256:{HASH}" }}
[[package]]
name = "b"
version = "2.0"
[[package]]
name = "b"
version = "3.0"
[[package]]
name = "tux"
version = "1"
[[package]]
name = "arm"
version = "1"
source = {{ git = "https://example.org/arm" }}
[[package]]
name = "w"
version = "1"
[package.optional-dependencies]
fast = [{{ name = "f" }}]
[[package]]
name = "f"
version = "1"
[[package]]
name = "d"
version = "1"
"""
PYLOCK = f"""
lock-version = "1.0"
created-by = "test"
requires-python = ">=3.11"
extras = ["web"]
dependency-groups = ["dev"]
default-groups = []
[[packages]]
name = "a"
version = "1.5"
dependencies = [{{ name = "b" }}]
wheels = [{{ name = "a-1.5-py3-none-any.whl", url = "https://x/a", hashes.sha256 = "{HASH}" }}]
[[packages]]
name = "b"
version = "2.0"
[[packages]]
name = "w"
version = "1"
marker = "'web' in extras"
[[packages]]
name = "d"
version = "1"
marker = "'dev' in dependency_groups"
[[packages]]
name = "tux"
version = "1"
marker = "sys_platform == 'linux'"
"""
POETRY = f"""
[[package]]
name = "a"
version = "1.5"
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = [{{ file = "a.whl", hash = "sha256:{HASH}" }}]
[package.dependencies]
b = ">=2,<3"
tux = {{ version = "*", markers = "sys_platform == \\"linux\\"" }}
[[package]]
name = "b"
version = "2.0"
optional = false
groups = ["main"]
[[package]]
name = "w"
version = "1"
optional = true
groups = ["main"]
[[package]]
name = "d"
version = "1"
groups = ["dev"]
[[package]]
name = "tux"
version = "1"
groups = ["main"]
markers = "sys_platform == \\"linux\\""
[extras]
web = ["w"]
[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
"""
PDM = f"""
[metadata]
groups = ["default", "dev"]
[[metadata.targets]]
requires_python = ">=3.11"
[[package]]
name = "a"
version = "1.5"
requires_python = ">=3.9"
groups = ["default"]
dependencies = ["b>=2,<3", "tux; sys_platform == \\"linux\\""]
files = [{{ file = "a.whl", hash = "sha256:{HASH}" }}]
[[package]]
name = "b"
version = "2.0"
groups = ["default"]
[[package]]
name = "tux"
version = "1"
groups = ["default"]
marker = "sys_platform == \\"linux\\""
[[package]]
name = "w"
version = "1"
groups = ["web"]
[[package]]
name = "d"
version = "1"
groups = ["dev"]
"""
PIPFILE = json.dumps(
    {
        "_meta": {"requires": {"python_version": "3.13"}},
        "default": {
            "A": {"version": "==1.5", "hashes": [f"sha256:{HASH}"]},
            "b": {"version": "==2.0"},
            "tux": {"version": "==1", "markers": "sys_platform == 'linux'"},
        },
        "develop": {"d": {"version": "==1"}},
    }
)
PIXI = f"""
version: 6
environments:
  default:
    packages:
      linux-64:
      - pypi: https://x/tux.whl
      win-arm64:
      - conda: https://conda.example/python.conda
      - pypi: https://x/a.whl
      - pypi: https://x/b.whl
packages:
- pypi: https://x/a.whl
  name: a
  version: '1.5'
  sha256: {HASH}
  requires_dist:
  - b>=2,<3
- pypi: https://x/b.whl
  name: b
  version: '2.0'
- pypi: https://x/tux.whl
  name: tux
  version: '1'
"""
LOCKS = {
    "uv.lock": UV,
    "pylock.toml": PYLOCK,
    "poetry.lock": POETRY,
    "pdm.lock": PDM,
    "Pipfile.lock": PIPFILE,
    "pixi.lock": PIXI,
}


def read(
    folder: Path,
    name: str,
    text: str,
    *,
    python: int = 13,
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
) -> WantedStack:
    path = folder / name
    path.write_text(text)
    reader = lock_reader(path)
    assert reader is not None
    markers = TargetMarkers(WIN_ARM64, PythonABI(python))
    return reader(path, markers, Selection(tuple(extras), tuple(groups)))


def versions(stack: WantedStack) -> dict[str, str]:
    return {package.name: str(package.version) for package in stack.packages}


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


def test_uv_lock_says_what_the_project_allows(tmp_path: Path) -> None:
    assert str(read(tmp_path, "uv.lock", UV).allowed("a")) == "<2,>=1"


def test_uv_lock_forks_by_python(tmp_path: Path) -> None:
    assert versions(read(tmp_path, "uv.lock", UV, python=14))["b"] == "3.0"


def test_uv_lock_marks_what_comes_from_a_repository(tmp_path: Path) -> None:
    (arm,) = (p for p in read(tmp_path, "uv.lock", UV).packages if p.name == "arm")

    assert arm.elsewhere == "git https://example.org/arm"


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock"])
def test_extras_and_groups_add_their_packages(tmp_path: Path, name: str) -> None:
    found = versions(read(tmp_path, name, LOCKS[name], extras=["web"], groups=["dev"]))

    assert {"w", "d"} <= set(found)


def test_uv_lock_follows_extras_of_dependencies(tmp_path: Path) -> None:
    assert "f" in versions(read(tmp_path, "uv.lock", UV, extras=["web"]))


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


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock"])
def test_an_extra_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no extra, group or environment 'nope'"):
        read(tmp_path, name, LOCKS[name], extras=["nope"])


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"])
def test_a_group_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no extra, group or environment 'nope'"):
        read(tmp_path, name, LOCKS[name], groups=["nope"])


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock"])
def test_a_lock_for_another_python_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="a lock for Python"):
        read(tmp_path, name, LOCKS[name].replace(">=3.11", ">=3.14"))


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


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize(
    "text", ["\x00", "[[[", "- - [", "package = 3\npackages = 3", '{"default": 3}', "x: &a [*a]"]
)
def test_what_is_no_lock_is_one_error_or_empty(tmp_path: Path, name: str, text: str) -> None:
    try:
        stack = read(tmp_path, name, text)
    except UsageError as error:
        assert str(tmp_path / name) in str(error)  # noqa: PT017 - either is right
    else:
        assert stack.packages == ()


@pytest.mark.parametrize("name", ["requirements.txt", "cargo.lock", "pylock"])
def test_other_files_are_no_locks(name: str) -> None:
    assert lock_reader(Path(name)) is None


def test_named_pylock_files_are_locks() -> None:
    assert lock_reader(Path("pylock.web.toml")) is not None
