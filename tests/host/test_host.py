from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from winarm.host import Host, terminations_as_interrupts

posix = pytest.mark.skipif(os.name != "posix", reason="it is about POSIX")


class TestEnvironment:
    @pytest.mark.parametrize(("value", "answer"), [("x", "x"), ("", None)])
    def test_an_empty_variable_is_an_unset_one(
        self, empty: Host, value: str, answer: str | None
    ) -> None:
        assert replace(empty, environ={"NAME": value}).variable("NAME") == answer

    def test_names_have_a_case(self, empty: Host) -> None:
        assert replace(empty, environ={"NAME": "x"}).variable("Name") is None

    def test_except_on_windows(self, empty: Host) -> None:
        windows = replace(empty, system="windows", environ={"NAME": "x"})

        assert windows.variable("Name") == "x"

    def test_caches_are_where_the_platform_has_them(self, empty: Host, tmp_path: Path) -> None:
        assert empty.cache == tmp_path / "cache"

    def test_or_where_the_user_says(self, empty: Host) -> None:
        named = replace(empty, environ={"WINARM_CACHE_DIR": "/somewhere"})

        assert named.cache == Path("/somewhere")

    def test_an_empty_place_is_none(self, empty: Host, tmp_path: Path) -> None:
        assert replace(empty, environ={"WINARM_CACHE_DIR": ""}).cache == tmp_path / "cache"

    def test_the_real_one_is_this_machine(self, host: Host) -> None:
        assert host.executable == Path(sys.executable)
        assert host.cpus >= 1
        assert host.system == {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
        assert host.machine == host.machine.lower()


class TestWhich:
    def test_looks_on_the_hosts_own_path_only(self, empty: Host) -> None:
        assert empty.which("sh") is None
        assert empty.which("python") is None

    @posix
    def test_finds_what_is_there(self, empty: Host, tmp_path: Path) -> None:
        (tmp_path / "tool").write_text("#!/bin/sh\n")
        (tmp_path / "tool").chmod(0o755)
        host = replace(empty, environ={"PATH": f"/nowhere{os.pathsep}{tmp_path}"})

        assert host.which("tool") == tmp_path / "tool"
        assert host.which("other") is None

    @pytest.mark.parametrize("named", ["tool", "tool.exe", "TOOL.EXE", "tool.bat"])
    def test_on_windows_by_its_endings(self, empty: Host, tmp_path: Path, named: str) -> None:
        for name in ("tool", "tool.bat", "tool.exe", "TOOL.EXE"):
            (tmp_path / name).touch()
            (tmp_path / name).chmod(0o755)
        environ = {"PATH": str(tmp_path), "PATHEXT": ".EXE;.BAT"}
        host = replace(empty, system="windows", environ=environ)

        found = host.which(named)

        assert found is not None
        assert found.name.lower() == (named if "." in named else "tool.exe").lower()

    def test_on_windows_path_is_split_as_windows_splits_it(
        self, empty: Host, tmp_path: Path
    ) -> None:
        (tmp_path / "tool.exe").touch()
        (tmp_path / "tool.exe").chmod(0o755)
        host = replace(empty, system="windows", environ={"PATH": rf"C:\Windows;{tmp_path}"})

        assert host.which("tool") == tmp_path / "tool.exe"

    @pytest.mark.parametrize("path", ["", ".", f".{os.pathsep}", "relative"])
    def test_never_in_the_working_directory(
        self, empty: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        """A project may hold a `zig.exe` of its own."""
        for file in (tmp_path / "zig.exe", tmp_path / "relative" / "zig.exe"):
            file.parent.mkdir(exist_ok=True)
            file.touch()
            file.chmod(0o755)
        monkeypatch.chdir(tmp_path)

        assert replace(empty, environ={"PATH": path}).which("zig.exe") is None
        assert replace(empty, system="windows", environ={"PATH": path}).which("zig") is None


@posix
def test_only_the_main_thread_can_ask_for_terminations() -> None:
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=terminations_as_interrupts)
    thread.start()
    thread.join()

    assert signal.getsignal(signal.SIGTERM) is before
