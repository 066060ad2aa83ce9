"""CMake and Meson with clang-cl against a sysroot: each generator, the oldest and newest CMake.

The sysroot has no C++ library, so that these are the examples in C.
"""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from windows_trees.sysroot import Tools

    Machines = Callable[[Path], dict[str, int]]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network]

#: The example, its module, the generator and the CMake; the first stands for all in `nox -s tests`.
BUILDS = [
    ("cmake-abi3-c", "isqrt", "Ninja", ">=4"),
    *(
        pytest.param(*build, marks=pytest.mark.cmake)
        for build in (
            ("cmake-cython", "collatz", "Unix Makefiles", ">=4"),
            ("cmake-cython", "collatz", "Ninja", "==3.25.*"),
            ("meson-c", "rot13", "Ninja", ""),
        )
    ),
]


@pytest.mark.parametrize(("example", "module", "generator", "cmake"), BUILDS)
def test_example_builds_and_works_on_the_target(
    example: str,
    module: str,
    generator: str,
    cmake: str,
    llvm: Tools,
    sysroot: Callable[[str], Path],
    repository: Path,
    tmp_path: Path,
    winarm_command: str,
    building_python: Path,
    machines: Machines,
    run: Run,
    request: pytest.FixtureRequest,
) -> None:
    source = shutil.copytree(repository / "examples" / example, tmp_path / example)
    wheels = tmp_path / "wheels"
    asked = ("-C", f"cmake.version={cmake}") if cmake else ()

    done = run(
        *(winarm_command, "build", source, "-o", wheels, "--python", building_python),
        *("--toolchain", "clang-cl", "-C", f"winarm.generator={generator}", *asked, "-v"),
        environ={"WINARM_SYSROOT": str(sysroot("xwin") / "tree")},
    )

    assert done.returncode == 0, done.stdout
    assert "toolchain: clang-cl" in done.stdout
    (wheel,) = wheels.glob("*.whl")
    assert set(machines(wheel).values()) == {WIN_ARM64.machine}
    with zipfile.ZipFile(wheel) as archive:
        # Nothing beside the module.
        assert not [n for n in archive.namelist() if n.endswith((".lib", ".pdb", ".exp"))]
        archive.extractall(tmp_path / "site")
    run_on_arm64: RunOnArm64 = request.getfixturevalue("run_on_arm64")
    tried = run_on_arm64(tmp_path / "site", source / "tests" / f"test_{module}.py")
    assert f"{module} works" in tried.stdout, tried.stdout + tried.stderr
