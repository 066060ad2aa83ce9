"""What a wheel is nothing without must be for its machine."""

# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.verdicts import (
    FAT_WHEEL,
    HELPER,
    LIBRARY_WHEEL,
    PYD,
    X64,
    Verdict,
    bad,
    good,
    judged,
    needing,
)

if TYPE_CHECKING:
    from pathlib import Path

CASES = (
    good(
        "ctypes arm64",
        {
            "pkg/core.dll": HELPER,
            "pkg/__init__.py": b"import ctypes,os\nctypes.CDLL(os.path.join(os.path.dirname(__file__),'core.dll'))",
        },
        filename=LIBRARY_WHEEL,
    ),
    bad(
        "ctypes x64+arm exe",
        {
            "pkg/core.dll": X64,
            "pkg/t.exe": im.image(dll=False),
            "pkg/__init__.py": b"import ctypes,os\nctypes.CDLL(os.path.join(os.path.dirname(__file__),'core.dll'))",
        },
        filename=LIBRARY_WHEEL,
    ),
    good(
        "multi arch ctypes",
        {
            "pkg/arm64/core.dll": HELPER,
            "pkg/x64/core.dll": X64,
            "pkg/__init__.py": b"import ctypes,os,platform\nctypes.CDLL(os.path.join(os.path.dirname(__file__),platform.machine(),'core.dll'))",
        },
        filename=LIBRARY_WHEEL,
    ),
    bad(
        "exe only x64",
        {"pkg-1.0.data/scripts/tool.exe": im.image(machine=im.AMD64, dll=False)},
        filename=LIBRARY_WHEEL,
    ),
    good(
        "exe arm64",
        {"pkg-1.0.data/scripts/tool.exe": im.image(dll=False)},
        filename=LIBRARY_WHEEL,
    ),
    bad(
        "elf lib only",
        {"pkg/lib/libfoo.so": b"\x7fELF\2\1\1" + bytes(100)},
        filename=LIBRARY_WHEEL,
    ),
    bad(
        "macho only",
        {"pkg/lib/libfoo.dylib": b"\xcf\xfa\xed\xfe" + bytes(100)},
        filename=LIBRARY_WHEEL,
    ),
    good(
        "elf besides good",
        {PYD: im.module(), "pkg/lib/libfoo.so": b"\x7fELF\2\1\1" + bytes(100)},
    ),
    good(
        "elf module besides good",
        {PYD: im.module(), "pkg/_x.cpython-313-x86_64-linux-gnu.so": b"\x7fELF\2\1\1" + bytes(100)},
    ),
    good("testdata", {PYD: im.module(), "pkg/test/data/x.pyd": b"MZ", "pkg/tests/bad.dll": b""}),
    bad("broken dll imported", {PYD: needing("helper.dll"), "pkg/helper.dll": b"text"}),
    good("known dll", {PYD: im.module(), "pkg/kernel32.dll": X64}),
    good("ucrt beside x64", {PYD: needing("ucrtbase.dll"), "pkg/ucrtbase.dll": X64}),
    good("vcruntime beside x64", {PYD: im.module(), "pkg/vcruntime140.dll": X64}),
    bad(
        "delay x64",
        {PYD: im.module(delay_imports={"helper.dll": ["f"]}), "pkg/helper.dll": X64},
    ),
    bad("fat plain x64", {"pkg/_x.pyd": im.module(machine=im.AMD64)}, filename=FAT_WHEEL),
    bad("fat only arm", {"pkg/_x.cp313-win_arm64.pyd": im.module()}, filename=FAT_WHEEL),
    bad(
        "fat swapped",
        {
            "pkg/_x.cp313-win_arm64.pyd": im.module(machine=im.AMD64),
            "pkg/_x.cp313-win_amd64.pyd": im.module(),
        },
        filename=FAT_WHEEL,
    ),
    bad(
        "fat wrong dll",
        {
            "pkg/_x.cp313-win_arm64.pyd": needing("h.dll"),
            "pkg/_x.cp313-win_amd64.pyd": needing("h.dll", machine=im.AMD64),
            "pkg/h.dll": X64,
        },
        filename=FAT_WHEEL,
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_essential_code_must_fit(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
