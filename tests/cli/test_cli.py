"""`winarm` as it is called: exit status, one message, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipapp
from importlib.metadata import version
from pathlib import Path

import pytest
from unmeasured import unmeasured

import winarm
from winarm.cli import VERBS, main
from winarm.errors import SettingsError, UsageError, WinarmError


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])

    assert caught.value.code == 0
    assert f"usage: winarm {verb}" in capsys.readouterr().out


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    said = capsys.readouterr().out
    assert all(verb in said for verb in VERBS)


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])

    assert caught.value.code in {0, None}
    assert capsys.readouterr().out.split() == ["winarm", version("winarm")]


@pytest.mark.parametrize("argv", [["other"], ["build", "--other"], ["doctor", "a"]])
def test_a_wrong_command_line_is_status_2(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)

    assert caught.value.code == 2
    assert "usage: winarm" in capsys.readouterr().err


def test_a_wrong_option_is_answered_with_the_usage_of_its_verb(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--nothing"])

    said = capsys.readouterr().err
    assert said.startswith("usage: winarm doctor")
    assert "winarm doctor: error: unrecognized arguments: --nothing" in said


def test_without_a_verb_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2

    said = capsys.readouterr()
    assert "winarm build ." in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (WinarmError("It broke.", cure="Mend it."), 1, "winarm: error: It broke.\nMend it.\n"),
        (UsageError("Not so."), 2, "winarm: error: Not so.\n"),
        (SettingsError(["a"]), 2, "winarm: error: a setting is wrong:\n  - a\n"),
        (KeyboardInterrupt(), 130, "winarm: interrupted; nothing was left behind.\n"),
    ],
)
def test_an_error_is_one_message(
    error: BaseException,
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*_: object) -> int:
        raise error

    assert main(["build"], run=run) == status
    assert capsys.readouterr() == ("", said)


def test_a_defect_is_not_hidden() -> None:
    def run(*_: object) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        main(["build"], run=run)


def test_a_mistyped_verb_is_named_with_the_one_that_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["biuld"])

    assert caught.value.code == 2
    assert "winarm has no verb 'biuld'. Did you mean 'build'?" in capsys.readouterr().err


def test_only_the_verb_that_is_used_is_imported() -> None:
    code = (
        "import sys\nfrom winarm.cli import main\n"
        "try:\n    main(['verify', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('winarm.cli.build', 'winarm.pipeline', 'rich') "
        "if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_zip_archive_says_that_it_cannot_run(tmp_path: Path) -> None:
    source = Path(winarm.__path__[0])
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, tmp_path / "app" / "winarm", ignore=skipped)
    zipapp.create_archive(tmp_path / "app", tmp_path / "winarm.pyz", main="winarm.cli:main")

    done = subprocess.run(
        [sys.executable, tmp_path / "winarm.pyz", "build"],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "winarm cannot run from a zip archive." in done.stderr
    assert "Traceback" not in done.stderr


#: Calls that only show something, of verbs that write in each of the ways.
SHOWN = ["--version", "--help", "verify --help", "verify --explain WA4", "cache --json",
         "completion bash"]  # fmt: skip


def shown_to(stdout: int, call: str) -> tuple[int, str]:
    """Return the status and what is said on stderr, where stdout is buffered as it usually is."""
    env = {key: value for key, value in unmeasured().items() if key != "PYTHONUNBUFFERED"}
    words = [sys.executable, "-m", "winarm", *call.split()]
    done = subprocess.run(
        words, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("call", SHOWN)
@pytest.mark.skipif(os.name == "nt", reason="pipes there end in another way")
def test_a_reader_that_has_gone_is_no_failure(call: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert shown_to(writing, call) == (0, "")
    finally:
        os.close(writing)


@pytest.mark.parametrize("call", SHOWN)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_result_that_cannot_be_written_is_one_message(call: str) -> None:
    with Path("/dev/full").open("wb") as full:
        status, said = shown_to(full.fileno(), call)

    assert status == 2
    assert said.startswith("winarm: error: cannot use standard output: No space left")
    assert "Traceback" not in said


def test_python_m_winarm_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "winarm", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["winarm", version("winarm")]
