"""Which backend builds a project: PEP 517 and PEP 518, and what `[tool.winarm]` adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from winarm.config import Settings
from winarm.errors import SourceError
from winarm.host import Host
from winarm.project.build_system import (
    LEGACY_BACKEND,
    BuildSystem,
    InnerBackend,
    build_system,
    inner_backend,
    read_project,
)
from winarm.pyproject import read_pyproject

#: A backend's name, its folders, and what it requires beside what the project does.
Backend = tuple[str, tuple[str, ...], tuple[str, ...]]

WINARM = '[build-system]\nrequires = ["winarm"]\nbuild-backend = "winarm.backend"\n'


def project(folder: Path, toml: str | None = None, *, setup_py: bool = False) -> Path:
    if toml is not None:
        (folder / "pyproject.toml").write_text(toml, encoding="utf-8")
    if setup_py:
        (folder / "setup.py").write_text("from setuptools import setup\nsetup()\n")
    return folder


def declared_by(folder: Path) -> BuildSystem:
    return build_system(folder, read_pyproject(folder))


def backend(name: str, path: tuple[str, ...] = (), requires: tuple[str, ...] = ()) -> Backend:
    return name, path, requires


def inner(folder: Path) -> Backend:
    host = Host({}, "linux", "x86_64", Path("python"), default_cache=Path("cache"))
    project = read_project(folder, None, host)
    return project.backend.name, project.backend.path, project.backend_requires


class TestBuildSystem:
    @pytest.mark.parametrize(
        ("toml", "setup_py"),
        [(None, True), ("", True), ("[project]\nname = 'x'\n", False)],
        ids=["setup.py only", "empty pyproject", "no such table"],
    )
    def test_a_project_that_declares_none_has_setuptools_legacy_one(
        self, tmp_path: Path, toml: str | None, *, setup_py: bool
    ) -> None:
        assert declared_by(project(tmp_path, toml, setup_py=setup_py)) == BuildSystem(
            ("setuptools",), LEGACY_BACKEND, (), declared=False
        )

    def test_requirements_without_a_backend_are_for_the_legacy_one(self, tmp_path: Path) -> None:
        toml = '[build-system]\nrequires = ["setuptools<80", "numpy"]\n'

        assert declared_by(project(tmp_path, toml)) == BuildSystem(
            ("setuptools<80", "numpy"), LEGACY_BACKEND, (), declared=False
        )

    def test_what_is_declared_holds(self, tmp_path: Path) -> None:
        toml = (
            '[build-system]\nrequires = ["a>=1"]\nbuild-backend = "b.c:d.e"\n'
            'backend-path = ["tools", "."]\n'
        )

        assert declared_by(project(tmp_path, toml)) == BuildSystem(
            ("a>=1",), "b.c:d.e", ("tools", "."), declared=True
        )

    def test_a_source_without_a_build_system_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "main.c").write_text("")

        with pytest.raises(SourceError, match="source without a build system") as caught:
            declared_by(tmp_path)

        assert "pyproject.toml nor a setup.py" in str(caught.value)

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="source without a build system"):
            declared_by(tmp_path / "nowhere")

    def test_a_broken_pyproject_names_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="line 4"):
            declared_by(project(tmp_path, "[build-system]\nrequires = [\n\n=]", setup_py=True))

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            ("build-system = 3", "must be a table"),
            ("[[build-system]]", "must be a table"),
            ("[build-system]", "requires is missing"),
            ('[build-system]\nrequires = "setuptools"', "requires must be an array of strings"),
            ("[build-system]\nrequires = [1]", "requires must be an array of strings"),
            ("[build-system]\nrequires = []\nbuild-backend = 1", "not 1"),
            ("[build-system]\nrequires = []\nbuild-backend = ''", "build-backend must be"),
            ("[build-system]\nrequires = []\nbuild-backend = 'a b'", "build-backend must be"),
            ("[build-system]\nrequires = []\nbuild-backend = 'a:'", "build-backend must be"),
            ("[build-system]\nrequires = []\nbuild-backend = 'a:b:c'", "build-backend must be"),
            ("[build-system]\nrequires = []\nbuild-backend = '../a'", "build-backend must be"),
            ("[build-system]\nrequires = []\nbackend-path = 'a'", "backend-path must be an array"),
            ("[build-system]\nrequires = []\nbackend-path = [1]", "backend-path must be an array"),
            ("[build-system]\nrequires = []\nbackend-path = ['..']", "inside the project"),
            ("[build-system]\nrequires = []\nbackend-path = ['a/../..']", "inside the project"),
            ("[build-system]\nrequires = []\nbackend-path = ['/']", "inside the project"),
        ],
    )
    def test_a_table_that_is_none_says_what_is_wrong(
        self, tmp_path: Path, table: str, said: str
    ) -> None:
        with pytest.raises(SourceError, match=said) as caught:
            declared_by(project(tmp_path, table))

        assert str(tmp_path / "pyproject.toml") in str(caught.value)

    def test_all_that_is_wrong_is_said_at_once(self, tmp_path: Path) -> None:
        toml = "[build-system]\nbuild-backend = 1\nbackend-path = ['..', '/']\n"

        with pytest.raises(SourceError) as caught:
            declared_by(project(tmp_path, toml))

        assert str(caught.value).count("\n  - ") == 4


class TestInnerBackend:
    def test_an_unchanged_project_keeps_its_own(self, tmp_path: Path) -> None:
        toml = (
            '[build-system]\nrequires = []\nbuild-backend = "mine"\nbackend-path = ["tools"]\n'
            '[tool.scikit-build]\n[tool.winarm]\nbuild-backend = "other"\n'
        )

        assert inner(project(tmp_path, toml)) == backend("mine", ("tools",))

    def test_behind_winarm_setuptools_is_the_default(self, tmp_path: Path) -> None:
        assert inner(project(tmp_path, WINARM)) == backend(
            "setuptools.build_meta", (), ("setuptools>=77",)
        )

    @pytest.mark.parametrize(
        "line", ["setuptools", "SetupTools >= 61", "setuptools[x]", "setuptools;python_version>'3'"]
    )
    def test_what_the_project_requires_itself_is_not_asked_for_again(
        self, tmp_path: Path, line: str
    ) -> None:
        toml = WINARM.replace('["winarm"]', f'["winarm", "{line}"]')

        assert inner(project(tmp_path, toml))[2] == ()

    def test_another_distribution_of_a_similar_name_does_not_count(self, tmp_path: Path) -> None:
        toml = WINARM.replace('["winarm"]', '["setuptools-scm", "setuptools_rust"]')

        assert inner(project(tmp_path, toml))[2] == ("setuptools>=77",)

    def test_scikit_build_core_where_its_table_stands(self, tmp_path: Path) -> None:
        assert inner(project(tmp_path, WINARM + "[tool.scikit-build]\n")) == backend(
            "scikit_build_core.build", (), ("scikit-build-core",)
        )

    def test_a_name_counts_in_any_of_its_forms(self, tmp_path: Path) -> None:
        toml = WINARM.replace('["winarm"]', '["Scikit_Build.Core"]') + "[tool.scikit-build]\n"

        assert inner(project(tmp_path, toml))[2] == ()

    def test_the_projects_choice_is_over_both(self, tmp_path: Path) -> None:
        toml = WINARM + ('[tool.scikit-build]\n[tool.winarm]\nbuild-backend = "hatchling.build"\n')

        assert inner(project(tmp_path, toml)) == backend("hatchling.build", (), ("hatchling",))

    def test_an_in_tree_backend_needs_only_what_the_project_requires(self, tmp_path: Path) -> None:
        toml = WINARM + (
            '[tool.winarm]\nbuild-backend = "setuptools_wrapper"\nbackend-path = ["tools"]\n'
        )

        assert inner(project(tmp_path, toml)) == backend("setuptools_wrapper", ("tools",))

    def test_an_unknown_backend_is_the_projects_to_require(self, tmp_path: Path) -> None:
        toml = WINARM + '[tool.winarm]\nbuild-backend = "something.build"\n'

        assert inner(project(tmp_path, toml)) == backend("something.build")

    def test_a_project_that_declares_none_is_built_as_pip_builds_it(self, tmp_path: Path) -> None:
        assert inner(project(tmp_path, setup_py=True)) == backend(LEGACY_BACKEND)

    def test_the_legacy_backend_is_asked_for_where_requirements_leave_it_out(
        self, tmp_path: Path
    ) -> None:
        toml = '[build-system]\nrequires = ["numpy"]\n'

        assert inner(project(tmp_path, toml)) == backend(LEGACY_BACKEND, (), ("setuptools>=77",))

    def test_a_project_that_declares_none_may_choose(self, tmp_path: Path) -> None:
        toml = '[tool.winarm]\nbuild-backend = "flit_core.buildapi"\n'

        assert inner(project(tmp_path, toml)) == backend("flit_core.buildapi", (), ("flit-core",))

    def test_settings_decide_as_values(self, tmp_path: Path) -> None:
        settings = Settings(build_backend="b", backend_path=("p",))

        system = declared_by(project(tmp_path, WINARM))

        assert inner_backend(system, {}, settings) == InnerBackend("b", ("p",), chosen=True)

    @pytest.mark.parametrize("toml", ["tool = 1\n", "[tool]\nscikit-build = 1\n"])
    def test_odd_tables_end_in_no_traceback(self, tmp_path: Path, toml: str) -> None:
        folder = project(tmp_path, toml)
        document = read_pyproject(folder) or {}

        assert inner_backend(declared_by(folder), document, Settings()).name
