"""How long `winarm status` takes for a lock of 300 packages, and how much memory.

Usage: python benchmarks/status.py

A package index on this machine answers each request after 30 ms, as one far away would. Its pages
have 60 files each, about what the median of widely used packages has. The first run of each pair
has an empty cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from multiprocessing import Process, Queue
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "stack" / "lib"))

PACKAGES = 300
RELEASES = 12
LATENCY = 0.03
RUNS = 5


def serve(queue: Queue[str]) -> None:
    """Serve the index in a process of its own, until that is ended."""
    from stack_samples import LocalIndex, served  # noqa: PLC0415 - on sys.path by now

    index = LocalIndex(latency=LATENCY)
    for number in range(PACKAGES):
        for release in range(RELEASES):
            for platform in ("win_amd64", "manylinux_2_28_x86_64", "macosx_11_0_arm64"):
                index.add(f"p{number}-1.{release}-cp313-cp313-{platform}.whl", b"")
            # Every tenth has no wheel for the target, and another version helps.
            if number % 10 or release != RELEASES - 1:
                index.add(f"p{number}-1.{release}-cp313-cp313-win_arm64.whl", b"")
            index.add(f"p{number}-1.{release}-py2-none-any.whl", b"")
    with served(index):
        queue.put(index.simple)
        time.sleep(3600)


def lock(folder: Path) -> Path:
    """Write a lock of all packages at their newest version."""
    packages = "".join(
        f'[[package]]\nname = "p{number}"\nversion = "1.{RELEASES - 1}"\n'
        for number in range(PACKAGES)
    )
    path = folder / "uv.lock"
    path.write_text(f"version = 1\n{packages}", "utf-8")
    return path


def measured(command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Return seconds and megabytes of one run."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        sys.exit("winarm status failed")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Measure, and print a table."""
    winarm = str(Path(sys.executable).with_name("winarm"))
    queue: Queue[str] = Queue()
    server = Process(target=serve, args=(queue,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": queue.get(),
            "PIP_FIND_LINKS": "",
            "WINARM_CACHE_DIR": str(folder / "cache"),
        }
        command = [winarm, "status", str(lock(folder)), "--python", "3.13"]
        cold, warm = [], []
        for _ in range(RUNS):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            cold.append(measured(command, environ))
            warm.append(measured(command, environ))
        helped = [measured([winarm, "status", "--help"], environ) for _ in range(2 * RUNS)]
    server.kill()
    print("| run | seconds (median of runs) | fastest | MB |")
    print("| --- | ---: | ---: | ---: |")
    for what, runs in (("cold", cold), ("warm", warm), ("--help", helped)):
        times = sorted(seconds for seconds, _ in runs)
        memory = max(megabytes for _, megabytes in runs)
        print(f"| {what} | {times[len(times) // 2]:.2f} | {times[0]:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
