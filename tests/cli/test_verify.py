from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.wheel import wheel

from winarm.cli import verify
from winarm.cli.console import Console
from winarm.errors import EXIT_USAGE, OutputError, SettingsError, UsageError
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
        (["dist", "--jobs=0"], "at least 1"),
        (["dist", "--select=XX"], "--select: 'XX' is not a finding"),
        (["dist", "--fail-on=errr"], "did you mean 'error'"),
        (["dist", "--target=win_arm"], "did you mean 'win_arm64'"),
        (["--explain=WA999"], r"WA999 is not a finding; see docs/verify.md#findings"),
        (["--explain=,"], "name a code"),
        (["dist", "--baseline=gone.json"], "--baseline gone.json"),
        (["dist", "--with=gone.whl"], "--with gone.whl: it is neither a wheel nor a folder"),
        (["dist", "--with=*.gone"], "nothing matches"),
        ([""], "an empty name is not a file"),
        (["numpy=="], "neither a file nor a requirement"),
        (["ftp://x/y.whl"], "not the address of a wheel"),
        (["https://x/y.zip"], "not the address of a wheel"),
        (["https://x/y.whl#md5=1"], "is not a hash"),
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
    ("words", "begins", "has"),
    [
        ("WA4", "4: Needed DLLs\n\nWA401 (error)", "WA411"),
        ("4", "4: Needed DLLs\n\nWA401 (error)", "WA411"),
        ("wa101,WA702", "1: Machines\n\nWA101 (error)", "7: Layout\n\nWA702 (note)"),
    ],
)
def test_families_and_lists_of_codes_are_explained(words: str, begins: str, has: str) -> None:
    status, said = run("--explain", words)

    assert status == 0
    assert said.startswith(begins)
    assert has in said


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
    with pytest.raises(OutputError, match="cannot use"):
        run("--format=github", "dist", environ={"GITHUB_STEP_SUMMARY": str(dist)})


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["dist/good-1.0-cp313-cp313-win_arm64.whl"], 0),
        (["linux-1.0-cp313-cp313-manylinux_2_28_x86_64.whl", "--target=auto"], 1),
        (["x64-1.0-cp313-cp313-win_amd64.whl", "--target=auto"], 0),
        (["x64-1.0-cp313-cp313-win_amd64.whl", "--target=auto,win_amd64"], 0),
        (["x64-1.0-cp313-cp313-win_amd64.whl", "--target=win_arm64,auto"], 1),
        (["x64-1.0-cp313-cp313-win_amd64.whl", "--target=win_amd64,win_arm64"], 1),
        (["pure-1.0-py3-none-any.whl"], 1),
        (["_x.pyd"], 0),
    ],
)
def test_required_target_must_be_there(dist: Path, words: list[str], status: int) -> None:
    folder = dist.parent
    wheel(folder, {"x/_x.so": b""}, "linux-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")
    wheel(folder, {"x/_x.pyd": im.module(machine=im.AMD64)}, "x64-1.0-cp313-cp313-win_amd64.whl")
    wheel(folder, {"x/__init__.py": b""}, "pure-1.0-py3-none-any.whl")
    (folder / "_x.pyd").write_bytes(im.module())

    assert run(*words)[0] == 0
    required, said = run(*words, "--require-target")

    assert required == status
    assert ("FAIL  nothing is for win_" in said) is bool(status)


def test_require_target_fails_even_where_findings_do_not(dist: Path) -> None:
    path = wheel(dist.parent, {"x/__init__.py": b""}, "pure-1.0-py3-none-any.whl")

    assert run(str(path), "--require-target", "--fail-on=never")[0] == 1


def test_quiet_shows_only_what_fails(dist: Path) -> None:
    assert run("-q", str(dist / GOOD)) == (0, "")

    status, said = run("-q", "dist")

    assert status == 1
    assert GOOD not in said
    assert said.startswith(f"FAIL  {BAD}")


@pytest.mark.parametrize("name", ["table", "json", "sarif", "github"])
def test_output_is_written_to_a_file_in_utf8(dist: Path, name: str) -> None:
    printed = run("--format", name, "dist")[1]

    status, said = run("--format", name, "--output=out.txt", "dist")

    assert status == 1
    assert said.startswith("1 of 2 files failed: WA101")
    assert (dist.parent / "out.txt").read_text("utf-8") == printed
    assert sorted(path.name for path in dist.parent.iterdir()) == ["dist", "out.txt"]


@pytest.mark.parametrize("where", ["dist", "dist/good-1.0-cp313-cp313-win_arm64.whl/x", "a\0b"])
def test_output_that_cannot_be_written_is_a_mistake_in_use(dist: Path, where: str) -> None:
    assert dist.is_dir()

    with pytest.raises(OutputError) as caught:
        run("--output", where, "dist")

    assert caught.value.exit_status == EXIT_USAGE


def test_findings_of_the_baseline_are_not_reported_again(dist: Path) -> None:
    run("--format=json", "--output=known.json", "dist")

    status, said = run("--baseline=known.json", "dist")

    assert status == 0
    assert f"ok    {BAD}  1 image (AMD64)\n      1 known finding not shown" in said


