"""What every Python of a cross build runs first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from winarm import child

FOLDER = Path(child.__path__[0])


def run(*folders: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import sys; print(getattr(sys, 'chained', None), sys.platform)"],
        env={"PYTHONPATH": os.pathsep.join(map(str, (FOLDER, *folders))), "PATH": "", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_next_module_of_that_name_is_run_as_ever(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.chained = True")

    assert run(tmp_path).stdout.split() == ["True", sys.platform]


def test_without_another_one_python_starts_as_ever() -> None:
    assert run().stdout.split() == ["None", sys.platform]


def test_a_view_that_cannot_be_made_ends_python_instead_of_building_for_the_host(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "spec.json"
    broken.write_text("{")

    done = run(WINARM_CHILD=str(broken))

    assert done.returncode != 0
    assert done.stdout == ""
    assert "winarm: the target view cannot be made" in done.stderr
