"""The examples of CMake and Meson, built as they are and run on the target."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from cmake_builds import Built

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Project = Callable[..., Path]
    Lacking = Callable[[str, str], object]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

#: The module, the wheel's tags and how it is built: each generator, the oldest and newest CMake.
EXAMPLES = {
    "cmake-pybind11": ("primes", "{tag}-{tag}", ("Ninja", "==3.25.*")),
    "cmake-nanobind": ("mandel", "cp312-abi3", ("Ninja", ">=4")),
    "cmake-abi3-c": ("isqrt", "cp311-abi3", ("Unix Makefiles", ">=4")),
    "cmake-cython": ("collatz", "{tag}-{tag}", ("Unix Makefiles", "==3.25.*")),
    "setuptools-cmake": ("median", "{tag}-{tag}", ("Ninja", "")),
    "meson-c": ("rot13", "{tag}-{tag}", ("Ninja", "")),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_builds_and_works_on_the_target(
    example: str,
    repository: Path,
    tmp_path: Path,
    build: Callable[..., Built],
    tag: str,
    request: pytest.FixtureRequest,
) -> None:
    module, tags, (generator, cmake) = EXAMPLES[example]
    if tags.startswith("cp312") and int(tag[3:]) < 12:
        pytest.skip("nanobind's stable ABI needs Python 3.12")
    source = tmp_path / example
    shutil.copytree(repository / "examples" / example, source)

    asked = ("-C", f"cmake.version={cmake}") if cmake else ()
    built = build(source, "-C", f"winarm.generator={generator}", *asked)

    assert built.status == 0, built.said
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert wheel.name == f"{module}-1.0.0-{tags.format(tag=tag)}-win_arm64.whl"
    suffix = ".pyd" if "abi3" in tags else f".{tag}-win_arm64.pyd"
    assert list(built.images) == [f"_{module}{suffix}"]
    assert stray_files(wheel) == []
    run_on_arm64: RunOnArm64 = request.getfixturevalue("run_on_arm64")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    tried = run_on_arm64(tmp_path / "site", source / "tests" / f"test_{module}.py")
    assert f"{module} works" in tried.stdout, tried.stdout + tried.stderr


def stray_files(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [n for n in archive.namelist() if n.endswith((".lib", ".pdb", ".a", ".exp"))]
