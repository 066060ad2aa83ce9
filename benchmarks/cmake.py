"""Time a CMake project: built for this machine, for the target, and for the target again.

    python benchmarks/cmake.py rapidfuzz==3.14.6 --interpreter PYTHON [--rounds 3]
    python benchmarks/cmake.py rapidfuzz==3.14.6 --launcher ccache
    python benchmarks/cmake.py --configure

Each build makes its own environment; the sdist and the toolchain's libraries are in their caches.
The native build is pip's, of the same sdist with the same Python and as many jobs; both kinds take
turns. `--configure` tells what winarm adds to a configuration: the same project with the same
toolchain file, configured in a build of winarm's and by CMake in an environment without winarm.

Processor time is that of all programs that a build has run and waited for, so a compiler cache's
server is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

CONFIGURE = Path(__file__).with_name("cmake_configure")


class Spent(NamedTuple):
    """What builds took: the medians."""

    wall: float
    cpu: float

    def against(self, other: Spent) -> str:
        """Return both as parts of another build's."""
        return f"{self.wall / other.wall:.2f} ({self.cpu / other.cpu:.2f} of processor time)"


def main() -> int:
    """Print one line for each kind of build."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("requirement", nargs="?")
    parser.add_argument("--python", default="3.13", help="the version that builds")
    parser.add_argument("--interpreter", help="its program: compares with a native build")
    parser.add_argument("--launcher", help="ccache or sccache: compares builds that come again")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--configure", action="store_true", help="time configurations")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.configure:
            compare_configurations(options, folder)
        if options.interpreter:
            compare_with_native(options, folder)
        if options.launcher:
            compare_with_kept(options, folder)
    return 0


def compare_with_native(options: argparse.Namespace, folder: Path) -> None:
    """Build for this machine and for the target in turns."""
    natives, crosses = [], []
    for _ in range(options.rounds):
        natives.append(timed(native_command(options, folder), folder))
        crosses.append(timed(winarm_command(options, folder), folder))
    native, cross = median(natives), median(crosses)
    show("native", native)
    show("cross", cross, f"{cross.against(native)} of native")


def compare_with_kept(options: argparse.Namespace, folder: Path) -> None:
    """Build with a kept folder, again, and again from the compiler cache alone."""
    caches = {
        f"{options.launcher.upper()}_DIR": str(folder / "cache"),
        # A server of its own, and for no longer than this takes.
        "SCCACHE_SERVER_UDS": str(folder / "sccache"),
        "SCCACHE_IDLE_TIMEOUT": "60",
    }
    kept = (
        *winarm_command(options, folder),
        *("-C", f"winarm.build-dir={folder / 'kept'}", "-C", f"winarm.launcher={options.launcher}"),
    )
    first = timed(kept, folder, caches)
    second = timed(kept, folder, caches)
    shutil.rmtree(folder / "kept")
    third = timed(kept, folder, caches)
    show("first, with build-dir", first)
    show("again, build-dir kept", second, f"{second.against(first)} of the first")
    show(f"again, from {options.launcher}", third, f"{third.against(first)} of the first")


def compare_configurations(options: argparse.Namespace, folder: Path) -> None:
    """Configure a small project with and without winarm, in turns, inside one build."""
    source = shutil.copytree(CONFIGURE, folder / "configure")
    requirement = argparse.Namespace(**{**vars(options), "requirement": str(source)})
    timed(winarm_command(requirement, folder), folder)
    with_winarm, alone = json.loads((source / "seconds.json").read_text("utf-8"))
    print(f"configured by CMake alone {statistics.median(alone):6.2f} s")
    print(f"configured in a build     {statistics.median(with_winarm):6.2f} s")


def winarm_command(options: argparse.Namespace, folder: Path) -> tuple[str, ...]:
    """Return how winarm builds for the target."""
    winarm = str(Path(sys.executable).with_name("winarm"))
    wheels = str(folder / "wheels")
    return (winarm, "build", options.requirement, "--python", options.python, "-o", wheels)


def native_command(options: argparse.Namespace, folder: Path) -> tuple[str, ...]:
    """Return how pip builds the same sdist for this machine."""
    pip = (options.interpreter, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "-q")
    # Of what the build requires, wheels will do.
    name = options.requirement.partition("=")[0]
    return (*pip, f"--no-binary={name}", "-w", str(folder / "native"), options.requirement)


def timed(command: tuple[str, ...], folder: Path, more: dict[str, str] | None = None) -> Spent:
    """Return what a command takes; a failure ends everything."""
    environ = {**os.environ, "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count()), **(more or {})}
    began, before = time.monotonic(), os.times()
    subprocess.run(command, check=True, cwd=folder, env=environ)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Spent(time.monotonic() - began, cpu)


def median(builds: list[Spent]) -> Spent:
    """Return the median of each kind of time."""
    return Spent(*map(statistics.median, zip(*builds, strict=True)))


def show(name: str, spent: Spent, note: str = "") -> None:
    """Print one line."""
    print(f"{name:22} {spent.wall:7.1f} s {spent.cpu:7.1f} s cpu   {note}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
