"""DLLs that nobody brings, and those that Windows or a required distribution has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.verdicts import (
    PYD,
    Verdict,
    bad,
    good,
    judged,
    needing,
)

if TYPE_CHECKING:
    from pathlib import Path

NOBODYS = (
    "zlib1.dll", "libffi-8.dll", "tcl86t.dll", "tk86t.dll", "libssl-3.dll", "sqlite3.dll",
    "libEGL.dll", "libGLESv2.dll", "zlib.dll", "bz2.dll", "liblzma.dll", "libcrypto-1_1.dll",
    "python3.14.dll", "expat.dll", "libpypy3.11-c.dll", "libexpat.dll",
)  # fmt: skip
WINDOWS = (
    "opengl32.dll", "d3d11.dll", "winhttp.dll", "ws2_32.dll", "api-ms-win-crt-runtime-l1-1-0.dll",
    "bcrypt.dll", "dbghelp.dll", "icu.dll", "mfplat.dll",
)  # fmt: skip

CASES = (
    *(bad(f"needs {dll}", {PYD: needing(dll)}) for dll in NOBODYS),
    *(good(f"needs {dll}", {PYD: needing(dll)}) for dll in WINDOWS),
    good("own with import", {PYD: needing("sqlite3.dll"), "pkg/__init__.py": b"import sqlite3"}),
    bad(
        "bringer lookalike 2",
        {PYD: needing("numpy.dll")},
        metadata="Requires-Dist: numpy>=2\n",
    ),
    good("bringer delay", {PYD: im.module(delay_imports={"foo.dll": ["f"]})}),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_needed_dlls_must_come_from_somewhere(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
