from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost
from windows_trees.visual_studio import FakeWindows

from winarm.cli import doctor
from winarm.cli.console import Console
from winarm.locate import Toolchain
from winarm.locate.probe import Proof
from winarm.pipeline.survey import Place, Survey
from winarm.search import Search, miss
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = Search(Place("3.13.1", "/usr/bin/python3.13"))


def toolchain(kind: str) -> Toolchain:
    return Toolchain(
        kind,
        "1.2",
        f"{kind} of a test",
        WIN_ARM64,
        cc=("cc",),
        cxx=("c++",),
        ar=("ar",),
        rc=("rc",),
        dlltool=("dlltool",),
    )


@pytest.fixture
def found() -> Survey:
    return Survey(
        system="linux",
        machine="x86_64",
        winarm="1.0",
        wanted="auto",
        can_fetch=False,
        toolchains={
            "msvc": miss("msvc: it runs on Windows only"),
            "zig": Search(toolchain("zig"), ("zig on PATH: there is none",)),
        },
        proofs={},
        libraries={"sysroot": miss("none is named", cure="make one")},
        pythons={"Python 3.13": PYTHON},
        backends={"setuptools": "84.2.1", "meson-python": None},
    )


def report(found: Survey) -> str:
    return "\n".join(doctor.lines(found))


def test_what_would_be_taken_and_why(found: Survey) -> None:
    assert "auto takes zig 1.2: msvc not found." in report(found)
    assert found.can_build


def test_every_miss_and_every_cure_is_shown(found: Survey) -> None:
    text = report(found)

    assert "- msvc: it runs on Windows only" in text
    assert "- zig on PATH: there is none" in text
    assert "x sysroot     none is named" in text
    assert "> make one" in text
    assert "setuptools 84.2.1" in text
    assert "meson-python" not in text


def test_the_first_needs_no_excuse(found: Survey) -> None:
    first = replace(found, toolchains=dict(reversed(list(found.toolchains.items()))))

    assert "auto takes zig 1.2: the first in order." in report(first)


def test_an_explicit_wish_is_the_reason(found: Survey) -> None:
    assert "zig takes zig 1.2: it is asked for." in report(replace(found, wanted="zig"))


def test_without_a_toolchain_nothing_can_build(found: Survey) -> None:
    nothing = replace(found, toolchains={"zig": miss(cure="pip install ziglang")})

    assert not nothing.can_build
    assert "No toolchain makes ARM64 Windows code here. What would help:" in report(nothing)
    assert "zig: pip install ziglang" in report(nothing)


def test_what_is_asked_for_is_what_would_help(found: Survey) -> None:
    """Not the cures of others, and not that nothing is here when something is."""
    cured = {**found.toolchains, "clang-cl": miss(cure="install LLVM")}
    asked = replace(found, toolchains=cured, wanted="msvc")

    assert doctor.conclusion(asked) == "msvc is asked for, and it is not here. There is zig."
    assert doctor.conclusion(replace(asked, wanted="clang-cl")) == (
        "clang-cl is asked for, and it is not here. There is zig. What would help:\n"
        "  clang-cl: install LLVM"
    )


def test_without_a_python_nothing_can_build(found: Survey) -> None:
    nothing = replace(found, pythons={"Python 3.13": miss("it is not here")})

    assert not nothing.can_build
    assert "Nothing can be built yet" in report(nothing)


def test_a_toolchain_that_proved_wrong_cannot_build(found: Survey) -> None:
    wrong = Proof(ok=False, summary="made a DLL for AMD64, not ARM64", output="LNK1112")
    proved = replace(found, proofs={"zig": wrong})

    assert not proved.can_build
    assert "x made a DLL for AMD64, not ARM64" in report(proved)
    assert "LNK1112" in report(proved)


def test_json_says_the_same(found: Survey) -> None:
    proof = Proof(ok=True, summary="made a DLL for ARM64")

    said = doctor.as_json(replace(found, proofs={"zig": proof}))

    assert json.loads(json.dumps(said)) == said
    assert (said["chosen"], said["can_build"]) == ("zig", True)
    assert said["backends"] == {"setuptools": "84.2.1", "meson-python": None}


@pytest.fixture
def examine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.chdir(tmp_path)

    def examine(host: FakeHost, *argv: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        doctor.configure(parser)
        out = io.BytesIO()
        console = Console(io.TextIOWrapper(out, "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8"))
        status = doctor.run(parser.parse_args(argv), host, console)
        return status, out.getvalue().decode("utf-8")

    return examine


def test_a_machine_with_no_python_ends_with_1(
    examine: Callable[..., tuple[int, str]], windows: FakeWindows
) -> None:
    windows.visual_studio()
    windows.sdk()

    status, text = examine(windows.host())

    assert status == 1
    assert "+ msvc        14.44.35207, " in text
    assert "+ Windows SDK 10.0.26100.0" in text


def test_a_cure_of_several_is_shown_once(
    examine: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    host = FakeHost(executable=Path(sys.executable), default_cache=tmp_path / "c")

    _, text = examine(host)

    assert "x clang-cl" in text
    assert "x sysroot" in text
    assert text.count("> make a sysroot") == 1


def test_json_of_a_bare_machine(examine: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    host = FakeHost(executable=Path(sys.executable), default_cache=tmp_path / "c")

    status, text = examine(host, "--json", "--toolchain", "llvm-mingw")

    said = json.loads(text)
    assert status == 1
    assert said["chosen"] is None
    assert said["wanted"] == "llvm-mingw"
    runners = {runner["name"]: runner for runner in said["runners"]}
    assert list(runners) == ["native", "wine", "qemu-wine"]
    assert runners["qemu-wine"]["cure"] == "winarm test --set-up makes the runner qemu-wine."
    assert [found["kind"] for found in said["toolchains"]] == [
        "msvc",
        "clang-cl",
        "llvm-mingw",
        "zig",
    ]


@pytest.fixture
def windows(tmp_path: Path) -> FakeWindows:
    return FakeWindows(tmp_path / "C")


def test_a_fresh_machine_can_build_because_zig_can_be_fetched(found: Survey) -> None:
    search = miss("zig on PATH: there is none", cure="python -m pip install ziglang")
    fresh = replace(found, toolchains={"zig": search}, can_fetch=True)

    report = "\n".join(doctor.lines(fresh))

    assert fresh.can_build
    assert "> nothing to do: `winarm build` fetches zig" in report
    assert report.endswith(
        "Ready: `winarm build` will fetch zig from the package index (100 MB, once)."
    )
