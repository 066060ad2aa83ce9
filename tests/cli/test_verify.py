from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.wheel import wheel

from winarm.cli import verify
from winarm.cli.console import Console
from winarm.errors import FileSystemError, SettingsError, UsageError
from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = "good-1.0-cp313-cp313-win_arm64.whl"
BAD = "bad-1.0-cp313-cp313-win_arm64.whl"


def run(*words: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run the verb and return its exit status and what it printed."""
    parser = argparse.ArgumentParser()
    verify.configure(parser)
    out = io.StringIO()
    host = Host(environ=environ or {}, system="linux", machine="x", executable=Path(sys.executable))
    status = verify.run(parser.parse_args(words), host, Console(out, io.StringIO()))
    return status, out.getvalue()


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with a good and a bad wheel in dist, and the working directory there."""
    folder = tmp_path / "dist"
    folder.mkdir()
    wheel(folder, {"good/_x.cp313-win_arm64.pyd": im.module()}, GOOD)
    wheel(folder, {"bad/_x.cp313-win_arm64.pyd": im.module(machine=im.AMD64)}, BAD)
    monkeypatch.chdir(tmp_path)
    return folder


def test_good_wheel_is_status_0_and_one_line(dist: Path) -> None:
    assert run(str(dist / GOOD)) == (0, f"ok    {GOOD}  1 image (ARM64)\n")


def test_bad_wheel_is_status_1(dist: Path) -> None:
    status, said = run(str(dist / BAD))

    assert status == 1
    assert "WA101 error   bad/_x.cp313-win_arm64.pyd" in said


def test_unreadable_file_is_a_finding(dist: Path) -> None:
    status, said = run(str(dist / "gone.whl"))

    assert status == 1
    assert "WA001 error" in said


@pytest.mark.parametrize("word", ["dist", "dist/*", "dist/*.whl", "dist/[bg]*d-1.0-*.whl", "d*t/*"])
def test_folders_and_patterns_are_expanded(dist: Path, word: str) -> None:
    """cmd.exe hands patterns on as they are."""
    assert dist.is_dir()

    assert run(word)[1].splitlines()[-1] == "2 verified: 1 good, 1 not."


def test_a_wheel_named_twice_is_verified_once(dist: Path) -> None:
    assert len(json.loads(run("--format=json", "dist", str(Path("dist", GOOD)))[1])["reports"]) == 2
    assert dist.is_dir()


def test_tree_is_read_as_a_folder(dist: Path) -> None:
    (dist.parent / "lib").mkdir()
    (dist.parent / "lib" / "_x.pyd").write_bytes(im.module(machine=im.AMD64))

    assert run("--tree", "lib")[0] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing to verify"),
        (["*.nothing"], "nothing matches"),
        (["."], "no wheel in"),
        (["dist", "--jobs=0"], "at least one"),
        (["dist", "--select=XX"], "--select: 'XX' is not a finding"),
        (["dist", "--fail-on=errr"], "did you mean 'error'"),
        (["dist", "--target=win_arm"], "did you mean 'win_arm64'"),
        (["--explain=WA999"], "no such code"),
    ],
)
def test_wrong_use_is_explained(dist: Path, words: list[str], message: str) -> None:
    assert dist.is_dir()

    with pytest.raises(UsageError, match=message):
        run(*words)


def test_code_is_explained() -> None:
    status, said = run("--explain", "wa101")

    assert status == 0
    assert said.startswith("WA101 (error): an extension module is for another machine")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--select=WA6"], 0),
        (["--select=WA6,WA101"], 1),
        (["--ignore=WA1"], 0),
        (["--allow=bad/*"], 0),
        (["--target=win_amd64"], 1),
        (["--fail-on=never"], 0),
    ],
)
def test_options_decide_what_counts(dist: Path, words: list[str], status: int) -> None:
    assert run(*words, str(dist / BAD))[0] == status


def test_project_settings_are_read_and_options_add_to_them(dist: Path) -> None:
    settings = dist.parent / "pyproject.toml"
    settings.write_text('[tool.winarm.verify]\nignore = ["WA1"]\n')

    assert run(str(dist / BAD))[0] == 0
    assert run(str(dist / BAD), "--ignore=WA6")[0] == 0


def test_mistakes_in_project_settings_are_named(dist: Path) -> None:
    (dist.parent / "pyproject.toml").write_text("[tool.winarm.verify]\nignor = []\n")

    with pytest.raises(SettingsError, match="did you mean 'ignore'"):
        run("dist")


@pytest.mark.parametrize(
    "text", ["tool = 1", "tool.winarm = 2", "tool.winarm.verify = 3", "tool.winarm.verifi = {}"]
)
def test_settings_of_a_wrong_type_are_refused(dist: Path, text: str) -> None:
    (dist.parent / "pyproject.toml").write_text(text)

    with pytest.raises(SettingsError, match=r"pyproject.toml \[tool.winarm\]"):
        run(str(dist / GOOD))


@pytest.mark.parametrize("content", [b"[", b"\xff"])
def test_pyproject_that_cannot_be_read_is_a_mistake_in_use(dist: Path, content: bytes) -> None:
    (dist.parent / "pyproject.toml").write_bytes(content)

    with pytest.raises(UsageError, match="not valid TOML"):
        run(str(dist / GOOD))


@pytest.mark.parametrize("text", ["tool.other = 1", ""])
def test_other_projects_settings_are_no_concern(dist: Path, text: str) -> None:
    (dist.parent / "pyproject.toml").write_text(text)

    assert run(str(dist / GOOD))[0] == 0


def test_warning_fails_when_asked(dist: Path) -> None:
    path = wheel(
        dist,
        {"pkg/_x.cp313-win_arm64.pyd": im.module(), "pkg/a.dll": im.image(machine=im.AMD64)},
        "pkg-1.0-cp313-cp313-win_arm64.whl",
    )

    assert run(str(path))[0] == 0
    assert run(str(path), "--fail-on=warning")[0] == 1


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_programs_get_json(dist: Path, name: str) -> None:
    status, said = run("--format", name, str(dist))

    assert status == 1
    assert json.loads(said)


def test_github_gets_annotations_and_a_summary(dist: Path) -> None:
    page = dist.parent / "summary.md"
    page.write_text("before\n")

    status, said = run("--format=github", "dist", environ={"GITHUB_STEP_SUMMARY": str(page)})

    assert status == 1
    assert said.startswith("::error file=dist/bad-1.0")
    assert page.read_text("utf-8").startswith("before\n### winarm verify")


def test_summary_that_cannot_be_written_is_a_clear_error(dist: Path) -> None:
    with pytest.raises(FileSystemError, match="cannot use"):
        run("--format=github", "dist", environ={"GITHUB_STEP_SUMMARY": str(dist)})


def test_no_record_leaves_hashes_alone(dist: Path) -> None:
    name = "pkg-1.0.dist-info/RECORD"
    path = wheel(
        dist,
        {"pkg/_x.pyd": im.module(), name: b"pkg/_x.pyd,sha256=AAAA,\n"},
        "pkg-1.0-cp313-cp313-win_arm64.whl",
    )

    assert "WA608" in run(str(path))[1]
    assert "WA608" not in run(str(path), "--no-record")[1]


def test_verbose_shows_imports(dist: Path) -> None:
    assert "needs python313.dll" in run("-v", str(dist / GOOD))[1]
