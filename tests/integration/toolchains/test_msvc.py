"""The msvc path from end to end: a Visual Studio whose cl, link and lib LLVM's stand behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.bench import MODULE, SETUP, Bench, project

from winarm.environment.interpreter import ask
from winarm.locate.probe import probe
from winarm.target import WIN_AMD64, WIN_ARM64
from winarm.target_python.target_python import provide

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from windows_trees.stand_ins import VisualStudio

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts"),
]


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
class TestMsvc:
    def test_every_flag_is_understood(
        self,
        visual_studio: VisualStudio,
        repository: Path,
        bench: Bench,
        winarm_command: str,
        run: Run,
    ) -> None:
        source = shutil.copytree(repository / "examples/setuptools-c", bench.tmp_path / "source")

        done = bench.build(visual_studio.install(WIN_ARM64.msvc_triple), source)

        assert done.returncode == 0, done.stdout
        compile_, link = (line for line in done.stdout.splitlines() if ".exe" in line)
        assert all(flag in compile_ for flag in ("/MD", "/O2", "/Brepro"))
        assert all(
            flag in link
            for flag in ("/MACHINE:ARM64", "/MANIFEST:NO", "/INCREMENTAL:NO", "/Brepro")
        )
        assert "/LTCG" not in link
        assert "/GL" not in compile_
        verified = run(winarm_command, "verify", bench.wheel)
        assert verified.returncode == 0, verified.stdout

    def test_its_proof_succeeds(self, visual_studio: VisualStudio, bench: Bench) -> None:
        proof = probe(bench.host, visual_studio.install(WIN_ARM64.msvc_triple))

        assert proof.ok, proof

    def test_a_compiler_that_is_really_x64_fails_the_proof(
        self, visual_studio: VisualStudio, bench: Bench
    ) -> None:
        proof = probe(bench.host, visual_studio.install(WIN_AMD64.msvc_triple))

        assert not proof.ok
        assert "x64" in proof.output

    def test_a_compiler_that_is_really_x64_fails_the_build(
        self, visual_studio: VisualStudio, bench: Bench
    ) -> None:
        source = project(bench.tmp_path / "p", SETUP.format(more=[]), one_c=MODULE)

        done = bench.build(visual_studio.install(WIN_AMD64.msvc_triple), source)

        assert done.returncode != 0
        assert "x64" in done.stdout
        assert not list(bench.dist.glob("*.whl"))

    def test_a_toolchain_that_vanishes_is_said(
        self, visual_studio: VisualStudio, bench: Bench
    ) -> None:
        source = project(bench.tmp_path / "p", SETUP.format(more=[]), one_c=MODULE)
        toolchain = visual_studio.install(WIN_ARM64.msvc_triple)
        # The import library is made first.
        provide(bench.host, ask(bench.host, bench.host.executable), WIN_ARM64, toolchain)
        Path(toolchain.cc[0]).unlink()

        done = bench.build(toolchain, source)

        assert done.returncode != 0
        assert "No such file or directory" in done.stdout
        assert "cl.exe" in done.stdout
