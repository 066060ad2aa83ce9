"""`winarm status`: its options, what it writes, and its exit status."""

from __future__ import annotations

import argparse
import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from stack_samples import LocalIndex, sdist, served

from winarm.cli import status
from winarm.cli.console import Console
from winarm.errors import UsageError
from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with served(LocalIndex()) as running:
        running.add("plain-1.0-py3-none-any.whl")
        running.add("closed-1.0-cp313-cp313-win_amd64.whl")
        running.add("built-1.0.tar.gz", sdist("built-1.0", {"setup.py": "Extension("}))
        yield running


@pytest.fixture
def host(index: LocalIndex, tmp_path: Path) -> Host:
    real = Host.current()
    environ = {
        **{name: real.environ[name] for name in ("PATH", "SYSTEMROOT") if name in real.environ},
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index.simple,
        "WINARM_CACHE_DIR": str(tmp_path / "cache"),
    }
    return Host(environ, real.system, real.machine, real.executable)


def run(host: Host, *argv: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    status.configure(parser)
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    console = Console(out, io.StringIO())
    code = status.run(parser.parse_args([*argv, "--python", "3.13"]), host, console)
    out.flush()
    return code, out.buffer.getvalue().decode()


def test_the_table_is_written_to_stdout(host: Host) -> None:
    code, text = run(host, "plain", "closed", "--no-deps")

    assert code == 0
    assert "1 of 2 packages of plain, closed run on win_arm64 with Python 3.13 (50%)" in text


@pytest.mark.parametrize(("names", "code"), [(["plain"], 0), (["plain", "closed"], 1)])
def test_fail_on_missing_decides_the_exit_status(host: Host, names: list[str], code: int) -> None:
    assert run(host, *names, "--no-deps", "--fail-on", "missing")[0] == code


@pytest.mark.parametrize(
    ("form", "begins"),
    [("json", "{"), ("markdown", "### Windows"), ("html", "<!DOCTYPE html>"), ("badge", "<svg")],
)
def test_each_format_is_written_as_it_is(host: Host, form: str, begins: str) -> None:
    assert run(host, "plain", "--no-deps", "--format", form)[1].startswith(begins)


def test_a_file_gets_the_report_and_stdout_its_summary(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "report.json"

    _, text = run(host, "plain", "--no-deps", "--format", "json", "-o", str(file))

    assert json.loads(file.read_text())["packages"][0]["name"] == "plain"
    assert text.startswith("1 of 1 packages")


def test_names_of_a_file_are_compared_with_an_earlier_report(host: Host, tmp_path: Path) -> None:
    names, last = tmp_path / "names.txt", tmp_path / "last.json"
    names.write_text("# some\nPlain\nclosed  # why\n\nnowhere\n")
    run(host, "--names", str(names), "--format", "json", "-o", str(last))
    last.write_text(last.read_text().replace('"status": "no-source"', '"status": "rust"'))

    _, text = run(host, "--names", str(names), "--since", str(last))

    assert "closed: rust -> no-source" in text
    assert "nowhere" in text
    assert "it is not on any index" in text


def test_an_environment_is_looked_at(host: Host, tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "python3.13" / "site-packages"
    info = site / "plain-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain\nVersion: 1.0\n")

    assert "1 of 1 packages" in run(host, "--installed", str(tmp_path / "env"))[1]


def test_a_folder_is_asked_for_its_lock_first(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("closed\n")
    (tmp_path / "uv.lock").write_text('version = 1\n[[package]]\nname = "plain"\nversion = "1.0"\n')
    monkeypatch.chdir(tmp_path)

    assert "of uv.lock run" in run(host)[1]


def test_a_project_is_asked_for_its_dependencies_extras_and_groups(
    host: Host, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\ndependencies = ["plain"]\n'
        'optional-dependencies.more = ["closed"]\n[dependency-groups]\n'
        'dev = ["built", { include-group = "other" }]\nother = []\n'
        '[tool.uv.sources]\nlocal = { path = "x" }\n'
    )

    _, text = run(host, f"{tmp_path}/", "--extra", "more", "--group", "dev", "--no-deps")

    assert "of 3 packages" in text.replace("1 of", "of")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nowhere.txt"], "there is no file or folder nowhere.txt"),
        (["a b"], "neither a file nor a requirement"),
        (["plain", "--installed", "x"], "cannot be used together"),
        (["--installed", "no-such-folder"], "is not an environment"),
        (["--names", "n", "-r", "r"], "cannot be used together"),
    ],
)
def test_mistakes_are_one_message(host: Host, argv: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run(host, *argv)


def test_a_folder_without_anything_is_one_message(host: Host, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError, match="there is nothing to look at"):
        run(host, f"{tmp_path}/empty")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[project]\nname = "a"\ndynamic = ["dependencies"]\n', "are dynamic"),
        ("[tool.poetry]\n", r"no \[project\] table"),
        ('[project]\nname = "a"\ndependencies = 3\n', "must be an array of strings"),
        ('[project]\nname = "a"\ndependencies = ["a b"]\n', "neither a file nor a requirement"),
    ],
)
def test_a_project_that_says_too_little_is_one_message(
    host: Host, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(UsageError, match=said):
        run(host, f"{tmp_path}/")


def test_a_group_that_includes_itself_is_one_message(host: Host, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "a"\n[dependency-groups]\nd = [{ include-group = "d" }]\n'
    )

    with pytest.raises(UsageError, match="includes itself"):
        run(host, f"{tmp_path}/", "--group", "d")
