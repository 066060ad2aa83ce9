"""The program that runs a command for a runner that can run scripts only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from winarm.trial import on_target


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    shutil.copy(Path(on_target.__path__[0], "command.py"), tmp_path)
    (tmp_path / "work").mkdir()
    return tmp_path


def run(stage: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (stage / "command.json").write_text(json.dumps(arguments), "utf-8")
    return subprocess.run(
        [sys.executable, stage / "command.py"], capture_output=True, text=True, check=False
    )


def test_it_runs_in_the_work_folder_and_sees_the_stage(stage: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['PYTHONPATH'], os.environ['TEMP'])"

    done = run(stage, "-c", code)

    assert done.stdout.split() == [str(stage / name) for name in ("work", "start", "tmp")]


@pytest.mark.parametrize("status", [0, 3])
def test_it_ends_as_the_command_ends(stage: Path, status: int) -> None:
    assert run(stage, "-c", f"import sys; sys.exit({status})").returncode == status


def test_words_arrive_as_they_are(stage: Path) -> None:
    done = run(stage, "-c", "import sys; print(ascii(sys.argv[1:]))", "a b", '"', "é")

    assert done.stdout == "['a b', '\"', '\\xe9']\n"
