"""What a project's files say: Pythons, the stable ABI, its tests, its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.errors import SourceError
from winarm.project.facts import own_files, read_facts

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, pyproject: str = "", **files: str) -> Path:
    (folder / "pyproject.toml").write_text(pyproject)
    for name, text in files.items():
        (folder / name.replace("_py", ".py").replace("_cfg", ".cfg")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("requires", "pythons"),
    [
        ("", ("3.11", "3.12", "3.13", "3.14", "3.15")),
        (">=3.9", ("3.11", "3.12", "3.13", "3.14", "3.15")),
        (">=3.13.2", ("3.13", "3.14", "3.15")),
        (">=3.8,<3.13", ("3.11", "3.12")),
        ("<3.11", ()),
        ("not a specifier", ("3.11", "3.12", "3.13", "3.14", "3.15")),
    ],
)
def test_pythons_are_those_that_project_and_winarm_support(
    tmp_path: Path, requires: str, pythons: tuple[str, ...]
) -> None:
    facts = read_facts(project(tmp_path, f'[project]\nname = "a"\nrequires-python = "{requires}"'))

    assert facts.pythons == pythons


@pytest.mark.parametrize(
    ("build", "skip", "pythons"),
    [
        ("cp3*", "", ("3.11", "3.12", "3.13", "3.14", "3.15")),
        ("", "", ("3.11", "3.12", "3.13", "3.14", "3.15")),
        ("cp312-* cp313-*", "", ("3.12", "3.13")),
        ("cp{311,314}-*", "", ("3.11", "3.14")),
        ("cp31[23]-win_*", "*-win32", ("3.12", "3.13")),
        ("*", "cp315* *-win_arm64", ("3.11", "3.12", "3.13", "3.14")),
        ("cp3*-manylinux_x86_64", "", ()),
        ("cp313-{win_arm64", "", ()),
    ],
)
def test_pythons_are_those_that_cibuildwheel_takes_on_windows(
    tmp_path: Path, build: str, skip: str, pythons: tuple[str, ...]
) -> None:
    settings = f'[tool.cibuildwheel]\nbuild = "{build}"\nskip = "{skip}"'

    assert read_facts(project(tmp_path, settings)).pythons == pythons
    selector = pytest.importorskip("cibuildwheel.selector")
    selected = selector.BuildSelector(build_config=build or "*", skip_config=skip)
    for python in ("3.11", "3.12", "3.13", "3.14", "3.15"):
        names = (f"cp3{python[2:]}-{platform}" for platform in ("win_arm64", "win_amd64"))
        assert any(map(selected, names)) is (python in pythons)


@pytest.mark.parametrize(
    ("pyproject", "files", "oldest"),
    [
        ("", {}, None),
        ('[tool.scikit-build]\nwheel.py-api = "cp312"', {}, "3.12"),
        ('[tool.scikit-build]\nwheel.py-api = "py3"', {}, None),
        ('[tool.distutils.bdist_wheel]\npy-limited-api = "cp311"', {}, "3.11"),
        ("", {"setup_cfg": "[bdist_wheel]\npy_limited_api = cp313\n"}, "3.13"),
        ("", {"setup_py": "setup(options={'bdist_wheel': {'py_limited_api': 'cp311'}})"}, "3.11"),
        ("", {"setup_py": "Extension('a', [], py_limited_api=True)"}, None),
        ("", {"setup_cfg": "no [section"}, None),
        ("[tool.meson-python]\nlimited-api = true", {}, "3.11"),
    ],
)
def test_the_stable_abi_is_found_in_each_backends_own_setting(
    tmp_path: Path, pyproject: str, files: dict[str, str], oldest: str | None
) -> None:
    assert read_facts(project(tmp_path, pyproject, **files)).stable_abi == oldest


def test_mesons_version_of_the_stable_abi_is_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "meson.build").write_text("py.extension_module('a', limited_api: '3.12')")

    facts = read_facts(project(tmp_path, "[tool.meson-python]\nlimited-api = true"))

    assert facts.stable_abi == "3.12"


def test_cibuildwheels_tests_come_before_a_guess(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    pyproject = """\
[tool.cibuildwheel]
test-command = "pytest {package}/checks"
test-requires = "pytest hypothesis"
test-groups = ["more"]
test-extras = ["fast"]
[dependency-groups]
more = ["trio", {include-group = "most"}]
most = ["attrs", {include-group = "more"}]
"""

    tests = read_facts(project(tmp_path, pyproject)).tests

    assert tests.command == "pytest {project}/checks"
    assert tests.requires == ("pytest", "hypothesis", "trio", "attrs")
    assert tests.extras == ("fast",)


def test_a_folder_of_tests_is_for_pytest_with_what_its_group_requires(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()

    tests = read_facts(project(tmp_path, '[dependency-groups]\ntest = ["trio"]')).tests

    assert tests.command == "python -m pytest {project}/test"
    assert tests.requires == ("trio", "pytest")


def test_without_tests_there_is_no_command(tmp_path: Path) -> None:
    tests = read_facts(project(tmp_path)).tests

    assert (tests.command, tests.requires, tests.origin) == ("", (), "")


def test_submodules_and_a_version_from_history_are_seen(tmp_path: Path) -> None:
    (tmp_path / ".gitmodules").write_text("")
    pyproject = '[build-system]\nrequires = ["setuptools", "setuptools_scm[toml]>=8"]'

    facts = read_facts(project(tmp_path, pyproject))

    assert facts.has_submodules
    assert facts.version_from_history


def test_values_of_a_wrong_kind_are_passed_over(tmp_path: Path) -> None:
    pyproject = """\
project = 3
[build-system]
requires = "setuptools"
[tool]
cibuildwheel = ["a"]
scikit-build = 1
"""

    facts = read_facts(project(tmp_path, pyproject))

    assert facts.name == tmp_path.name
    assert facts.stable_abi is None
    assert not facts.version_from_history


def test_what_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not valid TOML"):
        read_facts(project(tmp_path, "= 3"))


def test_own_files_have_an_order_and_are_of_no_environment(tmp_path: Path) -> None:
    # An environment may have been made of the project's folder itself.
    names = ["setup.py", "b/z.py", "b/a.py", "pyvenv.cfg", ".tox/x.py", "env/pyvenv.cfg",
             "env/lib/x.py"]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    found = [file.relative_to(tmp_path).as_posix() for file in own_files(tmp_path)]

    assert found == ["pyvenv.cfg", "setup.py", "b/a.py", "b/z.py"]
