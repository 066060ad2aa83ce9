"""Measure what winarm costs and saves when it builds; print ratios of medians taken in one run.

    python benchmarks/build.py import
    python benchmarks/build.py pass-through
    python benchmarks/build.py cross pycryptodome==4.4.0 kiwisolver==1.5.1 regex==2026.11.15

`cross` compares `winarm build` with `python -m build` of the same sdist by the same Python, both
in isolated environments that the same installer fills, each with as many cores as it uses by
itself. Runs alternate, so that a noisy machine disturbs both alike. `--python` names the Python
that builds; the `build` package must be installed beside winarm.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECT = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "{backend}"
[project]
name = "small"
version = "1"
[tool.setuptools]
packages = ["small"]
""",
    "small/__init__.py": "VALUE = 1\n",
}

CALL_HOOK = """\
import importlib, sys
backend = importlib.import_module(sys.argv[1])
backend.build_wheel(sys.argv[2])
"""


def main() -> None:
    """Read the command line and run one benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("import", "pass-through", "cross"))
    parser.add_argument("sdists", nargs="*", help="for cross: requirements such as regex==1.0")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default=sys.executable, help="for cross: builds both")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if args.what == "import":
            measure_import(args.runs)
        elif args.what == "pass-through":
            measure_pass_through(Path(scratch), args.runs)
        else:
            for sdist in args.sdists:
                measure_cross(Path(scratch), sdist, args.python, args.runs)


def measure_import(runs: int) -> None:
    """Compare a Python that imports the backend with one that imports nothing."""
    bare, backend = alternate(
        runs,
        lambda: run([sys.executable, "-c", "pass"]),
        lambda: run([sys.executable, "-c", "import winarm.backend"]),
    )
    added = (statistics.median(backend) - statistics.median(bare)) * 1000
    print(f"import winarm.backend: {added:.1f} ms above {spread(bare)} of a bare Python")


def measure_pass_through(scratch: Path, runs: int) -> None:
    """Compare winarm's hook without a target with the inner backend's own, in new processes."""
    folders = {}
    for backend in ("setuptools.build_meta", "winarm.backend"):
        folders[backend] = scratch / backend
        for name, text in PROJECT.items():
            file = folders[backend] / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("{backend}", backend), encoding="utf-8")

    def build(backend: str) -> None:
        shutil.rmtree(folders[backend] / "build", ignore_errors=True)
        command = [sys.executable, "-c", CALL_HOOK, backend, str(scratch / "out")]
        run(command, cwd=folders[backend])

    (scratch / "out").mkdir()
    inner, own = alternate(
        runs, lambda: build("setuptools.build_meta"), lambda: build("winarm.backend")
    )
    tell("pass-through, small pure project", own, inner)


def measure_cross(scratch: Path, requirement: str, python: str, runs: int) -> None:
    """Compare a cross build of an sdist with a plain native one."""
    folder = scratch / requirement
    folder.mkdir()
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    run([*pip, "-d", folder, requirement])
    (sdist,) = folder.iterdir()
    native: list[str | Path] = [python, "-m", "build", "--wheel", "--outdir", folder / "native"]
    if shutil.which("uv"):
        native += ["--installer", "uv"]
    cross: list[str | Path] = [
        sys.executable,
        "-m",
        "winarm",
        "build",
        sdist,
        "-o",
        folder / "cross",
    ]

    def build_native() -> None:
        source = folder / "source"
        shutil.rmtree(source, ignore_errors=True)
        with tarfile.open(sdist) as archive:
            archive.extractall(source, filter="data")
        (top,) = source.iterdir()
        run([*native, top])

    run([*cross, "--python", python])  # Warms the caches.
    theirs, ours = alternate(runs, build_native, lambda: run([*cross, "--python", python]))
    tell(f"cross, {requirement}", ours, theirs)


def alternate(
    runs: int, first: Callable[[], None], second: Callable[[], None]
) -> tuple[list[float], list[float]]:
    """Return the seconds that each of two actions takes, taken in turn."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for action, into in ((first, seconds[0]), (second, seconds[1])):
            began = time.perf_counter()
            action()
            into.append(time.perf_counter() - began)
    return seconds


def run(command: Sequence[str | Path], cwd: Path | None = None) -> None:
    """Run a command; show what it said only when it fails."""
    # As installed packages are: with their bytecode.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}\n{done.stderr}")


def tell(what: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Print the ratio of the medians and the spread of both."""
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{what}: {ratio:.2f} = {spread(ours)} / {spread(theirs)}", flush=True)


def spread(seconds: Sequence[float]) -> str:
    """Return the median with the fastest and the slowest, in seconds."""
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


if __name__ == "__main__":
    main()
