from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost

from winarm.host import Answer, ProgramError
from winarm.locate import Toolchain
from winarm.locate.probe import probe
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from fake_host import Reply, Run


def image(machine: int) -> bytes:
    return b"MZ" + bytes(0x3A) + struct.pack("<I4sH18x", 0x40, b"PE\0\0", machine)


def toolchain(style: str = "msvc") -> Toolchain:
    kind, one = ("msvc" if style == "msvc" else "zig"), ("cc",)
    return Toolchain(*(kind, "1", "here"), WIN_ARM64, *(one, one, one, one, one), link=("link",))


def making(made: bytes) -> FakeHost:
    """A machine whose linker writes `made` as probe.dll."""

    def compile_(run: Run) -> Answer:
        assert run.folder is not None
        assert (run.folder / "probe.c").is_file()
        (run.folder / "probe.dll").write_bytes(made)
        return Answer(0, "", "")

    return FakeHost(answers={"": compile_})


def saying(reply: Reply) -> FakeHost:
    return FakeHost(answers={"": reply})


def test_a_good_one_is_proved() -> None:
    proof = probe(making(image(WIN_ARM64.machine)), toolchain())

    assert (proof.ok, proof.summary) == (True, "made a DLL for ARM64")


def test_a_compiler_that_is_really_x64_is_found_out() -> None:
    proof = probe(making(image(WIN_AMD64.machine)), toolchain())

    assert (proof.ok, proof.summary) == (False, "made a DLL for AMD64, not ARM64")


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (b"\x7fELF", "made a DLL for no machine that winarm knows, not ARM64"),
        (image(0x1234), "made a DLL for 0x1234, not ARM64"),
    ],
)
def test_what_is_no_image_for_the_target_is_said(made: bytes, summary: str) -> None:
    assert probe(making(made), toolchain("gnu")).summary == summary


def test_programs_that_succeed_and_make_nothing_are_no_proof() -> None:
    proof = probe(saying(Answer(0, "", "")), toolchain())

    assert (proof.ok, proof.summary) == (False, "its programs succeeded and made nothing")


def test_a_failure_has_the_compilers_words() -> None:
    proof = probe(saying(Answer(2, "probe.c(1): error", "")), toolchain())

    assert (proof.ok, proof.summary, proof.output) == (
        False,
        "cc failed with exit status 2",
        "probe.c(1): error",
    )


def test_a_toolchain_that_vanished_is_said() -> None:
    gone = ProgramError("cc cannot be started: No such file or directory.")

    assert probe(saying(gone), toolchain()).summary == gone.what
