from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.launched import LaunchedCompilers, launched_compilers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.plan import EquippedBuild

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a shell")


@pytest.fixture
def launched(
    make_build: Callable[..., EquippedBuild], tmp_path: Path
) -> Callable[[tuple[str, ...]], LaunchedCompilers]:
    """Return the compilers of a build whose C compiler is this command."""

    def make(command: tuple[str, ...], folder: str = "scratch") -> LaunchedCompilers:
        build = make_build(launcher="sccache")
        toolchain = dataclasses.replace(build.toolchain, cc=command)
        return launched_compilers(
            dataclasses.replace(build, toolchain=toolchain), tmp_path / folder
        )

    return make


def test_without_a_launcher_nothing_changes(
    make_build: Callable[..., EquippedBuild], tmp_path: Path
) -> None:
    assert launched_compilers(make_build(), tmp_path) == LaunchedCompilers()


def test_a_cache_finds_the_same_compiler_in_every_home(
    launched: Callable[..., LaunchedCompilers],
) -> None:
    one = launched(("/home/one/zig", "cc"), "one")
    other = launched(("/home/other/zig", "cc"), "other")

    assert list(one.files.values()) == list(other.files.values())
    assert one.variables != other.variables
    assert {path.name for path in one.files} == {"clang", "clang++"}


def test_the_script_runs_the_compiler_with_every_argument_as_it_is(
    launched: Callable[..., LaunchedCompilers], tmp_path: Path
) -> None:
    show = "import sys; print(sys.argv[1:])"
    compilers = launched((sys.executable, "-c", show))
    for path, text in compilers.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o700)
    words = compilers.spec["c"]["words"]

    said = subprocess.run(
        [words[1], "a b", "$HOME", "'q'"],
        env=dict(compilers.variables),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert words[0] == "sccache"
    assert "['-ffile-prefix-map=" in said
    assert said.strip().endswith("""'a b', '$HOME', "'q'"]""")
