"""Time a CMake project: built for this machine, for the target, and for the target again.

    python benchmarks/cmake.py rapidfuzz==3.14.6 --python 3.13 [--launcher ccache]

Each build makes its own environment; the sdist and the toolchain's libraries are in their caches.
The native build is pip's, of the same sdist with the same Python and as many jobs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Print one line for each kind of build."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("requirement")
    parser.add_argument("--python", default="3.13", help="the version that builds")
    parser.add_argument("--interpreter", required=True, help="its program, for the native build")
    parser.add_argument("--launcher", help="ccache or sccache")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        winarm = (str(Path(sys.executable).with_name("winarm")), "build", options.requirement)
        cross: tuple[str, ...] = (*winarm, "--python", options.python, "-o", str(folder / "wheels"))
        kept: tuple[str, ...] = (*cross, "-C", f"winarm.build-dir={folder / 'kept'}")
        if options.launcher:
            kept = (*kept, "-C", f"winarm.launcher={options.launcher}")
        native = timed(native_command(options, folder), folder)
        once = timed(cross, folder)
        first = timed(kept, folder)
        second = timed(kept, folder)
        shutil.rmtree(folder / "kept")
        cached = timed(kept, folder) if options.launcher else None
    print(f"native          {native:7.1f} s")
    print(f"cross           {once:7.1f} s   {once / native:.2f} of native")
    print(f"cross, kept     {first:7.1f} s")
    print(f"again           {second:7.1f} s   {second / first:.2f} of the first")
    if cached is not None:
        print(f"from the cache  {cached:7.1f} s   {cached / first:.2f} of the first")
    return 0


def native_command(options: argparse.Namespace, folder: Path) -> tuple[str, ...]:
    """Return how pip builds the same sdist for this machine."""
    pip = (options.interpreter, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "-q")
    # Of what the build requires, wheels will do.
    name = options.requirement.partition("=")[0]
    return (*pip, f"--no-binary={name}", "-w", str(folder / "native"), options.requirement)


def timed(command: tuple[str, ...], folder: Path) -> float:
    """Return how many seconds a command takes; a failure ends everything."""
    jobs = {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())}
    began = time.monotonic()
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, **jobs})
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
