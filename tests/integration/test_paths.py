"""A project may be in a folder of any name, whatever builds it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.builds]

ARM64 = 0xAA64

#: One in the other: what a shell, CMake's lists and Meson's machine files read, and what is not
#: ASCII.
FOLDERS = ("My Projects (x) & 'q'", "one;two", "Übung 日本")
#: setuptools alone, scikit-build-core, CMake through a setup.py, and Meson.
ROUTES = ("setuptools-c", "cmake-abi3-c", "setuptools-cmake", "meson-c")


@pytest.mark.parametrize("example", ROUTES)
def test_an_example_builds_in_a_folder_of_any_name(
    example: str,
    repository: Path,
    tmp_path: Path,
    winarm_command: str,
    run: Run,
    machines: Machines,
) -> None:
    project = tmp_path.joinpath(*FOLDERS, example)
    shutil.copytree(repository / "examples" / example, project)

    done = run(winarm_command, "build", project, "-o", tmp_path / "dist")

    assert done.returncode == 0, done.stdout
    (wheel,) = (tmp_path / "dist").iterdir()
    assert set(machines(wheel).values()) == {ARM64}
