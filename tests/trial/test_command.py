"""A program that runs scripts in a Python for Windows ARM64."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fake_host import FakeHost

from winarm.host import Answer
from winarm.trial.command import CommandRunner
from winarm.trial.runner import IMPORTS

if TYPE_CHECKING:
    from pathlib import Path


def calls(stage: Path, *arguments: str) -> tuple[str, ...]:
    host = FakeHost(answers={"winpy": Answer(0, "", "")})
    runner = CommandRunner(("winpy", "-x"))
    with runner.session(host, stage, None) as session:
        ended = session.run(arguments, output=lambda _: None, expired=lambda: False)
    assert ended.status == 0
    (call,) = host.calls
    return call


def test_imports_are_a_script_of_the_stage(tmp_path: Path) -> None:
    assert calls(tmp_path, IMPORTS) == (
        *("winpy", "-x", "-p", str(tmp_path)),
        str(tmp_path / "imports.py"),
    )
    assert not (tmp_path / "command.json").exists()


def test_any_other_command_is_written_down_for_a_script(tmp_path: Path) -> None:
    call = calls(tmp_path, "-m", "pytest", "a b", "é")

    assert call[-1] == str(tmp_path / "command.py")
    assert json.loads((tmp_path / "command.json").read_text("utf-8")) == [
        *("-m", "pytest", "a b", "é")
    ]


def test_its_place_is_the_program() -> None:
    assert CommandRunner(("/opt/winpy", "-x")).place == "/opt/winpy"
