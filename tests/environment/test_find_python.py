"""A Python of the wanted version is found wherever it is, or every miss is told."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch

from winarm.environment.find_python import find_python
from winarm.errors import InterpreterError, UsageError
from winarm.host import Answer, Host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fake_host import Reply, Run

    from winarm.host import System

NO_MODULE = Answer(1, "", "No module named uv")
INSTALL = "uv python install 3.14"
SHIM = Answer(127, "", "pyenv: python3.13: command not found\n\nThe command exists in 3.13.0")


@dataclass
class Disk:
    """Programs that are files below a folder, each with what it answers."""

    root: Path
    answers: dict[str, Answer] = field(default_factory=dict)

    def add(self, name: str, answer: Answer) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)
        self.answers[str(path)] = answer
        return path

    def python(self, name: str, version: str, *, headers: bool = True) -> Path:
        include = self.root / ("include" if headers else "nothing")
        include.mkdir(exist_ok=True)
        if headers:
            (include / "Python.h").touch()
        facts = {
            "implementation": "cpython",
            "version": [*map(int, version.rstrip("t").split(".")), 0],
            "free_threaded": version.endswith("t"),
            "platform": "linux-x86_64",
            "include": str(include),
            "prefix": "",
            "base_prefix": "",
            "dll_folder": "",
        }
        return self.add(name, Answer(0, json.dumps(facts), ""))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    disk = Disk(tmp_path)
    disk.python("winarm/python", "3.12")
    return disk


def host(
    disk: Disk,
    system: System = "linux",
    said: Mapping[str, Reply] | None = None,
    **environ: str,
) -> FakeHost:
    """A machine with the programs of `disk` and those of `said`, which are on PATH."""
    separator = ";" if system == "windows" else ":"
    path = separator.join(str(disk.root / name) for name in ("shims", "bin", "more"))
    own = disk.root / "winarm/python"
    ending = ".exe" if system == "windows" else ""
    touch(*(disk.root / "more" / (command.split()[0] + ending) for command in said or {}))
    return FakeHost(
        environ={"PATH": path, "HOME": str(disk.root), "USERPROFILE": str(disk.root)} | environ,
        system=system,
        executable=own,
        answers={**disk.answers, f"{own} -I -m uv": NO_MODULE, **(said or {})},
    )


def test_without_a_wish_it_is_winarms_own(disk: Disk) -> None:
    assert find_python(host(disk), None).executable == disk.root / "winarm/python"


def test_winarms_own_is_taken_when_it_is_of_that_version(disk: Disk) -> None:
    disk.python("bin/python3.12", "3.12")
    assert find_python(host(disk), "3.12").executable == disk.root / "winarm/python"


def test_a_path_is_taken_as_it_is(disk: Disk) -> None:
    path = disk.python("somewhere/python", "3.13")
    assert find_python(host(disk), str(path)).executable == path


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("bin/python3.13", "3.13"),
        ("bin/python3.13t", "3.13t"),
        ("bin/python3", "3.13"),
        ("bin/python", "3.13"),
        (".pyenv/versions/3.13.0/bin/python", "3.13"),
        (".pyenv/versions/3.13.0t/bin/python", "3.13t"),
        (".pyenv/versions/3.13-dev/bin/python", "3.13"),
    ],
)
def test_each_place_is_searched(disk: Disk, name: str, version: str) -> None:
    path = disk.python(name, version)
    assert find_python(host(disk), version).executable == path


def test_pyenv_is_where_its_variable_says_and_its_newest_is_taken(disk: Disk) -> None:
    disk.python("own/versions/3.13.9/bin/python", "3.13")
    newest = disk.python("own/versions/3.13.10/bin/python", "3.13")
    assert find_python(host(disk, PYENV_ROOT=str(disk.root / "own")), "3.13").executable == newest


def test_a_pyenv_shim_that_fails_does_not_hide_the_one_behind_it(disk: Disk) -> None:
    disk.add("shims/python3.13", SHIM)
    path = disk.python("bin/python3.13", "3.13")
    assert find_python(host(disk), "3.13").executable == path


def test_a_python_of_another_version_is_passed_by(disk: Disk) -> None:
    disk.python("bin/python3", "3.11")
    disk.python("bin/python3.13", "3.13t")
    path = disk.python("more/python3", "3.13")
    assert find_python(host(disk), "3.13").executable == path


def test_uv_is_asked_for_what_it_has_installed_and_fetches_nothing(disk: Disk) -> None:
    path = disk.python("uv/python", "3.13")
    said = {
        "uv --version": Answer(0, "uv 0.9.1\n", ""),
        "uv python find --system 3.13": Answer(0, f"{path}\n", ""),
    }
    machine = host(disk, said=said, VIRTUAL_ENV="x", UV_PYTHON="3.9")
    assert find_python(machine, "3.13").executable == path
    (environ,) = (run.environ for run in machine.ran if "UV_PYTHON_DOWNLOADS" in run.environ)
    assert environ["UV_PYTHON_DOWNLOADS"] == "never"
    assert not environ.keys() & {"VIRTUAL_ENV", "UV_PYTHON"}


@pytest.mark.parametrize("option", ["-V:3.13", "-3.13"])
def test_the_launcher_is_asked_on_windows(disk: Disk, option: str) -> None:
    path = disk.python("registered/python.exe", "3.13")
    said = {
        f"py {option}": Answer(0, f"{path}\n", ""),
        "py": Answer(103, "", "No suitable Python runtime found"),
    }
    assert find_python(host(disk, "windows", said), "3.13").executable == path


@pytest.mark.parametrize("name", ["bin/python.exe", ".pyenv/pyenv-win/versions/3.13.0/python.exe"])
def test_programs_have_their_ending_on_windows(disk: Disk, name: str) -> None:
    path = disk.python(name, "3.13")
    assert find_python(host(disk, "windows"), "3.13").executable == path


def test_one_with_headers_is_better(disk: Disk) -> None:
    disk.python("bin/python3.13", "3.13", headers=False)
    path = disk.python(".pyenv/versions/3.13.0/bin/python", "3.13")
    assert find_python(host(disk), "3.13").executable == path


def test_one_without_headers_is_better_than_none(disk: Disk) -> None:
    path = disk.python("bin/python3.13", "3.13", headers=False)
    assert find_python(host(disk), "3.13").executable == path


def test_every_miss_is_told_with_its_reason(disk: Disk) -> None:
    disk.add("shims/python3.13", SHIM)
    disk.add("bin/python3.13", Answer(0, "hello", ""))
    disk.python("bin/python", "3.11")
    disk.python(".pyenv/versions/3.11.1/bin/python", "3.11")
    with pytest.raises(InterpreterError) as caught:
        find_python(host(disk), "3.13")
    for miss in (
        f"{disk.root / 'winarm/python'} is Python 3.12",
        "pyenv: python3.13: command not found",
        f"{disk.root / 'bin/python3.13'} is not a working Python interpreter",
        f"{disk.root / 'bin/python'} is Python 3.11",
        "python3 is not on PATH",
        "pyenv has no 3.13",
        "uv is not installed",
    ):
        assert miss in caught.value.what
    assert "uv python install 3.13" in caught.value.cure
    assert "apt-get install python3.13-dev" in caught.value.cure


def test_a_missing_launcher_is_told_on_windows(disk: Disk) -> None:
    with pytest.raises(InterpreterError, match="py launcher is not installed"):
        find_python(host(disk, "windows"), "3.13")


@pytest.mark.parametrize("wanted", ["", "3", "313", "cp313", "3.13.1", "3.13d", "/nowhere/python"])
def test_what_is_neither_version_nor_file_is_a_mistake_of_use(disk: Disk, wanted: str) -> None:
    with pytest.raises(UsageError, match="neither"):
        find_python(host(disk), wanted)


@pytest.mark.parametrize("wanted", ["3.10", "3.99"])
def test_a_version_that_winarm_does_not_build_for_is_a_mistake_of_use(
    disk: Disk, wanted: str
) -> None:
    with pytest.raises(UsageError, match=r"3\.11 to"):
        find_python(host(disk), wanted)


@pytest.mark.integration
def test_the_python_of_the_tests_is_found_by_its_version() -> None:
    real = Host.current()
    found = find_python(real, "{}.{}".format(*sys.version_info[:2]))
    assert found.executable == real.executable


class TestFetching:
    """A Python that is not there is fetched by uv, where the caller and uv allow it."""

    @pytest.fixture
    def machine(self, disk: Disk) -> FakeHost:
        """Its uv has a Python after it was told to install one."""
        path = disk.python("uv/bin/python", "3.14")
        fetched = False

        def fetch(_: Run) -> Answer:
            nonlocal fetched
            fetched = True
            return Answer(0, "", "")

        def find(_: Run) -> Answer:
            return Answer(0, f"{path}\n", "") if fetched else Answer(2, "", "error: none")

        said: dict[str, Reply] = {
            "uv --version": Answer(0, "uv 0.9.1", ""),
            "uv python find": find,
            INSTALL: fetch,
        }
        return host(disk, said=said)

    def test_it_is_announced_and_found(self, machine: FakeHost) -> None:
        heard: list[str] = []

        found = find_python(machine, "3.14", fetching=heard.append)

        assert found.abi.version == "3.14"
        assert heard == ["fetching Python 3.14 with uv (about 30 MB, once)"]

    @pytest.mark.parametrize("word", ["never", "manual"])
    def test_uvs_own_setting_forbids_it(self, machine: FakeHost, word: str) -> None:
        heard: list[str] = []
        forbidden = replace(machine, environ={**machine.environ, "UV_PYTHON_DOWNLOADS": word})

        with pytest.raises(InterpreterError, match="UV_PYTHON_DOWNLOADS"):
            find_python(forbidden, "3.14", fetching=heard.append)

        assert heard == []

    def test_none_is_fetched_for_a_caller_that_does_not_ask(self, machine: FakeHost) -> None:
        with pytest.raises(InterpreterError):
            find_python(machine, "3.14")

        assert not any("install" in call for call in machine.calls)

    def test_a_fetch_that_fails_is_one_of_the_misses(self, machine: FakeHost) -> None:
        offline = Answer(1, "", "error: no network")
        failing = replace(machine, answers={**machine.answers, INSTALL: offline})

        with pytest.raises(InterpreterError, match=r"python install 3\.14: error: no network"):
            find_python(failing, "3.14", fetching=lambda _: None)
