"""How long locating takes, on a fake Windows machine with much installed.

Usage: python benchmarks/locate.py

The machine has three Visual Studios, an SDK of four versions, LLVM and llvm-mingw; its vswhere
answers at once (a real one takes some 50 ms). Measured are the search alone, in a warm process,
and a whole process from its start: interpreter, imports and one search.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / name) for name in ("src", "tests/lib", "tests/locate")]

from fake_host import FakeHost, touch  # noqa: E402
from windows_trees.visual_studio import FakeWindows, clang  # noqa: E402

from winarm.locate import Request, find_toolchain, search_toolchains  # noqa: E402
from winarm.target import WIN_ARM64  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

#: Milliseconds that may be taken at most.
SEARCH, PROCESS = 5, 100
#: What vswhere and vcvarsall take together, as dotnet/runtime#112648 measured it.
VCVARSALL = 1500
RUNS = 200
PROCESSES = 15


def machine(root: Path) -> FakeHost:
    """Return a Windows machine with much installed; what is there already stays."""
    windows = FakeWindows(root)
    windows.visual_studio("2019/BuildTools", version="16.11.5", toolsets=["14.29.30133"])
    windows.visual_studio("2022/Enterprise", toolsets=("14.39.1", "14.44.1"), default="14.44.1")
    newest = windows.visual_studio("18/Community", version="18.1.1", toolsets=["14.50.1"])
    windows.llvm(newest)
    for version in ("10.0.19041.0", "10.0.20348.0", "10.0.22621.0", "10.0.26100.0"):
        windows.sdk(version)
    folder = root / "bin"
    triple = WIN_ARM64.mingw_triple
    touch(*(folder / f"{triple}-{name}.exe" for name in ("clang", "clang++", "ar", "dlltool")))
    return windows.host(search_path=[folder], answers={f"{triple}-clang": clang("20.1.8")})


def row(name: str, times: tuple[list[float], list[float]], limit: int | None = None) -> str:
    """Return a line of the table: medians in milliseconds, by the clock and of the processor."""
    clock, processor = (statistics.median(one) * 1000 for one in times)
    most = "" if limit is None else f"at most {limit}"
    return f"{name:<38}{clock:>9.2f}{processor:>12.2f}   {most}"


def timed(count: int, run: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Return the seconds that each of `count` calls took: by the clock, and of processor time."""
    clock, processor = [], []
    for _ in range(count):
        began, used = time.perf_counter(), spent()
        run()
        clock.append(time.perf_counter() - began)
        processor.append(spent() - used)
    return clock, processor


def spent() -> float:
    """Return the seconds of processor time that this process and those it started have used."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def main() -> int:
    """Measure, print, and return 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as name:
        host = machine(Path(name))
        request = Request(WIN_ARM64)
        one = timed(RUNS, lambda: find_toolchain(host, WIN_ARM64))
        every = timed(RUNS, lambda: search_toolchains(host, request))
        # As installed: with bytecode, which the first run writes.
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": name}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, str(Path(__file__).with_name("locate_once.py")), name]
        subprocess.run(command, env=environ, check=True)
        bare = timed(PROCESSES, lambda: subprocess.run([sys.executable, "-c", ""], check=True))
        cold = timed(PROCESSES, lambda: subprocess.run(command, env=environ, check=True))
    print(f"{'median, ms':<38}{'clock':>9}{'processor':>12}")
    print(row("search, the one that auto takes", one, SEARCH))
    print(row("search, all four kinds", every, SEARCH))
    print(row("process that does nothing", bare))
    print(row("process that locates", cold, PROCESS))
    print(f"{'vswhere and vcvarsall, documented':<38}{VCVARSALL:>9}")
    search, process = (statistics.median(times[0]) * 1000 for times in (one, cold))
    return 0 if search <= SEARCH and process <= PROCESS else 1


if __name__ == "__main__":
    sys.exit(main())
