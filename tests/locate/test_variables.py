from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fake_host import FakeHost

from winarm.locate.variables import shell_variables

if TYPE_CHECKING:
    from winarm.locate import Toolchain


def test_a_shell_gets_the_programs_by_the_names_that_it_knows(fake_toolchain: Toolchain) -> None:
    toolchain = replace(fake_toolchain, environ={"ZIG_GLOBAL_CACHE_DIR": "/cache"})

    found = shell_variables(FakeHost(), toolchain)

    assert found.variables["CC"] == "zig cc"
    assert found.variables["ZIG_GLOBAL_CACHE_DIR"] == "/cache"
    assert "VSCMD_ARG_TGT_ARCH" not in found.variables


def test_microsofts_tools_are_told_the_machine_as_a_developer_prompt_does(
    fake_toolchain: Toolchain,
) -> None:
    toolchain = replace(fake_toolchain, kind="msvc", link=("link",), path=(Path("/vs/bin"),))

    found = shell_variables(FakeHost(system="windows"), toolchain)

    assert found.variables["VSCMD_ARG_TGT_ARCH"] == "arm64"
    assert found.path == (str(Path("/vs/bin")),)
