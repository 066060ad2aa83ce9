"""Commands of Windows, run on this machine; what is run is this Python under other names."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.programs import here, program, subprocess_answers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands of Windows are its own")

ANSWERS: dict[str, Any] = subprocess_answers(None)
SAY = "import sys; print(*sys.argv[1:], sep='|')"


@pytest.fixture(autouse=True)
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `tool` on PATH, and a `make` that says which system it is called for."""
    for name, text in (
        ("tool", f'exec "{sys.executable}" -c "{SAY}" "$@"'),
        ("make", 'echo "make for $OS"'),
    ):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "tool"


@pytest.mark.parametrize("args", ["tool 'a b' c", ["tool.exe", "a b", "c"], ("TOOL.CMD", "a b")])
def test_a_command_is_found_under_its_name_on_windows(args: Any) -> None:  # noqa: ANN401
    if args[0] == "TOOL.CMD":
        assert program(args[0]) == args[0]
        return
    assert ANSWERS["check_output"](args, text=True) == "a b|c\n"


def test_a_list_reaches_the_shell_as_a_whole() -> None:
    said = ANSWERS["run"](["tool", "a b", "$HOME"], shell=True, capture_output=True, text=True)

    assert said.stdout == "a b|$HOME\n"


def test_how_a_window_is_shown_does_not_count() -> None:
    info = ANSWERS["STARTUPINFO"]()
    info.dwFlags |= ANSWERS["STARTF_USESHOWWINDOW"]
    options = {"startupinfo": info, "creationflags": ANSWERS["CREATE_NO_WINDOW"]}

    with ANSWERS["Popen"](["tool", "x"], stdout=-1, text=True, **options) as running:
        assert running.communicate()[0] == "x\n"


@pytest.mark.parametrize(
    ("args", "shell"),
    [(["make"], False), (["mingw32-make.exe", "all"], False), ("cd . && make all", True)],
)
def test_make_builds_for_windows(args: Any, *, shell: bool) -> None:  # noqa: ANN401
    assert ANSWERS["check_output"](args, shell=shell, text=True) == "make for Windows_NT\n"


def test_other_programs_do_not_take_this_machine_for_windows() -> None:
    options: dict[str, Any] = {"env": {"A": "b"}}

    here(["cmake", "--build", "."], options)

    assert options == {"env": {"A": "b"}}


def test_a_program_that_is_not_there_fails_under_its_own_name() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.exe"):
        ANSWERS["call"](["nowhere.exe"])
