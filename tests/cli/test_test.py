from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import wheel

from winarm.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, pretended_arm64: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with a good and a bad wheel; its runner is this machine's Python."""
    (tmp_path / "dist").mkdir()
    wheel(tmp_path / "dist", {"good.py": b"x = 'good!'"}, "good-1.0-py3-none-any.whl")
    wheel(tmp_path / "dist", {"bad.py": b"1/0"}, "bad-1.0-py3-none-any.whl")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WINARM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("WINARM_RUNNER", pretended_arm64)
    return tmp_path


GOOD = "dist/good-1.0-py3-none-any.whl"
BAD = "dist/bad-1.0-py3-none-any.whl"


def test_good_wheel_is_status_0_and_one_line(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status = main(["test", GOOD, "--python", "3.13"])

    said = capfd.readouterr()
    line = "ok    good-1.0-py3-none-any.whl  no native code, imported natively\n"
    assert (status, said.out) == (0, line)
    assert said.err.startswith("winarm: runner command: ")


def test_bad_wheel_is_status_1_with_its_traceback(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status = main(["test", "dist/*.whl", "--python", "3.13"])

    said = capfd.readouterr()
    assert status == 1
    assert "WA801 error   bad.py: import bad raises ZeroDivisionError" in said.out
    assert 'bad.py", line 1' in said.err


def test_output_and_status_of_a_command_are_its_own(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import good, sys; print(good.x); sys.exit(7)"

    status = main(["test", GOOD, "--python", "3.13", "--", "python", "-c", code])

    assert (status, capfd.readouterr().out) == (7, "good!\n")


def test_project_says_how_its_wheels_are_tried(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "checks").mkdir()
    (project / "checks" / "check.py").write_text("import good; print(good.x)")
    (project / "pyproject.toml").write_text(
        '[tool.winarm.test]\ncommand = "python checks/check.py"\ncopy = ["checks"]\n'
    )

    assert main(["test", GOOD, "--python", "3.13"]) == 0
    assert capfd.readouterr().out == "good!\n"


def test_json_says_what_the_verdict_rests_on(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["test", BAD, "--python", "3.13", "--format", "json"])

    (report,) = json.loads(capfd.readouterr().out)["reports"]
    assert (report["ok"], report["evidence"]) == (False, "imported natively")
    assert report["findings"][0]["code"] == "WA801"


def test_summary_is_added_to_the_page_of_the_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))

    main(["test", GOOD, "--python", "3.13", "--format", "github"])

    page = (project / "summary.md").read_text()
    assert page.startswith("### winarm test\n")
    assert "| good | imported natively |" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing to try"),
        (["dist/none*.whl"], "nothing matches dist/none*.whl"),
        ([GOOD, "--python", "nowhere"], "neither a version of Python nor a folder"),
        ([GOOD, "--python", "3.12", "--python", "3.13"], "more than one version"),
        ([GOOD, "--timeout", "-1"], "--timeout -1"),
        ([GOOD, "--timeout", "nan"], "--timeout nan"),
        ([GOOD, "--runner", "vine"], "no runner 'vine'"),
        ([GOOD, "--requires", "-e ."], "not a requirement"),
        (["pyproject.toml"], "not a valid wheel file name"),
    ],
)
def test_mistakes_are_one_message_and_status_2(
    words: list[str], message: str, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status = main(["test", *words])

    said = capfd.readouterr()
    assert (status, said.out) == (2, "")
    assert message in said.err
    assert "Traceback" not in said.err
