"""The only site-packages of a trial's Python, from its start on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from winarm.trial import on_target


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    for name in ("start", "site"):
        (tmp_path / name).mkdir()
    shutil.copy(Path(on_target.__path__[0], "sitecustomize.py"), tmp_path / "start")
    return tmp_path


def says(stage: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(stage / "start"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_stages_packages_are_the_only_ones(stage: Path) -> None:
    (stage / "site" / "spam.py").write_text("answer = 42")
    code = (
        "import spam, importlib.util as u\n"
        "print(spam.answer, u.find_spec('pytest'), u.find_spec('json') is not None)"
    )

    assert says(stage, code) == "42 None True"


def test_they_come_after_the_standard_library(stage: Path) -> None:
    (stage / "site" / "json.py").write_text("raise SystemExit('shadowed')")

    assert says(stage, "import json; print(json.dumps(1))") == "1"


def test_path_files_are_read(stage: Path) -> None:
    (stage / "more").mkdir()
    (stage / "more" / "eggs.py").write_text("answer = 7")
    (stage / "site" / "more.pth").write_text(f"{stage / 'more'}\n")

    assert says(stage, "import eggs; print(eggs.answer)") == "7"


def test_a_module_of_that_name_in_the_environment_is_run_too(stage: Path) -> None:
    (stage / "site" / "sitecustomize.py").write_text("import sys; sys.chained = True")

    assert says(stage, "import sys; print(sys.chained)") == "True"
