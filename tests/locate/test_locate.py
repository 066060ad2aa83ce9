from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch
from windows_trees.visual_studio import FakeWindows, clang

from winarm import locate
from winarm.config import TOOLCHAINS
from winarm.errors import ToolchainNotFoundError
from winarm.host import Answer
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from winarm.host import Host


@pytest.fixture
def bare(tmp_path: Path) -> FakeHost:
    return FakeHost(
        environ={},
        system="linux",
        machine="x86_64",
        executable=Path("python3"),
        default_cache=tmp_path / "cache",
        answers={"zig": Answer(0, "0.17.1", ""), "aarch64-w64-mingw32-clang": clang("20.1.8")},
    )


def everything(windows: FakeWindows) -> Host:
    windows.llvm(windows.visual_studio())
    windows.sdk()
    folder = windows.root / "bin"
    names = ("clang", "clang++", "ar", "dlltool")
    touch(*(folder / f"aarch64-w64-mingw32-{name}.exe" for name in names), folder / "zig.exe")
    answers = {"aarch64-w64-mingw32-clang": clang("20.1.8"), "zig": Answer(0, "0.17.1", "")}
    return windows.host(search_path=[folder], answers=answers)


def test_every_kind_is_a_setting_in_the_same_order() -> None:
    assert ("auto", *locate.FINDERS) == TOOLCHAINS


def test_auto_takes_the_first_in_order(windows: FakeWindows) -> None:
    found = locate.find_toolchain(everything(windows), WIN_ARM64)

    assert found.kind == "msvc"


@pytest.mark.parametrize("kind", list(locate.FINDERS))
def test_each_is_there_when_asked_for(windows: FakeWindows, kind: str) -> None:
    assert locate.find_toolchain(everything(windows), WIN_ARM64, kind).kind == kind


def test_a_search_says_everything(windows: FakeWindows) -> None:
    searches = locate.search_toolchains(everything(windows), locate.Request(WIN_ARM64))

    assert list(searches) == list(locate.FINDERS)
    assert all(search.found for search in searches.values())


def test_nothing_at_all_lists_every_place_and_every_cure(bare: FakeHost) -> None:
    with pytest.raises(ToolchainNotFoundError) as caught:
        locate.find_toolchain(bare, WIN_ARM64, site_folders=[Path("site")])

    assert caught.value.misses == (
        "msvc: it runs on Windows only; elsewhere clang-cl builds against its libraries",
        (
            "sysroot: clang-cl needs Microsoft's headers and libraries; "
            "set WINARM_SYSROOT to their folder"
        ),
        "aarch64-w64-mingw32-clang: not on PATH",
        "the ziglang package in site: not installed there",
        "zig on PATH: there is none",
    )
    assert caught.value.cure.splitlines()[0] == "For zig: python -m pip install ziglang"
    assert "For clang-cl: make a sysroot with xwin" in caught.value.cure


def test_an_explicit_choice_lists_its_own_misses_only(windows: FakeWindows) -> None:
    with pytest.raises(ToolchainNotFoundError) as caught:
        locate.find_toolchain(windows.host(), WIN_ARM64, "msvc")

    assert "no toolchain called 'msvc' was found" in str(caught.value)
    assert "winget install Microsoft.VisualStudio" in str(caught.value)
    assert "zig" not in str(caught.value)
