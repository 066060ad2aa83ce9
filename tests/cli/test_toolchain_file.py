from __future__ import annotations

import argparse
import io
import re
import subprocess
from pathlib import Path

import pytest
from fake_host import FakeHost

from winarm.cli import toolchain_file
from winarm.cli.console import Console
from winarm.errors import UsageError
from winarm.host import Host

HOST = FakeHost()


def said(*argv: str) -> list[str]:
    parser = argparse.ArgumentParser()
    toolchain_file.configure(parser)
    out = io.StringIO()
    assert toolchain_file.run(parser.parse_args(argv), HOST, Console(out, io.StringIO())) == 0
    return out.getvalue().splitlines()


def test_without_a_name_it_lists_what_there_is() -> None:
    assert said() == ["clang-cl", "llvm-mingw", "msvc", "visual-studio", "zig"]


def test_every_toolchain_file_is_there_and_none_is_forgotten() -> None:
    paths = {Path(*said(name)) for name in said()}

    # The others are included by these.
    common = "/win-arm64.cmake"
    (folder,) = {path.parent for path in paths}
    assert paths == {p for p in folder.glob("*.cmake") if common in p.read_text("utf-8")}


@pytest.mark.parametrize("name", ["zig", "win-arm64-zig", "win-arm64-zig.cmake"])
def test_every_spelling_is_the_file(name: str) -> None:
    (path,) = said(name)

    assert Path(path).name == "win-arm64-zig.cmake"
    assert "CMAKE_SYSTEM_NAME" in Path(path).with_name("win-arm64.cmake").read_text("utf-8")


@pytest.mark.integration
def test_the_file_of_zig_names_the_one_word_tools(tmp_path: Path) -> None:
    out = io.StringIO()
    options = argparse.Namespace(name="zig")

    assert toolchain_file.run(options, Host.current(), Console(out, io.StringIO())) == 0

    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(p C RC)\n"
        'message(STATUS "${CMAKE_C_COMPILER} ${CMAKE_RC_COMPILER}")\n'
    )
    command = ["cmake", "-G", "Ninja", "-S", str(tmp_path), "-B", str(tmp_path / "b")]
    command += [f"-DCMAKE_TOOLCHAIN_FILE={out.getvalue().strip()}", "-DCMAKE_RC_COMPILER=own-rc"]
    said = subprocess.run(command, capture_output=True, check=False, text=True)
    assert re.search(r"/aarch64-w64-mingw32-clang own-rc$", said.stdout, re.MULTILINE), said.stderr


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="- zig"):
        said("gcc")
