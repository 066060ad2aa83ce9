"""`winarm ci`: a workflow that GitHub's own checkers accept, for the project at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from winarm.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my project"
    (folder / "tests").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "spam"\nrequires-python = ">=3.13"\n'
        '[dependency-groups]\ntest = ["pytest>=8", "trio"]\n'
    )
    (folder / "setup.py").write_text("setup(ext_modules=[Extension('spam', ['spam.c'])])")
    return folder


def written(project: Path, *options: str) -> dict[str, Any]:
    assert main(["ci", "github", str(project), *options]) == 0
    (file,) = (project / ".github/workflows").iterdir()
    document: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return document


def test_the_workflow_is_for_the_project(project: Path) -> None:
    inputs = written(project)["jobs"]["win-arm64"]["with"]

    assert inputs == {
        "pythons": "3.13 3.14 3.15",
        "test-command": "python -m pytest {project}/tests",
        "test-requires": "pytest>=8 trio",
        "artifact": "dist-win_arm64",
    }


def test_every_job_before_the_upload_is_needed_by_it(project: Path) -> None:
    jobs = written(project)["jobs"]

    assert jobs["verify"]["needs"] == ["sdist", "wheels", "win-arm64"]
    assert jobs["testpypi"]["needs"] == "verify"
    assert jobs["pypi"]["needs"] == "testpypi"


def test_only_the_uploads_may_prove_who_they_are(project: Path) -> None:
    document = written(project)
    jobs = document["jobs"]

    assert document["permissions"] == {}
    allowed = [name for name, job in jobs.items() if "id-token" in job["permissions"]]
    assert allowed == ["testpypi", "pypi"]


def test_an_abi3_project_is_built_once_with_its_oldest_python(project: Path) -> None:
    (project / "setup.cfg").write_text("[bdist_wheel]\npy_limited_api = cp314\n")

    inputs = written(project)["jobs"]["win-arm64"]["with"]

    assert inputs["abi3"] is True
    assert inputs["pythons"] == "3.14 3.15"


def test_submodules_and_history_reach_every_checkout(project: Path) -> None:
    (project / ".gitmodules").write_text("")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n'
    )

    jobs = written(project)["jobs"]

    for job in ("sdist", "wheels"):
        checkout = jobs[job]["steps"][0]["with"]
        assert (checkout["submodules"], checkout["fetch-depth"]) == ("recursive", 0)
    inputs = jobs["win-arm64"]["with"]
    assert (inputs["submodules"], inputs["fetch-depth"]) == ("recursive", 0)


def test_the_arm64_part_alone_has_one_job_and_a_file_of_its_own(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(written(project, "--only-win-arm64")["jobs"]) == ["win-arm64"]

    said = capsys.readouterr()
    assert "win-arm64.yml" in said.out
    assert "move the job win-arm64 into the workflow that publishes" in said.err


def test_a_workflow_beside_it_that_publishes_is_named_with_the_option(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "lint.yml").write_text("run: ruff")
    (folder / "release.yaml").write_text("uses: pypa/gh-action-pypi-publish@v1")

    assert main(["ci", "github", str(project), "-o", str(folder / "new.yml")]) == 0

    said = capsys.readouterr().err
    assert "add this repository and its workflow new.yml as a trusted publisher" in said
    assert "release.yaml builds or publishes wheels already: see --only-win-arm64" in said


def test_a_command_is_no_expression_of_githubs(project: Path) -> None:
    inputs = written(project, "--test-command", "echo ${{ a }}")["jobs"]["win-arm64"]["with"]

    assert inputs["test-command"] == "echo ${{ '${{' }} a }}"


def test_options_come_before_what_is_found(project: Path) -> None:
    command = "python -c \"print('it: works')\" # {project}"

    inputs = written(
        project, "--python", "3.12", "--test-command", command, "--test-requires", "a 'b c'"
    )["jobs"]["win-arm64"]["with"]

    assert inputs["pythons"] == "3.12"
    assert inputs["test-command"] == command
    assert inputs["test-requires"] == "a b c"


def test_a_workflow_that_is_there_is_kept(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = project / ".github/workflows/wheels.yml"
    target.parent.mkdir(parents=True)
    target.write_text("mine")

    assert main(["ci", "github", str(project)]) == 2

    assert target.read_text() == "mine"
    said = capsys.readouterr().err
    assert "--force" in said
    assert "--only-win-arm64" in said
    assert "jobs" in written(project, "--force")


def test_what_was_assumed_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(project)

    said = capsys.readouterr().err
    assert "assumed: Pythons 3.13 3.14 3.15" in said
    assert "assumed: tests from the folder tests, the dependency group test" in said


def test_the_documentation_shows_what_is_written(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ci", "github", str(repository / "examples" / "setuptools-c"), "-o", "-"]) == 0

    shown = (repository / "docs" / "_parts" / "wheels.yml").read_text("utf-8")
    assert shown == capsys.readouterr().out


def test_a_project_without_tests_is_told_that_wheels_are_only_imported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tests").rmdir()

    assert main(["ci", "github", str(project)]) == 0

    assert "assumed: no tests, so each wheel is only imported" in capsys.readouterr().err


@pytest.mark.parametrize("tool", ["maturin", "setuptools-rust"])
def test_a_project_of_rust_is_left_to_its_own_tools(
    project: Path, tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(f'[build-system]\nrequires = ["{tool}>=1.0"]\n')

    assert main(["ci", "github", str(project)]) == 2

    assert f"is built with {tool}, and winarm does not build Rust" in capsys.readouterr().err
    assert not (project / ".github").exists()


def test_a_project_of_python_alone_needs_no_workflow(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "setup.py").write_text("setup()")
    elsewhere = project / ".venv" / "lib"
    elsewhere.mkdir(parents=True)
    (elsewhere / "other.c").touch()

    assert main(["ci", "github", str(project)]) == 2

    assert "spam has nothing to compile" in capsys.readouterr().err
    assert not (project / ".github").exists()


def test_a_folder_without_a_project_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ci", "github", str(tmp_path)]) == 2
    assert "neither a pyproject.toml nor a setup.py" in capsys.readouterr().err


def test_a_project_for_older_pythons_only_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "a"\nrequires-python = "<3.10"\n')

    assert main(["ci", "github", str(project)]) == 2
    assert "--python 3.13" in capsys.readouterr().err
