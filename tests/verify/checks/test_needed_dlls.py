"""DLLs that nobody brings, and those that Windows or a required distribution has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.verdicts import (
    LIBRARY_WHEEL,
    PYD,
    Verdict,
    bad,
    good,
    judged,
    needing,
)

from winarm.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "pkg-1.0.data/scripts/tool.exe"
NOBODYS = (
    "zlib1.dll", "libffi-8.dll", "tcl86t.dll", "tk86t.dll", "libssl-3.dll", "sqlite3.dll",
    "libEGL.dll", "libGLESv2.dll", "zlib.dll", "bz2.dll", "liblzma.dll", "libcrypto-1_1.dll",
    "python3.14.dll", "expat.dll", "libpypy3.11-c.dll", "libexpat.dll",
)  # fmt: skip
WINDOWS = (
    "opengl32.dll", "d3d11.dll", "winhttp.dll", "ws2_32.dll", "api-ms-win-crt-runtime-l1-1-0.dll",
    "bcrypt.dll", "dbghelp.dll", "icu.dll", "mfplat.dll",
)  # fmt: skip


def embedding(python: str) -> bytes:
    """Return a program that needs a DLL of Python."""
    return im.image(dll=False, imports={python: ["Py_Main"]})


CASES = (
    *(bad(f"needs {dll}", {PYD: needing(dll)}) for dll in NOBODYS),
    *(good(f"needs {dll}", {PYD: needing(dll)}) for dll in WINDOWS),
    good("own with import", {PYD: needing("sqlite3.dll"), "pkg/__init__.py": b"import sqlite3"}),
    bad(
        "bringer lookalike 2",
        {PYD: needing("numpy.dll")},
        metadata="Requires-Dist: numpy>=2\n",
    ),
    *(
        kind(f"a program with Python: {what}", files, filename=LIBRARY_WHEEL)
        for kind, what, files in (
            (bad, "in Scripts", {SCRIPT: embedding("python313.dll")}),
            (bad, "of any version", {SCRIPT: embedding("python3.dll")}),
            (
                bad,
                "by data",
                {"pkg-1.0.data/data/Scripts/tool.exe": embedding("python313.dll")},
            ),
            (good, "in its package", {"pkg/tool.exe": embedding("python313.dll")}),
            (good, "without its DLL", {SCRIPT: im.image(dll=False)}),
            (
                good,
                "looked for when it is used",
                {SCRIPT: im.image(dll=False, delay_imports={"python313.dll": ["Py_Main"]})},
            ),
            (
                good,
                "of its own",
                {
                    SCRIPT: embedding("python313.dll"),
                    "pkg-1.0.data/scripts/Python313.dll": im.image(exports=["Py_Main"]),
                },
            ),
        )
    ),
    good("bringer delay", {PYD: im.module(delay_imports={"foo.dll": ["f"]})}),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_needed_dlls_must_come_from_somewhere(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)


def test_script_beside_modules_that_needs_python_is_a_warning(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": b"", PYD: im.module(), SCRIPT: embedding("python313.dll")}

    found = verify(wh.wheel(tmp_path, files)).findings
    assert [(one.code.name, one.member) for one in found] == [("WA411", SCRIPT)]
    assert "not in the Scripts folder" in found[0].message


def test_damaged_script_has_its_own_finding(tmp_path: Path) -> None:
    files = {SCRIPT: embedding("python313.dll")[:200]}

    found = verify(wh.wheel(tmp_path, files, LIBRARY_WHEEL)).findings
    assert [one.code.name for one in found] == ["WA107"]
