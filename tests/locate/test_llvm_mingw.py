from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch
from windows_trees.visual_studio import FakeWindows, clang

from winarm.host import Answer
from winarm.locate import Request
from winarm.locate.llvm_mingw import find_llvm_mingw
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = Request(WIN_ARM64)
TRIPLE = "aarch64-w64-mingw32"


def install(root: Path, ending: str = "") -> Path:
    names = (f"{TRIPLE}-{name}" for name in ("clang", "clang++", "ar", "dlltool", "windres"))
    touch(*(root / "bin" / f"{name}{ending}" for name in names))
    return root / "bin"


def host(tmp_path: Path, *folders: Path, **environ: str) -> FakeHost:
    return FakeHost(
        environ={"PATH": os.pathsep.join(map(str, folders)), **environ},
        default_cache=tmp_path / "cache",
        answers={f"{TRIPLE}-clang": clang("20.1.8")},
    )


def test_one_on_path(tmp_path: Path) -> None:
    programs = install(tmp_path / "llvm-mingw")

    toolchain = find_llvm_mingw(host(tmp_path, programs), REQUEST).found

    assert toolchain is not None
    assert toolchain.cc == (str(programs / f"{TRIPLE}-clang"),)
    assert toolchain.cxx == (str(programs / f"{TRIPLE}-clang++"),)
    assert toolchain.dlltool == (str(programs / f"{TRIPLE}-dlltool"),)
    assert toolchain.rc == (str(programs / f"{TRIPLE}-windres"),)
    assert (toolchain.style, toolchain.compiler_type) == ("gnu", "mingw32")
    assert (toolchain.version, toolchain.path) == ("20.1.8", (programs,))


@pytest.mark.parametrize("variable", ["LLVM_MINGW_ROOT", "LLVM_MINGW_DIR", "LLVM_MINGW"])
def test_one_that_a_variable_names(tmp_path: Path, variable: str) -> None:
    install(tmp_path / "tools")

    found = find_llvm_mingw(host(tmp_path, **{variable: str(tmp_path / "tools")}), REQUEST)

    assert found.found is not None


def test_one_in_the_program_folder(windows: FakeWindows) -> None:
    programs = install(windows.programs / "llvm-mingw-20260801-ucrt-x86_64", ".exe")
    machine = windows.host(answers={f"{TRIPLE}-clang": clang("21.1.0")})

    toolchain = find_llvm_mingw(machine, REQUEST).found

    assert toolchain is not None
    assert toolchain.cc == (str(programs / f"{TRIPLE}-clang.exe"),)


def test_one_for_other_machines_only_is_a_miss(tmp_path: Path) -> None:
    touch(tmp_path / "tools" / "bin" / "x86_64-w64-mingw32-clang")

    found = find_llvm_mingw(host(tmp_path, LLVM_MINGW_ROOT=str(tmp_path / "tools")), REQUEST)

    assert found.found is None
    assert "it has no aarch64-w64-mingw32-clang" in found.misses[0]
    assert "mstorsjo/llvm-mingw" in found.cure


def test_an_incomplete_one_is_a_miss(tmp_path: Path) -> None:
    programs = install(tmp_path / "tools")
    (programs / f"{TRIPLE}-ar").unlink()

    found = find_llvm_mingw(host(tmp_path, programs), REQUEST)

    assert found.found is None
    assert "its programs are not complete" in found.misses[0]


def test_one_that_does_not_answer_is_a_miss(tmp_path: Path) -> None:
    programs = install(tmp_path / "tools")
    broken = replace(host(tmp_path, programs), answers={f"{TRIPLE}-clang": Answer(127, "", "no")})

    assert "says 'no'" in find_llvm_mingw(broken, REQUEST).misses[0]


def test_another_version_than_wanted_is_a_miss(tmp_path: Path) -> None:
    programs = install(tmp_path / "tools")

    found = find_llvm_mingw(host(tmp_path, programs), replace(REQUEST, version="19"))

    assert "version 20.1.8, and 19 is wanted" in found.misses[0]
