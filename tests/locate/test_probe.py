from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from windows_trees.visual_studio import FakeHost

from winarm.host import Answer, Host, ProgramError
from winarm.locate import Toolchain
from winarm.locate.probe import probe
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Sequence


def image(machine: int) -> bytes:
    return b"MZ" + bytes(0x3A) + struct.pack("<I4sH18x", 0x40, b"PE\0\0", machine)


@dataclass(frozen=True)
class Compiling(Host):
    """A machine whose linker writes `made` as probe.dll."""

    made: bytes | None = None
    answer: Answer | ProgramError = Answer(0, "", "")  # noqa: RUF009 - it is frozen

    def run(self, argv: Sequence[str | Path], *, cwd: Path | None = None, **_: Any) -> Answer:  # noqa: ANN401
        if isinstance(self.answer, ProgramError):
            raise self.answer
        if self.made is not None and cwd is not None:
            assert (cwd / "probe.c").is_file()
            (cwd / "probe.dll").write_bytes(self.made)
        return self.answer


def toolchain(style: str = "msvc") -> Toolchain:
    kind, one = ("msvc" if style == "msvc" else "zig"), ("cc",)
    return Toolchain(*(kind, "1", "here"), WIN_ARM64, *(one, one, one, one, one), link=("link",))


def host(**properties: Any) -> Compiling:  # noqa: ANN401 - whatever Compiling has
    return Compiling({}, "linux", "x86_64", Path("python3"), **properties)


def test_a_good_one_is_proved() -> None:
    proof = probe(host(made=image(WIN_ARM64.machine)), toolchain())

    assert (proof.ok, proof.summary) == (True, "made a DLL for ARM64")


def test_a_compiler_that_is_really_x64_is_found_out() -> None:
    proof = probe(host(made=image(WIN_AMD64.machine)), toolchain())

    assert (proof.ok, proof.summary) == (False, "made a DLL for AMD64, not ARM64")


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (None, "its programs succeeded and made nothing"),
        (b"\x7fELF", "made a DLL for no machine that winarm knows, not ARM64"),
        (image(0x1234), "made a DLL for 0x1234, not ARM64"),
    ],
)
def test_what_is_no_image_for_the_target_is_said(made: bytes | None, summary: str) -> None:
    assert probe(host(made=made), toolchain("gnu")).summary == summary


def test_a_failure_has_the_compilers_words() -> None:
    proof = probe(host(answer=Answer(2, "probe.c(1): error", "")), toolchain())

    assert (proof.ok, proof.summary, proof.output) == (
        False,
        "cc failed with exit status 2",
        "probe.c(1): error",
    )


def test_a_toolchain_that_vanished_is_said() -> None:
    gone = ProgramError("cc cannot be started: No such file or directory.")

    assert probe(host(answer=gone), toolchain()).summary == gone.what


def test_a_fake_host_is_enough_to_see_it_start() -> None:
    fake = FakeHost({}, "linux", "x86_64", Path("python3"))

    assert probe(fake, toolchain()).summary == "cc cannot be started: no such file."
