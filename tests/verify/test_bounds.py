"""A small file must not cost much time or memory, whatever it claims to hold."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.hostile import ARM64_WHEEL, DIST_INFO, PYD
from verify_samples.wheel import contents, pack

from winarm.verify import VerifyOptions, verify
from winarm.verify.binaries.buffer import MalformedError
from winarm.verify.binaries.image import read_image
from winarm.verify.options import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a file under 1 MB may cost: seconds of the processor, and MiB over a bare process.
SECONDS, MEMORY = 2.0, 200
SMALL = 2**20

#: Prints seconds and MiB of verifying the path that is given, over those of another.
MEASURE = """
import re, sys, time
from winarm.verify import verify
def peak():
    return int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]) / 1024
verify(sys.argv[1])
before, start = peak(), time.process_time()
verify(sys.argv[2])
print(time.process_time() - start, peak() - before)
"""


def many_exports() -> dict[str, bytes]:
    """Images whose exports are short, many and well compressed."""
    data = im.image(exports=[f"{number:04x}" for number in range(30_000)])
    return {f"pkg/{number}.dll": data for number in range(3)}


def many_imports() -> dict[str, bytes]:
    """Images that import thousands of DLLs which the wheel has."""
    imports = {f"{number}.dll": ["f"] for number in range(800)}
    data = im.image(imports=imports, exports=["f"])
    return {f"pkg/{number}.dll": data for number in range(45)}


def long_names() -> dict[str, bytes]:
    """Thousands of imports of one name that is very long."""
    data = im.image(imports={"python313.dll": ["f" * 60_000] * 3})
    return {f"pkg/{number}.pyd": data for number in range(200)}


def deep_folders() -> dict[str, bytes]:
    """Names with as many folders as fit."""
    return {"/".join([f"{number:03x}", *["a"] * 20_000]): b"" for number in range(8)}


def endless_record() -> dict[str, bytes]:
    """A RECORD of millions of rows."""
    return {PYD: im.module(), f"{DIST_INFO}/RECORD": b"a\n" * 5_000_000}


def zeros() -> dict[str, bytes]:
    """As many zeros as go below the limit of a bomb, with the suffix of an image."""
    return {f"pkg/{number}.dll": b"MZ" + bytes(10**7) for number in range(6)}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "make", [many_exports, many_imports, long_names, deep_folders, endless_record, zeros]
)
def test_small_file_costs_little(make: Callable[[], dict[str, bytes]], tmp_path: Path) -> None:
    good = pack(tmp_path / "good.whl", contents(ARM64_WHEEL, {PYD: im.module()}))
    bad = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, make()), zipfile.ZIP_DEFLATED)
    assert bad.stat().st_size < SMALL

    said = subprocess.run(
        [sys.executable, "-c", MEASURE, good, bad], capture_output=True, text=True, check=True
    )

    seconds, memory = map(float, said.stdout.split())
    assert seconds < SECONDS
    assert memory < MEMORY + bad.stat().st_size / 2**20


def test_more_sections_than_windows_loads_are_refused() -> None:
    data = bytearray(im.image())
    struct.pack_into("<H", data, im.E_LFANEW + 6, 97)

    with pytest.raises(MalformedError, match="97 sections"):
        read_image(data)


def test_symbols_of_all_images_are_bounded(tmp_path: Path) -> None:
    path = pack(
        tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, {PYD: im.module(), "b.dll": im.image()})
    )

    report = verify(path, VerifyOptions(limits=Limits(symbols=10)))

    assert ("WA107", "b.dll") in [(found.code.name, found.member) for found in report.findings]
