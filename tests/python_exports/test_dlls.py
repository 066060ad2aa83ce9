"""What is known of the DLLs of CPython is what DLLs export that were built from its sources."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from winarm.python_exports import names_in_release, stable_names
from winarm.target import PythonABI

#: A folder below which such DLLs are, for any 64-bit machine.
DLLS = "WINARM_TEST_PYTHON_DLLS"
#: The version that was built, as the benches have it.
MINOR, PATCH = 13, 5

#: The DLLs forward these, and a release has none behind them: reference debugging, and checks of
#: the stack that only 32-bit x86 has (USE_STACKCHECK in CPython's Include/pythonrun.h).
HOLLOW = {"_Py_NegativeRefcount", "_Py_RefTotal", "PyOS_CheckStack"}


def dlls(name: str) -> list[Path]:
    folder = os.environ.get(DLLS)
    found = sorted(Path(folder).rglob(name)) if folder else []
    if not found:
        pytest.skip(f"no {name} here: {DLLS} names no folder that has one")
    return found


@pytest.mark.parametrize("free_threaded", [False, True])
def test_a_version_exports_what_is_listed_with_its_kinds(
    tool: dict[str, Any], *, free_threaded: bool
) -> None:
    abi = PythonABI(MINOR, free_threaded)
    for dll in dlls(abi.dll):
        assert tool["named_exports"](dll) == names_in_release(abi, PATCH), dll


@pytest.mark.parametrize("name", ["python3.dll", "python3t.dll"])
def test_the_stable_dll_forwards_what_is_promised(tool: dict[str, Any], name: str) -> None:
    stable = stable_names(PythonABI(MINOR, free_threaded=name == "python3t.dll"))

    for dll in dlls(name):
        assert tool["named_exports"](dll).keys() - HOLLOW == stable.keys(), dll
        assert not HOLLOW & stable.keys()
