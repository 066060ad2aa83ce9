"""What `winarm test` takes beside the target's own Python, with everything in its caches.

Usage: python benchmarks/trial.py WHEEL PYTHON_DIR [--runner qemu-wine] [--runs 7]

WHEEL is a small wheel, PYTHON_DIR a folder with the Python for Windows ARM64 that imports it. The
series are taken in turns: that Python with `-c pass`, started as `winarm test` starts it; the
wheel; and a command that needs ten packages beside the wheel.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.host import Host
from winarm.trial.options import TrialOptions
from winarm.trial.pythons import pythons_in
from winarm.trial.search import find_runner
from winarm.trial.stage import stage_for

if TYPE_CHECKING:
    from collections.abc import Callable

#: Packages that have wheels for every machine, or for Windows ARM64.
TEN = (
    *("attrs", "certifi", "charset-normalizer", "click", "idna"),
    *("markupsafe", "packaging", "pyyaml", "requests", "urllib3"),
)
#: Seconds that a small wheel, and an environment of ten packages, may take over Python itself.
GOALS = {"a small wheel": 1.5, "ten packages": 3.0}


def seconds_of_python(runner: str, folder: Path) -> float:
    """Return how long the target's Python takes to do nothing."""
    host = Host.current()
    python = next(iter(pythons_in(folder).found or ()))
    began = time.perf_counter()
    with (
        stage_for(TrialOptions()) as stage,
        find_runner(host, runner).session(host, stage, python) as session,
    ):
        ended = session.run(["-c", "pass"], output=lambda _: None, expired=lambda: False)
    if ended.status != 0:
        sys.exit(f"the target's Python ended with {ended.status}")
    return time.perf_counter() - began


def seconds_of(command: list[str]) -> float:
    """Return how long a command takes that must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("python_dir", type=Path)
    parser.add_argument("--runner", default="qemu-wine")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()

    winarm = str(Path(sys.executable).with_name("winarm"))
    command = [winarm, "test", str(arguments.wheel), "--runner", arguments.runner]
    command += ["--python", str(arguments.python_dir)]
    ten = [word for name in TEN for word in ("--requires", name)]
    alone = "python itself"
    series: dict[str, Callable[[], float]] = {
        alone: lambda: seconds_of_python(arguments.runner, arguments.python_dir),
        "a small wheel": lambda: seconds_of(command),
        "ten packages": lambda: seconds_of([*command, *ten, "--", "python", "-c", "pass"]),
    }
    for take in series.values():
        take()
    taken: dict[str, list[float]] = {name: [] for name in series}
    for _ in range(arguments.runs):
        for name, take in series.items():
            taken[name].append(take())

    print("| what | median | fastest to slowest | over Python | goal |")
    print("| --- | ---: | ---: | ---: | ---: |")
    base = statistics.median(taken[alone])
    for name, times in taken.items():
        median = statistics.median(times)
        over = f"{median - base:.2f} s" if name in GOALS else ""
        goal = f"{GOALS[name]} s" if name in GOALS else ""
        print(
            f"| {name} | {median:.2f} s | {min(times):.2f} to {max(times):.2f} | {over} | {goal} |"
        )


if __name__ == "__main__":
    main()
