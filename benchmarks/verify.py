"""What verification costs, as ratios to the least that reading a wheel can cost.

The bound is to inflate every member of a wheel once with zlib and to hash it with SHA-256, in
pieces, with nothing around it. All figures of a wheel are taken in turns in one process, and
their medians are compared, so that a busy machine slows all of them alike. Times are of the
processor, except where the time that passes is the point.

    pip download ... -d WHEELS        (or let --fetch do it)
    python benchmarks/verify.py WHEELS [--rounds 5] [--others]

`--others` also times other readers, those of them that are installed: a full parse by pefile,
LIEF, `delvewheel show` and `abi3audit`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.coff.image import read_image
from winarm.verify import VerifyOptions, verify, verify_all
from winarm.verify.checks import CHECKS
from winarm.verify.options import Budget
from winarm.verify.reading import read_wheel
from winarm.verify.wheels.filename import WheelName

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[], object]

#: The wheels of the goals, and what pip needs to find them.
WHEELS = {
    "lxml": "313",
    "onnxruntime": "313",
    "pyside6_essentials": "313",
    "scipy": "313",
}
PIECE = 128 * 2**10
IMAGES = (".pyd", ".dll", ".exe")
NO_RECORD = VerifyOptions(record=False)


def main() -> None:
    """Measure every wheel in a folder and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fetch", action="store_true", help="fetch the wheels with pip first")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--others", action="store_true", help="time other readers as well")
    arguments = parser.parse_args()
    if arguments.fetch:
        fetch(arguments.folder)
    wheels = sorted(
        path
        for path in arguments.folder.glob("*win_arm64.whl")
        if path.name.partition("-")[0].lower() in WHEELS
    )
    inflater = "libdeflate" if importlib.util.find_spec("deflate") else "zlib"
    print(f"inflating with {inflater}; {arguments.rounds} rounds\n")
    table(wheels, arguments.rounds, others=arguments.others)
    memory(wheels)
    startup(arguments.folder)
    cores(wheels)


def fetch(folder: Path) -> None:
    """Fetch the wheels into `folder`."""
    for name, python in WHEELS.items():
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
             "--only-binary=:all:", "--platform=win_arm64", f"--python-version={python}", name],
            check=True,
        )  # fmt: skip


def table(wheels: list[Path], rounds: int, *, others: bool) -> None:
    """Print the ratios of each wheel."""
    for wheel in wheels:
        works = works_of(wheel)
        if others:
            works |= other_readers(wheel)
        seconds = in_turns(works, rounds)
        bound = statistics.median(seconds["bound"])
        size = sum(info.file_size for info in zipfile.ZipFile(wheel).infolist())
        print(f"{wheel.name}: {size / 2**20:.0f} MiB unpacked, bound {bound:.3f} s")
        for name, taken in seconds.items():
            if name != "bound":
                low, high = min(taken) / bound, max(taken) / bound
                print(f"  {statistics.median(taken) / bound:7.2f}  {low:.2f}-{high:.2f}  {name}")


def works_of(wheel: Path) -> dict[str, Work]:
    """Return what is timed of winarm, by name."""
    name = WheelName.parse(wheel.name)
    options = VerifyOptions()
    contents = image_bytes(wheel)
    subject, _ = read_wheel(wheel, name, options.target, options, Budget(options.limits))
    own = {Path(member).name.lower() for member in subject.sizes}
    return {
        "bound": lambda: bound(wheel),
        "winarm verify": lambda: verify(wheel),
        "winarm verify --no-record": lambda: verify(wheel, NO_RECORD),
        "  of it reading images": lambda: [
            read_image(data, lambda dll: dll.startswith("python") or dll in own)
            for data in contents
        ],
        "  of it all checks": lambda: [list(check(subject)) for check in CHECKS],
    }


def bound(wheel: Path) -> None:
    """Inflate and hash every member once."""
    with zipfile.ZipFile(wheel) as archive, wheel.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            lengths = file.read(4)
            skip = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            file.seek(info.header_offset + 30 + skip)
            inflater = zlib.decompressobj(-15)
            digest = hashlib.sha256()
            left = info.compress_size
            while left:
                data = file.read(min(left, PIECE))
                left -= len(data)
                digest.update(inflater.decompress(data) if info.compress_type else data)


