"""zig's libraries are made by all processors where zig itself would use half of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from winarm.locate.tools.programs import one_word

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def layer(folder: Path, version: str, status: int = 0) -> Path:
    """Return the programs in a layer with a zig that notes what it is asked for."""
    zig = folder / "zig"
    zig.write_text(
        f'#!/bin/sh\n[ "$1" = version ] && echo {version} && exit\n'
        f'printf "%s\\n" "$@" >> "{folder}/asked"\necho noise >&2\nexit {status}\n'
    )
    zig.chmod(0o755)
    shutil.copytree(Path(one_word.__file__).parents[1], folder / "programs")
    facts = {"zig": str(zig), "target": "aarch64-windows-gnu"}
    (folder / "tools.json").write_text(json.dumps(facts))
    return folder / "programs"


def make(programs: Path, language: str, mark: Path) -> list[str]:
    """Run the program; return what zig was asked for."""
    command = [sys.executable, "-I", str(programs), "libraries", language, str(mark)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
    asked = programs.parent / "asked"
    return asked.read_text().splitlines() if asked.exists() else []


@pytest.mark.parametrize(("language", "needed"), [("c", ["-lc"]), ("c++", ["-lc", "-lc++"])])
@pytest.mark.parametrize("version", ["0.16.0", "0.17.1", "0.18.0-dev.3+abc"])
def test_the_library_is_made_with_jobs_for_all_processors(
    tmp_path: Path, version: str, language: str, needed: list[str]
) -> None:
    asked = make(layer(tmp_path, version), language, tmp_path / "zig-cache/made")
    assert asked[:2] == ["build-lib", "-dynamic"]
    assert [word for word in asked if word.startswith("-l")] == needed
    (jobs,) = (int(word[2:]) for word in asked if word.startswith("-j"))
    assert jobs >= 4
    assert jobs % 2 == 0
    assert (tmp_path / "zig-cache/made").exists()


@pytest.mark.parametrize("version", ["0.14.1", "0.15.2", "nonsense"])
def test_a_zig_that_uses_all_by_itself_is_left_alone(tmp_path: Path, version: str) -> None:
    assert make(layer(tmp_path, version), "c", tmp_path / "made") == []
    assert (tmp_path / "made").exists()


def test_a_failure_is_the_links_to_tell_and_is_not_repeated(tmp_path: Path) -> None:
    assert make(layer(tmp_path, "0.17.1", status=1), "c", tmp_path / "made") != []
    assert (tmp_path / "made").exists()
