"""How long a wheelhouse of twelve small packages takes, one after the other and side by side.

Usage: python benchmarks/wheelhouse.py PYTHON

PYTHON is `3.13` or the like. Each package is one C file that setuptools builds. Both runs have what
winarm keeps on this machine, such as zig's libraries, from an earlier build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "stack" / "lib"))

from stack_samples import LocalIndex, sdist, served

PACKAGES = 12
#: The share of the time of one after the other that side by side may take on two cores.
GOAL = 0.7


def files(name: str) -> dict[str, str]:
    """Return a project with one extension."""
    return {
        "setup.py": "from setuptools import Extension, setup\n"
        f"setup(name={name!r}, version='1', ext_modules=[Extension({name!r}, ['m.c'])])\n",
        "m.c": "#include <Python.h>\n"
        f'static struct PyModuleDef m = {{PyModuleDef_HEAD_INIT, "{name}", 0, -1, 0}};\n'
        f"PyMODINIT_FUNC PyInit_{name}(void) {{ return PyModule_Create(&m); }}\n",
    }


def main() -> None:
    """Measure, and print a table."""
    python = sys.argv[1]
    winarm = str(Path(sys.executable).with_name("winarm"))
    names = [f"winarm_small{number}" for number in range(PACKAGES)]
    with served(LocalIndex()) as index, tempfile.TemporaryDirectory() as scratch:
        for name in names:
            index.add(f"{name}-1.tar.gz", sdist(f"{name}-1", files(name)))

        def run(jobs: int, wanted: list[str]) -> float:
            folder = Path(scratch, "house")
            shutil.rmtree(folder, ignore_errors=True)
            command = [winarm, "wheelhouse", *wanted, "--no-deps", "-o", str(folder)]
            options = ["--python", python, "--jobs", str(jobs), "--index-url", index.simple]
            began = time.perf_counter()
            subprocess.run([*command, *options], check=True, stdout=2, env=dict(os.environ))
            return time.perf_counter() - began

        run(1, names[:1])
        one, two = run(1, names), run(2, names)
    print("| jobs | seconds | share |")
    print("| ---: | ---: | ---: |")
    print(f"| 1 | {one:.0f} | 1 |")
    print(f"| 2 | {two:.0f} | {two / one:.2f} (goal: {GOAL}) |")


if __name__ == "__main__":
    main()
