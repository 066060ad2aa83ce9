from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from winarm.backends.provision import Provision
from winarm.pipeline.launched import compilers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.plan import EquippedBuild

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a shell")


@pytest.fixture
def launched(
    make_build: Callable[..., EquippedBuild], tmp_path: Path
) -> Callable[..., tuple[dict[str, list[str]], Provision]]:
    """Return the compilers of a build whose C compiler is this command."""

    def make(
        command: tuple[str, ...], folder: str = "scratch"
    ) -> tuple[dict[str, list[str]], Provision]:
        build = make_build(launcher="sccache")
        toolchain = dataclasses.replace(build.toolchain, cc=command)
        return compilers(dataclasses.replace(build, toolchain=toolchain), tmp_path / folder)

    return make


def test_without_a_launcher_they_are_the_toolchains(
    make_build: Callable[..., EquippedBuild], tmp_path: Path
) -> None:
    build = make_build()

    words, provision = compilers(build, tmp_path)

    assert provision == Provision()
    hidden = list(build.toolchain.prefix_map(build.folder))
    assert words == {
        "c": [*build.toolchain.cc, *hidden],
        "c++": [*build.toolchain.cxx, *hidden],
    }


def test_a_cache_finds_the_same_compiler_in_every_home(
    launched: Callable[..., tuple[dict[str, list[str]], Provision]],
) -> None:
    _, one = launched(("/home/one/zig", "cc"), "one")
    _, other = launched(("/home/other/zig", "cc"), "other")

    assert list(one.files.values()) == list(other.files.values())
    assert one.variables != other.variables
    assert {path.name for path in one.files} == {"clang", "clang++"}


def test_the_script_runs_the_compiler_with_every_argument_as_it_is(
    launched: Callable[..., tuple[dict[str, list[str]], Provision]],
) -> None:
    show = "import sys; print(sys.argv[1:])"
    words, provision = launched((sys.executable, "-c", show))
    provision.write()

    said = subprocess.run(
        [words["c"][1], "a b", "$HOME", "'q'"],
        env=dict(provision.variables),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert words["c"][0] == "sccache"
    assert "['-ffile-prefix-map=" in said
    assert said.strip().endswith("""'a b', '$HOME', "'q'"]""")
