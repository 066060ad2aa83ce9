"""What each module says on the target; `test_view.py` asks in real children who hears it."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.answers import (
    TargetEnviron,
    Unavailable,
    os_answers,
    platform_answers,
    sys_answers,
    sysconfig_answers,
)

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "10.0.26100"
ANSWERS: dict[str, Any] = {
    "windows_version": VERSION,
    "winver": "3.13-arm64",
    "prefix": "/target",
    "compiler": "MSC v.1944 64 bit (ARM64)",
    "machine": "ARM64",
    "processor": "ARMv8",
    "platform": "win-arm64",
    "variables": {"EXT_SUFFIX": ".cp313-win_arm64.pyd", "INCLUDEPY": "/target/include"},
}

posix = pytest.mark.skipif(os.name == "nt", reason="on Windows these answers are the host's")


class TestSys:
    answers = sys_answers(ANSWERS)

    def test_the_compiler_is_in_brackets_after_the_real_version(self) -> None:
        said = str(self.answers["version"])

        assert said.startswith(sys.version.split()[0])
        assert said.endswith("[MSC v.1944 64 bit (ARM64)]")

    def test_the_windows_version_unpacks_as_on_windows(self) -> None:
        ask = self.answers["getwindowsversion"]
        assert callable(ask)
        version = ask()

        major, minor, build, number, pack = version
        assert (major, minor, build, number, pack) == (10, 0, 26100, 2, "")
        assert version.platform_version == (10, 0, 26100)
        assert version.product_type == 1

    @pytest.mark.parametrize("name", ["prefix", "base_prefix", "exec_prefix", "base_exec_prefix"])
    def test_python_is_where_its_headers_and_libraries_are(self, name: str) -> None:
        assert self.answers[name] == "/target"


class TestEnviron:
    @pytest.fixture
    def environ(self, monkeypatch: pytest.MonkeyPatch) -> TargetEnviron:
        monkeypatch.setenv("WINARM_Own", "mine")
        for name in ("OS", "SystemRoot", "SYSTEMROOT"):
            monkeypatch.delenv(name, raising=False)
        return TargetEnviron({"OS": "Windows_NT", "SystemRoot": "C:/Windows"})

    def test_names_are_in_any_case(self, environ: TargetEnviron) -> None:
        assert environ["winarm_own"] == environ["WINARM_Own"] == "mine"
        assert environ["systemroot"] == "C:/Windows"
        assert "SYSTEMROOT" in environ
        assert "nothing" not in environ
        with pytest.raises(KeyError):
            environ["nothing"]

    def test_what_would_mislead_programs_is_answered_and_not_listed(
        self, environ: TargetEnviron
    ) -> None:
        assert environ["OS"] == "Windows_NT"
        assert "OS" not in list(environ)
        assert "SystemRoot" in environ.copy()
        assert len(environ) == len(list(environ))

    def test_what_is_set_reaches_programs(
        self, environ: TargetEnviron, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WINARM_NEW", "")
        environ["WINARM_NEW"] = "x"

        assert os.environ["WINARM_NEW"] == "x"

    def test_what_is_removed_is_gone_in_any_case(self, environ: TargetEnviron) -> None:
        del environ["winarm_own"]
        del environ["SYSTEMROOT"]

        assert "WINARM_Own" not in os.environ
        assert "SystemRoot" not in environ
        with pytest.raises(KeyError):
            del environ["systemroot"]


@posix
def test_folders_that_windows_always_has_exist(tmp_path: Path) -> None:
    folder, shell = tmp_path / "temp", tmp_path / "cmd.exe"
    answers = os_answers({"environ": {"TEMP": str(folder), "COMSPEC": str(shell)}})

    assert folder.is_dir()
    assert not shell.exists()
    assert isinstance(answers["uname"], Unavailable)


def test_platform_speaks_of_the_target_with_one_voice() -> None:
    answers: dict[str, Any] = platform_answers(ANSWERS)

    assert answers["system"]() == "Windows"
    assert answers["machine"]() == answers["uname"]().machine == "ARM64"
    assert answers["processor"]() == answers["uname"]().processor == "ARMv8"
    assert answers["platform"](terse=True) == f"Windows-11-{VERSION}-SP0"
    assert answers["architecture"]() == ("64bit", "WindowsPE")
    assert answers["uname"]().node == platform.node()


def test_sysconfig_describes_what_is_built() -> None:
    answers: dict[str, Any] = sysconfig_answers(ANSWERS)

    assert answers["get_platform"]() == "win-arm64"
    assert answers["get_config_var"]("EXT_SUFFIX") == ".cp313-win_arm64.pyd"
    # Where modules are installed is the host's to say, and what its schemes are written with; the
    # compiler of the host is not.
    for name in ("LIBDEST", "abi_thread"):
        assert answers["get_config_var"](name) == sysconfig.get_config_var(name)
    assert answers["get_config_vars"]("SOABI", "CC") == [answers["get_config_var"]("SOABI"), None]
    assert answers["get_path"]("include") == "/target/include"
    assert answers["get_paths"]()["platinclude"] == "/target/include"
    assert answers["get_path"]("purelib") == answers["get_paths"]()["purelib"]
    assert answers["get_config_h_filename"]() == os.path.join("/target/include", "pyconfig.h")  # noqa: PTH118
