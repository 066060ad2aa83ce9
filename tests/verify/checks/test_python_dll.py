"""Which Python's DLL a module imports, by any spelling."""

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
)

if TYPE_CHECKING:
    from pathlib import Path

CASES = (
    good(
        "pypy ok",
        {
            "pkg/_x.pypy311-pp73-win_amd64.pyd": im.module(
                machine=im.AMD64, python="libpypy3.11-c.dll"
            )
        },
        filename="pkg-1.0-pp311-pypy311_pp73-win_amd64.whl",
    ),
    good(
        "graalpy ok",
        {
            "pkg/_x.graalpy250-312-native-x86_64-win32.pyd": im.module(
                machine=im.AMD64, python="python-native.dll"
            )
        },
        filename="pkg-1.0-graalpy312-graalpy250_312_native-win_amd64.whl",
    ),
    bad("graalpy dll in cp", {PYD: im.module(python="python-native.dll")}),
    bad("pypy dll in cp", {PYD: im.module(python="libpypy3.11-c.dll")}),
    good(
        "mypyc both",
        {"pkg/__init__.cp313-win_arm64.pyd": im.module(exports=["PyInit_pkg", "PyInit___init__"])},
    ),
    bad("python no ext", {PYD: im.module(python="python312")}),
    good("python no ext ok", {PYD: im.module(python="python313")}),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_module_imports_the_dll_of_its_python(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
