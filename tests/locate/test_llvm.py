"""Which LLVM is taken, and why each before it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_host import FakeHost, touch
from windows_trees.visual_studio import clang

from winarm.host import Answer, ProgramError
from winarm.locate import Request
from winarm.locate.llvm import INSTALL, clang_version, find_llvm
from winarm.target import WIN_ARM64

REQUEST = Request(WIN_ARM64)
TARGET = "--target=aarch64-pc-windows-msvc"


def linux(folder: Path, *names: str, **answers: Answer) -> FakeHost:
    touch(*(folder / name for name in names))
    return FakeHost(environ={"PATH": str(folder)}, answers=answers)


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        (clang("19.1.7"), "19.1.7"),
        (Answer(0, "Debian clang version 19.1.7 (3)\n", ""), "19.1.7"),
        (Answer(0, "Apple clang version 16.0.0\n", ""), None),
        (Answer(0, "gcc 14\n", ""), None),
        (Answer(1, "clang version 19.1.7", ""), None),
    ],
)
def test_a_clang_says_its_version(answer: Answer, version: str | None) -> None:
    found = clang_version(FakeHost(answers={"clang": answer}), ["clang"])

    assert found.found == version
    assert bool(found.misses) == (version is None)


def test_what_cannot_be_started_is_a_miss_in_its_own_words() -> None:
    host = FakeHost(answers={"clang": ProgramError("clang did not answer within 30 s.")})

    assert clang_version(host, ["clang"]).misses == ("clang did not answer within 30 s.",)


def test_the_newest_of_versioned_names_comes_with_its_own_tools(tmp_path: Path) -> None:
    old, new = ("clang-cl-17", "lld-link-17"), ("clang-cl-20", "lld-link-20", "llvm-rc-20")
    host = linux(
        tmp_path, *old, *new, **{"clang-cl-20": clang("20.1.0"), "clang-cl-17": clang("17.0.6")}
    )

    llvm = find_llvm(host, REQUEST).found

    assert llvm is not None
    assert (llvm.version, llvm.cc) == ("20.1.0", (str(tmp_path / "clang-cl-20"), TARGET))
    assert (llvm.link, llvm.rc) == (
        (str(tmp_path / "lld-link-20"),),
        (str(tmp_path / "llvm-rc-20"),),
    )
    # lld-link is a librarian, too; there is nothing instead of mt.
    assert (llvm.ar, llvm.mt) == ((str(tmp_path / "lld-link-20"), "/lib"), ())


def test_a_plain_clang_is_asked_to_read_the_command_line_of_cl(tmp_path: Path) -> None:
    host = linux(tmp_path, "clang", "lld-link", clang=clang("18.1.0"))

    llvm = find_llvm(host, REQUEST).found

    assert llvm is not None
    assert llvm.cc == (str(tmp_path / "clang"), "--driver-mode=cl", TARGET)


def test_each_miss_has_its_place_and_reason(tmp_path: Path) -> None:
    host = linux(
        tmp_path,
        *("clang-cl", "clang-cl-15", "clang-19"),
        **{"clang-cl": clang("15.0.7"), "clang-19": clang("19.1.7")},
    )

    found = find_llvm(host, REQUEST)

    assert found.found is None
    assert found.cure == INSTALL
    assert [line for line in found.misses if "version 15.0.7, and winarm works with 16" in line]
    assert [line for line in found.misses if line.endswith("no lld-link next to it or on PATH")]
    # A name that is too old is not even looked for.
    assert not any("clang-cl-15" in call[0] for call in host.calls)


def test_the_wanted_version_is_taken_instead_of_the_newest(tmp_path: Path) -> None:
    host = linux(
        tmp_path,
        *("clang-cl-20", "clang-cl-17", "lld-link"),
        **{"clang-cl-20": clang("20.1.0"), "clang-cl-17": clang("17.0.6")},
    )

    found = find_llvm(host, Request(WIN_ARM64, version="17"))

    assert found.found is not None
    assert found.found.version == "17.0.6"
    assert "version 20.1.0, and 17 is wanted" in found.why


def test_nothing_anywhere_is_said_of_every_place(tmp_path: Path) -> None:
    found = find_llvm(FakeHost(), Request(WIN_ARM64, (tmp_path,)))

    assert found.misses == (
        "clang-cl: neither on PATH nor where LLVM is installed",
        f"the ziglang package in {tmp_path}: not installed there",
        "zig on PATH: there is none",
    )


def test_homebrew_hides_its_llvm_from_path() -> None:
    folder = Path("/opt/homebrew/opt/llvm/bin")
    if os.path.lexists(folder):
        pytest.skip("this machine has it")

    found = find_llvm(FakeHost(system="macos"), REQUEST)

    assert found.found is None
