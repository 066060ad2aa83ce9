"""Projects that CMake builds, one at a time with `winarm build`, or many in one build."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import runs_of_cmake
from cmake_builds import SPAM, Built, images_in, outcome

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pefile  # type: ignore[import-untyped]

    Cases = Mapping[str, Mapping[str, str]]
    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

PYPROJECT = """\
[build-system]
requires = [{requires}]
build-backend = "scikit_build_core.build"

[project]
name = "spam"
version = "1.0.0"

[tool.scikit-build]
wheel.platlib = true
{settings}
"""

RUNS = """\
[build-system]
requires = [{requires}]
build-backend = "runs_of_cmake"
backend-path = ["."]
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write a project that scikit-build-core builds."""

    def write(
        cmakelists: str,
        *,
        settings: str = "",
        requires: Sequence[str] = ("scikit-build-core>=0.11",),
        **files: str,
    ) -> Path:
        folder = tmp_path / "spam"
        folder.mkdir()
        wanted = ", ".join(f'"{requirement}"' for requirement in requires)
        text = PYPROJECT.format(requires=wanted, settings=settings)
        (folder / "pyproject.toml").write_text(text, "utf-8")
        (folder / "CMakeLists.txt").write_text(cmakelists, "utf-8")
        (folder / "spam.c").write_text(SPAM, "utf-8")
        for name, content in files.items():
            (folder / name.replace("__", ".")).write_text(content, "utf-8")
        return folder

    return write


@pytest.fixture
def build(
    tmp_path: Path, winarm_command: str, building_python: Path, run: Run
) -> Callable[..., Built]:
    """Build a project with `winarm build`."""

    def build(
        source: Path,
        *options: str,
        python: Path | str = building_python,
        environ: Mapping[str, str] | None = None,
    ) -> Built:
        wheels = tmp_path / "wheels"
        command = (winarm_command, "build", source, "-o", wheels, "--python", python, *options)
        done = run(*command, environ=environ)
        images: dict[str, pefile.PE] = {}
        for wheel in wheels.glob("*.whl"):
            images |= images_in(wheel)
        return Built(done.returncode, done.stdout, images)

    return build


@pytest.fixture
def build_many(
    once: Once, winarm_command: str, building_python: Path, run: Run
) -> Callable[..., Callable[[str], Built]]:
    """Build many cases, by their names and files, in one build; return what became of each.

    Whoever asks first in a test run waits for all of them.
    """

    def build_many(
        name: str, cases: Cases, requires: Sequence[str], *options: str
    ) -> Callable[[str], Built]:
        def fill(folder: Path) -> None:
            shutil.copy(runs_of_cmake.__file__, folder)
            wanted = ", ".join(f'"{requirement}"' for requirement in requires)
            (folder / "pyproject.toml").write_text(RUNS.format(requires=wanted), "utf-8")
            for case, files in cases.items():
                (folder / "cases" / case).mkdir(parents=True)
                for file, text in files.items():
                    path = folder / "cases" / case / file
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, "utf-8")
            command = (winarm_command, "build", folder, "-o", folder / "wheels")
            done = run(*command, "--python", building_python, *options)
            (folder / "said.txt").write_text(done.stdout, "utf-8")

        folder = once(f"cmake-{name}", fill)

        def what_became_of(case: str) -> Built:
            assert (folder / "cases" / case / "status.txt").exists(), read(folder)
            # All that was built is good, or the wheel is not handed on.
            assert list((folder / "wheels").glob("*.whl")), read(folder)
            return outcome(folder / "cases" / case)

        return what_became_of

    return build_many


def read(folder: Path) -> str:
    return (folder / "said.txt").read_text("utf-8")


@pytest.fixture
def tag(interpreter_tag: str) -> str:
    return interpreter_tag
