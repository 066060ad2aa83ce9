"""Processes of a trial on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, Run

from winarm.errors import TrialError
from winarm.host import Answer, ProgramError
from winarm.trial.local import CommandRunner, LocalSession, NativeRunner, plain_environ
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import IMPORTS

if TYPE_CHECKING:
    from pathlib import Path


def session(host: FakeHost, stage: Path, **facts: object) -> LocalSession:
    return LocalSession(host, stage, ("python",), {"A": "1"}, **facts)  # type: ignore[arg-type]


def test_a_process_runs_in_the_work_folder_with_its_environment_and_what_is_left_is_ended(
    tmp_path: Path,
) -> None:
    host = FakeHost(answers={"python": Answer(3, "out\n", "")})
    heard: list[bytes] = []

    ended = session(host, tmp_path, clean=lambda: ("helper",)).run(
        ["x.py"], output=heard.append, expired=lambda: False
    )

    assert (ended.status, ended.left) == (3, ("helper",))
    assert b"".join(heard) == b"out\n"
    assert host.ran == [Run(("python", "x.py"), {"A": "1"}, tmp_path / "work")]


def test_a_process_whose_time_is_over_has_no_status_and_leaves_nothing(tmp_path: Path) -> None:
    cleaned: list[bool] = []

    def clean() -> tuple[str, ...]:
        cleaned.append(True)
        return ()

    host = FakeHost(answers={"python": Answer(0, "", "")})
    ended = session(host, tmp_path, clean=clean).run([], output=print, expired=lambda: True)

    assert ended.status is None
    assert cleaned == [True]


def test_a_python_that_cannot_be_started_is_an_error_of_the_trial(tmp_path: Path) -> None:
    host = FakeHost(answers={"python": ProgramError("python cannot be started: no.")})

    with pytest.raises(TrialError, match="cannot be started"):
        session(host, tmp_path).run([], output=print, expired=lambda: False)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, ""), (b"", ""), (b"short", "short"), (b"a" * 9000 + b"end", "a" * 3997 + "end")],
)
def test_the_end_of_what_modules_printed_is_told(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "said.txt").write_bytes(content)
    host = FakeHost(answers={"python": Answer(0, "", "")})

    ended = session(host, tmp_path).run([], output=print, expired=lambda: False)

    assert ended.said == said


def test_what_would_change_the_python_of_a_trial_is_left_out() -> None:
    host = FakeHost(environ={"PATH": "/bin", "PYTHONHOME": "x", "winarm_x": "x", "PY": "kept"})

    assert plain_environ(host) == {"PATH": "/bin", "PY": "kept"}


class TestNative:
    def test_it_needs_a_python(self, tmp_path: Path) -> None:
        with (
            pytest.raises(TrialError, match="needs a Python for Windows ARM64"),
            NativeRunner().session(FakeHost(), tmp_path, None),
        ):
            pass

    def test_its_python_sees_the_stage_and_its_own_temporary_folder(self, tmp_path: Path) -> None:
        python = WindowsPython(tmp_path / "python.exe", "3.13.1")  # type: ignore[arg-type]

        with NativeRunner().session(FakeHost(), tmp_path, python) as opened:
            assert opened.command == (str(tmp_path / "python.exe"),)
            assert opened.environ["PYTHONPATH"] == str(tmp_path / "start")
            assert opened.environ["TEMP"] == opened.environ["TMP"] == str(tmp_path / "tmp")


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
