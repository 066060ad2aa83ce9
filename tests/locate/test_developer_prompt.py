"""A Visual Studio prompt is taken as it is where it is set for the target, else recomputed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fake_host import touch

from winarm.locate import Request
from winarm.locate.msvc import find_msvc
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from windows_trees.visual_studio import FakeWindows

    from winarm.locate import Toolchain

REQUEST = Request(WIN_ARM64)


def prepared(windows: FakeWindows, target: str) -> FakeWindows:
    path = windows.visual_studio()
    kits = windows.sdk()
    windows.prompt(path, "14.44.35207", target, kits)
    return windows


def finding(windows: FakeWindows, compiler: str, request: Request = REQUEST) -> Toolchain:
    tools = windows.programs_x86 / "Microsoft Visual Studio/2022/BuildTools/VC/Tools/MSVC"
    programs = tools / "14.44.35207" / "bin" / "Hostx64" / compiler
    host = windows.host(search_path=[programs])
    finding = find_msvc(host, request)
    assert finding.found is not None, finding.misses
    return finding.found


def test_one_for_arm64_is_used_as_it_is(windows: FakeWindows) -> None:
    prepared(windows, "arm64")

    toolchain = finding(windows, "arm64")

    assert toolchain.origin.startswith("the developer prompt, ")
    assert toolchain.environ["INCLUDE"] == windows.environ["INCLUDE"]
    assert toolchain.version == "14.44.35207"
    assert toolchain.notes == ()


def test_the_linker_is_the_compilers_own(windows: FakeWindows) -> None:
    # Git's and MSYS2's `link` may come first on PATH.
    prepared(windows, "arm64")
    touch(windows.root / "Git" / "link.exe")
    tools = windows.programs_x86 / "Microsoft Visual Studio/2022/BuildTools/VC/Tools/MSVC"
    programs = tools / "14.44.35207/bin/Hostx64/arm64"
    host = windows.host(search_path=[windows.root / "Git", programs])

    toolchain = find_msvc(host, REQUEST).found

    assert toolchain is not None
    assert toolchain.link == (str(programs / "link.exe"),)


def test_nothing_is_run_for_it(windows: FakeWindows) -> None:
    prepared(windows, "arm64")
    tools = windows.programs_x86 / "Microsoft Visual Studio/2022/BuildTools/VC/Tools/MSVC"
    host = windows.host(search_path=[tools / "14.44.35207/bin/Hostx64/arm64"])

    assert find_msvc(host, REQUEST).found is not None
    assert host.calls == []


def test_one_for_x64_is_recomputed_and_said_so(windows: FakeWindows) -> None:
    # meson#11435, setuptools#2724
    prepared(windows, "x64")

    toolchain = finding(windows, "x64")

    assert toolchain.notes == (
        "the developer prompt is set for x64: winarm computed its own environment",
    )
    assert "arm64" in toolchain.cc[0]
    assert "arm64" in toolchain.environ["LIB"]
    assert {Path(folder).name for folder in toolchain.environ["LIB"].split(";")} == {"arm64"}


def test_one_that_says_arm64_and_has_the_x64_compiler(windows: FakeWindows) -> None:
    # pyinstaller#8335: vcvarsall succeeds without the ARM64 tools.
    prepared(windows, "arm64")

    toolchain = finding(windows, "x64")

    assert "is for x64: winarm computed its own environment" in toolchain.notes[0]
    assert "arm64" in toolchain.cc[0]


def test_one_whose_lib_has_no_arm64_folder(windows: FakeWindows) -> None:
    # gnustep/tools-windows-msvc#34
    prepared(windows, "arm64")
    windows.environ["LIB"] = windows.environ["LIB"].replace("arm64", "x64")

    toolchain = finding(windows, "arm64")

    assert "LIB has no folder of arm64 libraries" in toolchain.notes[0]


def test_one_of_another_version_than_wanted(windows: FakeWindows) -> None:
    prepared(windows, "arm64")
    windows.visual_studio("2019/BuildTools", version="16.11", toolsets=["14.29.1"])

    toolchain = finding(windows, "arm64", replace(REQUEST, version="14.29"))

    assert toolchain.version == "14.29.1"
    assert "the developer prompt has MSVC 14.44.35207, not 14.29" in toolchain.notes[0]


def test_the_target_variable_alone_is_no_prompt(windows: FakeWindows) -> None:
    # cibuildwheel#1876 sets it for setuptools.
    windows.visual_studio()
    windows.sdk()
    windows.environ["VSCMD_ARG_TGT_ARCH"] = "arm64"

    toolchain = find_msvc(windows.host(), REQUEST).found

    assert toolchain is not None
    assert toolchain.notes == ()
    assert not toolchain.origin.startswith("the developer prompt")


def test_an_empty_target_variable_is_an_unset_one(windows: FakeWindows) -> None:
    prepared(windows, "arm64")
    windows.environ["VSCMD_ARG_TGT_ARCH"] = ""

    assert finding(windows, "arm64").origin.startswith("the developer prompt")
