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


@posix
def test_only_the_main_thread_can_ask_for_terminations() -> None:
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=terminations_as_interrupts)
    thread.start()
    thread.join()

    assert signal.getsignal(signal.SIGTERM) is before
