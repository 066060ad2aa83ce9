from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_host import FakeHost
from prefix_samples import imports, tree
from windows_trees.visual_studio import FakeWindows

from winarm.cli import env
from winarm.cli.console import Console
from winarm.config import Settings
from winarm.errors import SettingsError, ToolchainNotFoundError, UsageError


class Spoken:
    """A console, and what was written to it."""

    def __init__(self) -> None:
        self._out, self._err = io.BytesIO(), io.BytesIO()
        self.console = Console(
            io.TextIOWrapper(self._out, "ascii"), io.TextIOWrapper(self._err, "utf-8")
        )

    @property
    def out(self) -> str:
        return self._out.getvalue().decode("utf-8")

    @property
    def err(self) -> str:
        return self._err.getvalue().decode("utf-8")


@pytest.fixture
def spoken() -> Spoken:
    return Spoken()


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeWindows:
    monkeypatch.chdir(tmp_path)
    machine = FakeWindows(tmp_path / "é (x86)")
    machine.visual_studio()
    machine.sdk()
    return machine


def options(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    env.configure(parser)
    return parser.parse_args(argv)


def test_json_has_everything(windows: FakeWindows, spoken: Spoken) -> None:
    assert env.run(options("--json"), windows.host(), spoken.console) == 0

    found = json.loads(spoken.out)
    assert found["toolchain"]["kind"] == "msvc"
    names = {"CC", "CXX", "AR", "RC", "INCLUDE", "LIB", "LIBPATH", "VSCMD_ARG_TGT_ARCH"}
    assert names <= set(found["variables"])
    assert found["variables"]["CC"].endswith('cl.exe"')
    assert "é (x86)" in found["path"][0]


def test_the_shell_is_the_hosts_own_by_default(windows: FakeWindows, spoken: Spoken) -> None:
    env.run(options(), windows.host(), spoken.console)

    assert "@set " in spoken.out
    # UTF-8 whatever the console's own encoding is.
    assert "é (x86)" in spoken.out


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell"])
def test_every_shell_is_spoken(windows: FakeWindows, spoken: Spoken, shell: str) -> None:
    env.run(options("--shell", shell), windows.host(), spoken.console)

    assert "VSCMD_ARG_TGT_ARCH" in spoken.out


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options("--shell", "csh")

    assert "invalid choice: 'csh'" in capsys.readouterr().err


def test_github_gets_variables_and_folders(
    windows: FakeWindows, spoken: Spoken, tmp_path: Path
) -> None:
    variables, path = tmp_path / "env", tmp_path / "path"
    path.write_text("kept\n")
    windows.environ |= {"GITHUB_ENV": str(variables), "GITHUB_PATH": str(path)}

    assert env.run(options("--shell", "github"), windows.host(), spoken.console) == 0

    assert "INCLUDE<<winarm_end\n" in variables.read_text("utf-8")
    kept, *folders = path.read_text("utf-8").splitlines()
    assert kept == "kept"
    # The runner puts each before the others, so the compiler's own comes last.
    assert folders[-1].endswith("arm64")
    assert spoken.out == ""


def test_github_elsewhere_is_a_mistake(windows: FakeWindows, spoken: Spoken) -> None:
    with pytest.raises(UsageError, match="GITHUB_ENV is not set"):
        env.run(options("--shell", "github"), windows.host(), spoken.console)


def test_notes_go_to_stderr(windows: FakeWindows, spoken: Spoken) -> None:
    installation = windows.programs_x86 / "Microsoft Visual Studio/2022/BuildTools"
    kits = windows.programs_x86 / "Windows Kits" / "10"
    windows.prompt(installation, "14.44.35207", "x64", kits)
    programs = installation / "VC/Tools/MSVC/14.44.35207/bin/Hostx64/x64"

    env.run(options(), windows.host(search_path=[programs]), spoken.console)

    assert "the developer prompt is set for x64" in spoken.err


def test_settings_count(windows: FakeWindows, spoken: Spoken, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.winarm]\ntoolchain-version = "14.29"\n')

    with pytest.raises(ToolchainNotFoundError, match=r"not the wanted 14\.29"):
        env.run(options("--toolchain", "msvc"), windows.host(), spoken.console)


def test_the_libraries_of_a_prefix_are_found(
    windows: FakeWindows, spoken: Spoken, tmp_path: Path
) -> None:
    tree(tmp_path / "deps", {"include/z.h": "", "lib/z.lib": imports()})
    host = windows.host()
    host = replace(host, environ={**host.environ, "WINARM_PREFIX": "deps"})

    assert env.run(options("--json"), host, spoken.console) == 0

    found = json.loads(spoken.out)["variables"]
    assert found["CPPFLAGS"] == f"-I{tmp_path / 'deps' / 'include'}"
    assert Path(found["PKG_CONFIG_LIBDIR"]).is_dir()
    assert Path(found["LDFLAGS"].strip('"').removeprefix("/LIBPATH:"), "z.lib").is_file()


@pytest.mark.parametrize("named", [None, "/own/pkgconfig"])
def test_no_package_of_this_machine_is_found(
    windows: FakeWindows, tmp_path: Path, named: str | None
) -> None:
    settings = Settings(toolchain="msvc")
    toolchain = env.chosen(windows.host(), settings)
    environ = {"PKG_CONFIG_LIBDIR": named} if named else {}
    host = FakeHost(environ, "linux", "x86_64", Path(sys.executable), default_cache=tmp_path / "c")

    found = env.library_variables(host, toolchain, settings)

    assert Path(found["PKG_CONFIG"]).is_file()
    assert not Path(found["PKG_CONFIG_LIBDIR"]).exists()
    assert named in {None, found["PKG_CONFIG_LIBDIR"]}


def test_wrong_settings_are_named(windows: FakeWindows, spoken: Spoken) -> None:
    host = replace(windows.host(), environ={**windows.environ, "WINARM_SYSROT": "x"})

    with pytest.raises(SettingsError, match="WINARM_SYSROOT"):
        env.run(options(), host, spoken.console)


def test_nothing_found_is_an_error(
    spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    host = FakeHost(executable=Path(sys.executable), default_cache=tmp_path / "c")

    with pytest.raises(ToolchainNotFoundError, match="llvm-mingw"):
        env.run(options("--toolchain", "llvm-mingw"), host, spoken.console)