def image_bytes(wheel: Path) -> list[bytes]:
    """Return the unpacked images of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return [archive.read(name) for name in archive.namelist() if name.endswith(IMAGES)]


def in_turns(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Return processor seconds of each work, a figure a round; children's count too."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = processor_time()
            work()
            seconds[name].append(processor_time() - start)
    return seconds


def processor_time() -> float:
    """Return the processor seconds of this process and its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def other_readers(wheel: Path) -> dict[str, Work]:
    """Return what other programs do with the wheel's images, where they are installed."""
    contents = image_bytes(wheel)
    found: dict[str, Work] = {}
    if importlib.util.find_spec("pefile"):
        pefile: Any = importlib.import_module("pefile")
        found["pefile, full parse (of unpacked images)"] = lambda: [
            pefile.PE(data=data) for data in contents
        ]
    if importlib.util.find_spec("lief"):
        lief: Any = importlib.import_module("lief")
        found["LIEF (of unpacked images)"] = lambda: [lief.PE.parse(data) for data in contents]
    for program, *words in (("delvewheel", "show"), ("abi3audit", "--report")):
        path = shutil.which(program, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        if path and (program != "abi3audit" or "-abi3-" in wheel.name):
            command = [path, *words, str(wheel)]
            found[" ".join([program, *words])] = lambda command=command: subprocess.run(  # type: ignore[misc]
                command, capture_output=True, check=False
            )
    return found


def memory(wheels: list[Path]) -> None:
    """Print the peak memory of verifying each wheel in a process of its own (on Linux)."""
    if not Path("/proc/self/status").exists():
        return
    code = (
        "import re, sys; from winarm.verify import verify; verify(sys.argv[1]);"
        "print(re.search('VmHWM:\\s*([0-9]+)', open('/proc/self/status').read())[1])"
    )
    for wheel in wheels:
        largest = max(info.file_size for info in zipfile.ZipFile(wheel).infolist()) / 2**20
        said = subprocess.run(
            [sys.executable, "-c", code, wheel], capture_output=True, text=True, check=True
        )
        peak = int(said.stdout) / 2**10
        print(f"{wheel.name}: peak {peak:.0f} MiB, largest member {largest:.0f} MiB")


def startup(folder: Path) -> None:
    """Print what the command adds to a bare Python for a small wheel."""
    small = min(folder.glob("*win_arm64.whl"), key=lambda path: path.stat().st_size)
    winarm = Path(sys.executable).with_name("winarm")
    commands = {
        "bare Python": [sys.executable, "-c", "pass"],
        "winarm verify": [str(winarm), "verify", str(small)],
    }
    # Installed programs have their byte code; a checkout gets it in the first, untimed run.
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(commands["winarm verify"], capture_output=True, check=True, env=environment)
    for what, clock in (("that passes", time.perf_counter), ("of the processor", processor_time)):
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(15):
            for name, command in commands.items():
                start = clock()
                subprocess.run(command, capture_output=True, check=True, env=environment)
                taken[name].append(clock() - start)
        bare, whole = (1000 * statistics.median(values) for values in taken.values())
        print(
            f"start-up with {small.name} ({small.stat().st_size / 1024:.0f} KiB), time {what}: "
            f"{whole - bare:.0f} ms above bare Python's {bare:.0f} ms"
        )


def cores(wheels: list[Path]) -> None:
    """Print the time that passes for all wheels together, on one core and on all."""
    count = os.cpu_count() or 1
    taken: dict[int, list[float]] = {1: [], count: []}
    for _ in range(3):
        for jobs, values in taken.items():
            start = time.perf_counter()
            list(verify_all(wheels, jobs=jobs))
            values.append(time.perf_counter() - start)
    one, many = (statistics.median(values) for values in taken.values())
    print(f"{len(wheels)} wheels on {count} cores: {many / one:.2f} of the time on one")


if __name__ == "__main__":
    main()
