"""A build gets an environment of its own, for any interpreter, from uv."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch

from winarm.environment.interpreter import Interpreter, ask
from winarm.environment.isolation import (
    IsolatedEnvironment,
    installed_version,
    isolated,
    without_winarm,
)
from winarm.errors import IsolationError
from winarm.host import Answer, Host
from winarm.project.pip_config import pip_configuration
from winarm.target import PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_host import Run

    from winarm.host import System

    MakeHost = Callable[..., FakeHost]

NO, DONE = Answer(1, "", "No module named it"), Answer(0, "", "")
UV = Answer(0, "uv 0.9.1\n", "")


@pytest.fixture
def make_host(tmp_path: Path) -> MakeHost:
    def make(
        environ: Mapping[str, str] | None = None,
        *,
        system: System = "linux",
        uv: Answer = UV,
        makes: Answer = DONE,
        installs: Answer = DONE,
    ) -> FakeHost:
        """Return a machine with a uv that answers so."""
        touch(tmp_path / "bin/uv", tmp_path / "bin/uv.exe")
        return FakeHost(
            environ={
                "PIP_CONFIG_FILE": os.devnull,
                "PATH": str(tmp_path / "bin"),
                **(environ or {}),
            },
            system=system,
            executable=tmp_path / "winarm/python",
            answers={"uv --version": uv, "uv venv": makes, "uv pip install": installs},
        )

    return make


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    return Interpreter(
        executable=Path("/usr/bin/python3.13"),
        abi=PythonABI(13),
        version="3.13.1",
        platform="linux-x86_64",
        include=tmp_path,
        dll_folder=tmp_path,
    )


def made_for(host: Host, interpreter: Interpreter, folder: Path) -> IsolatedEnvironment:
    return isolated(host, interpreter, folder, pip_configuration(host))


def ran(host: FakeHost) -> list[Run]:
    """Return what uv was asked for, but for its version."""
    return [run for run in host.ran if "--version" not in run.words]


def install(environment: IsolatedEnvironment, *requirements: str) -> bytes:
    heard: list[bytes] = []
    environment.install(requirements, output=heard.append)
    return b"".join(heard)


def test_uv_makes_and_fills_it(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    host = make_host()
    environment = made_for(host, interpreter, tmp_path / "env")
    install(environment, "setuptools>=77")
    made, filled = ran(host)
    uv = str(tmp_path / "bin/uv")
    assert made.words[:2] == (uv, "venv")
    assert made.words[-3:] == ("--python", "/usr/bin/python3.13", str(tmp_path / "env"))
    assert filled.words[:3] == (uv, "pip", "install")
    assert filled.words[-4:] == ("--python", str(environment.python), "--", "setuptools>=77")
    assert all(run.environ["UV_PYTHON_DOWNLOADS"] == "never" for run in ran(host))
    # Where it runs decides whose [tool.uv] it obeys.
    assert [run.folder for run in ran(host)] == [tmp_path, tmp_path / "env"]


def test_without_uv_the_extra_is_named(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    with pytest.raises(IsolationError, match=r"winarm\[cli\]"):
        made_for(make_host(uv=NO), interpreter, tmp_path / "env")


def test_an_installer_knows_nothing_of_the_cross_build(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    misleading = {
        "_PYTHON_HOST_PLATFORM": "win-arm64",
        "VSCMD_ARG_TGT_ARCH": "arm64",
        "DIST_EXTRA_CONFIG": "x",
        "PYTHONPATH": "x",
        "PYTHONHOME": "x",
        "VIRTUAL_ENV": "x",
        "WINARM_TARGET": "win_arm64",
        "PIP_TARGET": "x",
        "PIP_USER": "1",
        "UV_PYTHON": "3.9",
        "UV_VENV_SEED": "1",
    }
    host = make_host({**misleading, "HTTPS_PROXY": "http://proxy", "CC": "gcc"})
    install(made_for(host, interpreter, tmp_path / "env"), "setuptools")
    assert len(ran(host)) == 2
    for run in ran(host):
        assert not run.environ.keys() & misleading.keys()
        assert (run.environ["HTTPS_PROXY"], run.environ["CC"]) == ("http://proxy", "gcc")


def test_a_build_finds_the_programs_of_its_environment_first(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    environment = made_for(make_host(), interpreter, tmp_path / "env")
    base = {"PATH": "/usr/bin", "PYTHONPATH": "x", "VIRTUAL_ENV": "x", "CC": "gcc"}
    assert environment.environ(base) == {
        "PATH": f"{environment.scripts}{os.pathsep}/usr/bin",
        "CC": "gcc",
    }
    assert environment.environ({}) == {"PATH": str(environment.scripts)}


def test_programs_are_where_windows_has_them(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    environment = made_for(make_host(system="windows"), interpreter, tmp_path / "env")
    assert environment.python == tmp_path / "env/Scripts/python.exe"


def test_nothing_is_run_for_no_requirements(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    host = make_host()
    install(made_for(host, interpreter, tmp_path / "env"))
    assert len(ran(host)) == 1


@pytest.mark.parametrize("written", ["--index-url=https://evil", "not a requirement", ""])
def test_what_is_no_requirement_never_reaches_an_installer(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path, written: str
) -> None:
    host = make_host()
    environment = made_for(host, interpreter, tmp_path / "env")
    with pytest.raises(IsolationError, match="not a valid requirement"):
        install(environment, written)
    assert len(ran(host)) == 1


def test_what_the_installer_prints_is_handed_on(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    host = make_host(installs=Answer(0, "one\n", "two\n"))
    assert install(made_for(host, interpreter, tmp_path / "env"), "x") == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("error: Failed to fetch\n  cause: dns error\n", "cannot be reached"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "cannot be"),
        ("ERROR: No matching distribution found for nothing\n", "has no such package"),
        ("Because x was not found in the package registry", "has no such package"),
        ("error: gcc failed with exit status 1\n", "built for this machine"),
    ],
)
def test_a_failure_shows_the_installers_words_and_what_they_mean(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path, said: str, cause: str
) -> None:
    host = make_host(installs=Answer(1, "\n", said))
    with pytest.raises(IsolationError) as caught:
        install(made_for(host, interpreter, tmp_path / "env"), "nothing")
    assert said.strip() in caught.value.what
    assert cause in caught.value.why
    assert caught.value.cure


def test_only_the_last_lines_of_a_long_output_are_shown(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    said = "".join(f"line {number}\n" for number in range(1000)) + "x" * 100_000
    host = make_host(installs=Answer(1, said, ""))
    with pytest.raises(IsolationError) as caught:
        install(made_for(host, interpreter, tmp_path / "env"), "nothing")
    assert "line 999" in caught.value.what
    assert "line 900" not in caught.value.what
    assert len(caught.value.what) < 2000


def test_an_environment_that_cannot_be_made_shows_uvs_words(
    make_host: MakeHost, interpreter: Interpreter, tmp_path: Path
) -> None:
    host = make_host(makes=Answer(1, "", "something is wrong"))
    with pytest.raises(IsolationError, match="something is wrong"):
        made_for(host, interpreter, tmp_path / "env")


def test_a_requirement_on_winarm_is_met_by_the_running_one() -> None:
    written = ["setuptools>=77", "WinArm[cli]>=1; python_version > '3'", "winarm-other", "cython"]
    assert without_winarm(written) == ["setuptools>=77", "winarm-other", "cython"]
    with pytest.raises(IsolationError, match="not a valid requirement"):
        without_winarm(["!"])


def wheel(folder: Path) -> Path:
    path = folder / "thing-1-py3-none-any.whl"
    info = "thing-1.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("thing.py", "answer = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def real_host(tmp_path: Path) -> Host:
    """Return this machine, with one wheel in its index and caches of its own."""
    real = Host.current()
    links = tmp_path / "links"
    links.mkdir()
    wheel(links)
    environ = {
        name: value
        for name, value in real.environ.items()
        if not name.startswith(("PIP_", "UV_", "PYTHONDONTWRITE"))
    } | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(links),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "WINARM_CACHE_DIR": str(tmp_path / "cache"),
    }
    return Host(
        environ=environ, system=real.system, machine=real.machine, executable=Path(sys.executable)
    )


@pytest.mark.integration
def test_a_real_environment_has_what_was_installed_and_nothing_else(
    real_host: Host, tmp_path: Path
) -> None:
    environment = made_for(real_host, ask(real_host, real_host.executable), tmp_path / "env")
    said = install(environment, "thing==1")
    assert b"thing" in said
    question = "import thing, sys; print(thing.answer, sys.prefix)"
    answer = real_host.run([environment.python, "-c", question])
    assert answer.stdout.split(None, 1) == ["42", f"{tmp_path / 'env'}\n"], answer
    assert not real_host.run([environment.python, "-c", "import pytest"]).ok
    with pytest.raises(IsolationError, match="no such package"):
        install(environment, "nothing-of-that-name")


@pytest.mark.integration
def test_a_second_real_environment_need_not_compile_what_the_first_did(
    real_host: Host, tmp_path: Path
) -> None:
    interpreter = ask(real_host, real_host.executable)
    first, second = (
        made_for(real_host, interpreter, tmp_path / name) for name in ("first", "second")
    )
    install(first, "thing==1")
    assert real_host.run([first.python, "-c", "import thing"]).ok
    first.keep_bytecode()
    install(second, "thing==1")
    (brought,) = second.site_packages.rglob("thing.*.pyc")
    before = brought.stat().st_ino
    assert real_host.run([second.python, "-c", "import thing"]).ok
    assert brought.stat().st_ino == before, "Python has compiled it again"


class TestInstalledVersion:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        info = tmp_path / "numpy-2.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 2.1.0\n")
        return tmp_path

    def test_is_that_of_the_builds_environment(self, folder: Path) -> None:
        assert installed_version("numpy", (folder / "none", folder)) == "2.1.0"

    def test_and_of_no_other(self, folder: Path) -> None:
        assert installed_version("pytest", (folder,)) is None
        assert installed_version("numpy", ()) is None
