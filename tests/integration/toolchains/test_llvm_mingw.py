"""setuptools extensions, built with llvm-mingw by its own names.

C is compiled by Debian's clang and linked by its lld, with MinGW's headers and libraries, all in
the layout of a release. C++ needs a libc++ for that clang, which Debian has for no Windows: there
zig stands behind the names.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from windows_trees.stand_ins import stand_in

from winarm.locate import find_toolchain
from winarm.locate.probe import probe
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from windows_trees.bench import Bench

    from winarm.locate import Toolchain

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts"),
]


def found_in(folder: Path, bench: Bench) -> Toolchain:
    environ = {**bench.host.environ, "LLVM_MINGW_ROOT": str(folder)}
    return find_toolchain(replace(bench.host, environ=environ), WIN_ARM64, "llvm-mingw")


def test_c_is_built_by_clang_and_lld(
    llvm_mingw: Path, repository: Path, bench: Bench, winarm_command: str, run: Run
) -> None:
    toolchain = found_in(llvm_mingw, bench)
    source = shutil.copytree(repository / "examples" / "setuptools-c", bench.tmp_path / "source")

    done = bench.build(toolchain, source)

    assert toolchain.version.startswith("19.")
    assert done.returncode == 0, done.stdout
    assert "-Wl,-Bstatic" in done.stdout
    verified = run(winarm_command, "verify", bench.wheel)
    assert verified.returncode == 0, verified.stdout


def test_its_proof_succeeds(llvm_mingw: Path, bench: Bench) -> None:
    proof = probe(bench.host, found_in(llvm_mingw, bench))

    assert proof.ok, proof


@pytest.mark.arm64
def test_what_it_built_works_on_the_target(
    llvm_mingw: Path,
    repository: Path,
    bench: Bench,
    run_on_arm64: RunOnArm64,
    matching_python: Path,
    winarm_command: str,
    run: Run,
) -> None:
    example = repository / "examples" / "setuptools-c"
    done = run(
        *(winarm_command, "build", example, "-o", bench.dist),
        *("--toolchain", "llvm-mingw", "--python", matching_python),
        environ={"LLVM_MINGW_ROOT": str(llvm_mingw)},
    )
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(bench.wheel) as archive:
        archive.extractall(bench.tmp_path / "site")

    said = run_on_arm64(bench.tmp_path / "site", example / "tests" / "test_fnv1a.py")

    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["fnv1a", "works"]


def test_cpp_is_built_without_its_dlls(
    zig: Path,
    zig_environ: dict[str, str],
    repository: Path,
    bench: Bench,
    winarm_command: str,
    run: Run,
) -> None:
    programs = bench.tmp_path / "llvm-mingw" / "bin"
    triple = WIN_ARM64.mingw_triple
    for name, command in (
        (f"{triple}-clang", ("cc", "-target", WIN_ARM64.zig_triple)),
        (f"{triple}-clang++", ("c++", "-target", WIN_ARM64.zig_triple)),
        (f"{triple}-ar", ("ar",)),
        (f"{triple}-dlltool", ("dlltool",)),
        ("llvm-rc", ("rc",)),
    ):
        stand_in(programs / name, zig, *command)
    host = replace(bench.host, environ={**bench.host.environ, **zig_environ})
    warm = replace(bench, host=host)
    source = shutil.copytree(repository / "examples/setuptools-cpp", bench.tmp_path / "source")

    done = warm.build(found_in(programs.parent, warm), source)

    assert done.returncode == 0, done.stdout
    assert "-Wl,-Bstatic" in done.stdout
    verified = run(winarm_command, "verify", bench.wheel)
    assert verified.returncode == 0, verified.stdout