def test_baseline_holds_for_the_next_version_but_not_for_new_findings(dist: Path) -> None:
    run("--format=json", "--output=known.json", "dist")
    files = {"bad/_x.cp313-win_arm64.pyd": im.module(machine=im.AMD64)}
    nextone = wheel(dist, files, BAD.replace("1.0", "1.1"))

    assert run("--baseline=known.json", str(nextone))[0] == 0
    wheel(dist, {**files, "bad/_y.cp313-win_arm64.pyd": im.module("_y", machine=im.AMD64)},
          nextone.name)  # fmt: skip
    assert run("--baseline=known.json", str(nextone))[0] == 1


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"reports": 3}', '{"reports": [{}]}', "[" * 9999]
)
def test_baseline_that_is_no_report_is_a_mistake_in_use(dist: Path, text: str) -> None:
    (dist.parent / "known.json").write_text(text)

    with pytest.raises(UsageError, match="it is not a report in JSON"):
        run("--baseline=known.json", "dist")


def test_json_begins_with_the_verdict_and_its_reason(dist: Path) -> None:
    said = json.loads(run("--format=json", "dist")[1])

    assert list(said)[:4] == ["version", "verdict", "reason", "fail_on"]
    assert (said["verdict"], said["fail_on"]) == ("bad", "error")
    assert said["reason"] == "1 of 2 files failed: WA101"
    assert [report["verdict"] for report in said["reports"]] == ["bad", "good"]


def test_wheels_of_other_systems_are_skipped_in_words(dist: Path) -> None:
    wheel(dist, {"x/_x.so": b""}, "linux-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")

    said = run("--target=auto", "dist")[1]

    assert "skip  linux-1.0-cp313-cp313-manylinux_2_28_x86_64.whl" in said
    assert said.splitlines()[-1] == "2 verified: 1 good, 1 not. 1 skipped."


class TestProcess:
    """The command as a pipeline runs it."""

    @staticmethod
    def run(words: str, folder: Path, **environ: str) -> tuple[int, str, str]:
        """Run the command in a shell, where `winarm` is this one."""
        command = words.replace("winarm", f"{shlex.quote(sys.executable)} -m winarm", 1)
        done = subprocess.run(
            command, shell=True, cwd=folder, capture_output=True, text=True, timeout=60,
            env={**os.environ, **environ}, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its shell has no pipes")

    @pytest.mark.parametrize(("name", "status"), [(GOOD, 0), (BAD, 1)])
    @pytest.mark.parametrize("form", ["table", "json"])
    def test_closed_stdout_leaves_the_verdict(
        self, name: str, status: int, form: str, dist: Path
    ) -> None:
        words = f"winarm verify --format {form} {name} >&-"

        assert self.run(words, dist) == (status, "", "")

    def test_closed_stderr_is_no_error(self, dist: Path) -> None:
        assert self.run(f"winarm verify {GOOD} 2>&-", dist)[0] == 0

    @pytest.mark.parametrize("form", ["table", "json"])
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
    def test_full_stdout_is_a_clear_error(self, form: str, dist: Path) -> None:
        status, _, said = self.run(f"winarm verify --format {form} {GOOD} >/dev/full", dist)

        assert status == EXIT_USAGE
        assert said.startswith("winarm: error: cannot use standard output: No space left")
        assert "Traceback" not in said

    def test_reader_that_has_seen_enough_leaves_the_verdict(self, dist: Path) -> None:
        words = f"{{ winarm verify {BAD}; echo status $? >&2; }} | true"

        assert self.run(words, dist)[2] == "status 1\n"

    def test_pipe_is_not_waited_for(self, dist: Path) -> None:
        os.mkfifo(dist / "pipe-1.0-cp313-cp313-win_arm64.whl")

        status, said, _ = self.run("winarm verify pipe-1.0-cp313-cp313-win_arm64.whl", dist)

        assert status == 1
        assert "WA001 error   it is neither a file nor a folder" in said

    def test_device_is_not_read(self, dist: Path) -> None:
        (dist / "zero-1.0-cp313-cp313-win_arm64.whl").symlink_to("/dev/zero")

        assert self.run("winarm verify zero*.whl", dist)[0] == 1

    def test_output_may_be_a_device(self, dist: Path) -> None:
        words = f"winarm verify --format json --output /dev/stderr -q {GOOD}"

        status, out, err = self.run(words, dist)

        assert (status, out) == (0, "")
        assert json.loads(err)["verdict"] == "good"

    def test_invalid_pyproject_is_a_mistake_in_use(self, dist: Path) -> None:
        (dist / "pyproject.toml").write_text("[")

        status, out, err = self.run(f"winarm verify {GOOD}", dist)

        assert (status, out) == (EXIT_USAGE, "")
        assert "pyproject.toml is not valid TOML" in err

    def test_summary_that_cannot_be_written_is_a_mistake_in_use(self, dist: Path) -> None:
        words = f"winarm verify --format github {GOOD}"

        assert self.run(words, dist, GITHUB_STEP_SUMMARY=str(dist))[0] == EXIT_USAGE


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
