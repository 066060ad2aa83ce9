"""`winarm wheelhouse`: plans, parts and their merging, settings, and mistakes."""

from __future__ import annotations

import argparse
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stack_samples import LocalIndex, served

from winarm.cli import wheelhouse
from winarm.cli.console import Console
from winarm.errors import SettingsError, UsageError
from winarm.host import Host
from winarm.stack.wheelhouse.plan import WheelhousePlan
from winarm.target import PythonABI

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with served(LocalIndex()) as running:
        for name in ("one", "two"):
            running.add(f"{name}-1.0-py3-none-any.whl")
        running.add("closed-1.0-cp313-cp313-win_amd64.whl")
        yield running


@pytest.fixture
def host(index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.chdir(tmp_path)
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


def run(host: Host, *argv: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    wheelhouse.configure(parser)
    out, err = io.StringIO(), io.StringIO()
    args = parser.parse_args([*argv, "--python", "3.13"])
    return wheelhouse.run(args, host, Console(out, err)), out.getvalue(), err.getvalue()


def test_a_wheelhouse_is_made_and_said_to_be_complete(host: Host, tmp_path: Path) -> None:
    code, out, err = run(host, "one", "two", "--no-deps", "-o", "house")

    assert code == 0
    assert "2 of 2 packages" in out
    assert "[2/2]" in err
    assert len(list((tmp_path / "house").glob("*.whl"))) == 2


def test_a_failure_has_its_cause_and_its_cure(host: Host) -> None:
    code, out, _ = run(host, "one", "closed", "--no-deps")

    assert code == 1
    assert "closed 1.0 failed: 1.0 has wheels for win_amd64 and no win_arm64, and no sdist" in out
    assert "skip = true in [packages.closed]" in out
    assert "1 of 2 packages" in out


def test_a_trial_without_a_runner_fails_before_anything_is_made(host: Host, tmp_path: Path) -> None:
    host = replace(host, environ={**host.environ, "WINARM_RUNNER": "unknown"})

    with pytest.raises(UsageError, match="there is no runner 'unknown'"):
        run(host, "one", "--no-deps", "--test", "-o", "house")

    assert not (tmp_path / "house").exists()


def test_a_trial_is_made_as_the_settings_say(host: Host) -> None:
    folder = str(host.cache)
    environ = {
        **host.environ,
        "WINARM_RUNNER": "native",
        "WINARM_TARGET_PYTHON": folder,
        "WINARM_PYTHON_SOURCE": "off",
    }
    arm = replace(host, environ=environ, system="windows", machine="arm64")

    options = wheelhouse.trial_options(arm, WheelhousePlan("a", "win_arm64", "3.13t", ()))

    assert (options.runner, options.python_source) == ("native", "")
    assert options.python_dirs == (Path(folder),)
    assert options.abi == PythonABI(13, free_threaded=True)


def test_parts_of_a_plan_are_made_apart_and_merged(host: Host, tmp_path: Path) -> None:
    plan = ("--plan", "plan.json")
    assert run(host, "one", "two", "--no-deps", *plan)[0] == 0
    assert json.loads((tmp_path / "plan.json").read_text())["fetch"] == ["one", "two"]

    assert run(host, *plan, "--only", "one", "-o", "1")[0] == 0
    incomplete = run(host, *plan, "--merge", "1", "-o", "whole")
    assert run(host, *plan, "--only", "two", "-o", "2")[0] == 0
    code, out, _ = run(host, *plan, "--merge", "1", "2", "-o", "whole")

    assert incomplete[0] == 1
    assert "no part has it" in incomplete[1]
    assert code == 0
    assert "2 of 2 packages" in out
    assert run(host, "one", "two", "--no-deps", "-o", "whole")[1].count("kept") == 2


def test_settings_come_from_pyproject_then_from_the_file(host: Host, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.winarm.packages.closed]\nskip = true\n[tool.winarm.packages.Two]\nskip = true\n"
    )
    (tmp_path / "wheelhouse.toml").write_text("[packages.two]\nskip = false\n")

    code, out, _ = run(host, "one", "two", "closed", "--no-deps")

    assert code == 0
    assert out.count("fetched") == 2
    assert out.count("skipped") == 1


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("[packages.a]\nskipp = true\n", SettingsError, "skip"),
        ("[packages.a]\nversion = 'x y'\n", SettingsError, "a version such as"),
        ("[packages.a]\nconfig-settings = { k = 3 }\n", SettingsError, "neither a text nor"),
        ("packages = 3\n", UsageError, "must be a table"),
        ("[other]\n", UsageError, "only tables"),
        ("[", UsageError, "not valid TOML"),
    ],
)
def test_settings_that_are_wrong_are_one_message(
    host: Host, tmp_path: Path, text: str, error: type[Exception], said: str
) -> None:
    (tmp_path / "s.toml").write_text(text)

    with pytest.raises(error, match=said):
        run(host, "one", "--settings", "s.toml")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--only", "a"], "--only needs a plan"),
        (["--merge", "a"], "--merge needs a plan"),
        (["--plan", "p", "--only", "a", "--merge", "b"], "cannot be used together"),
        (["one", "--jobs", "0"], "--jobs must be at least 1"),
    ],
)
def test_mistakes_are_one_message(host: Host, argv: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run(host, *argv)
