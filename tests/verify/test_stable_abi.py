"""What is known of the stable ABI is what abi3info, made from CPython's own manifest, knows."""

from __future__ import annotations

import abi3info  # type: ignore[import-untyped]
import pytest

from winarm.python_exports import exported_names, stable_names
from winarm.target import NEWEST_PYTHON, PythonABI

#: Only debug builds have these; the python3.dll of releases does not.
DEBUG = "Py_REF_DEBUG"


def abi3info_names(abi: PythonABI) -> set[str]:
    """The stable ABI of a release of CPython for Windows, as abi3info has it."""
    exported = exported_names(abi.dll)
    names = set()
    for symbol, item in (*abi3info.FUNCTIONS.items(), *abi3info.DATAS.items()):
        macro = item.ifdef
        there = macro is None or (macro.windows is not False and macro.name != DEBUG)
        if macro is not None and macro.windows == "maybe" and exported is not None:
            there = symbol.name in exported
        if there and (item.added.major, item.added.minor) <= (3, abi.minor):
            names.add(symbol.name)
    return names


@pytest.mark.parametrize("minor", range(9, NEWEST_PYTHON.minor + 1))
def test_stable_abi_is_what_abi3info_says(minor: int) -> None:
    abi = PythonABI(minor)

    assert set(stable_names(abi)) == abi3info_names(abi)
