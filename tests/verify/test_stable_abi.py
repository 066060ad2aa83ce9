"""What is known of the stable ABI is what abi3info, made from CPython's own manifest, knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import abi3info  # type: ignore[import-untyped]
import pytest

from winarm.python_exports import stable_names
from winarm.target import NEWEST_PYTHON, PythonABI

if TYPE_CHECKING:
    from abi3info.models import FeatureMacro  # type: ignore[import-untyped]

#: When 64-bit releases for Windows began to be built with what abi3info is not sure of: never with
#: reference debugging; with checks of the stack since the official python314.dll.
BUILT_SINCE = {"Py_REF_DEBUG": 99, "USE_STACKCHECK": 14}


def abi3info_names(abi: PythonABI) -> set[str]:
    """The stable ABI of a release of CPython for Windows, as abi3info has it."""
    return {
        symbol.name
        for symbol, item in (*abi3info.FUNCTIONS.items(), *abi3info.DATAS.items())
        if (item.added.major, item.added.minor) <= (3, abi.minor) and has(item.ifdef, abi)
    }


def has(macro: FeatureMacro | None, abi: PythonABI) -> bool:
    """Tell whether releases for Windows are built with a feature."""
    if macro is None or macro.windows is True:
        return True
    return macro.windows == "maybe" and abi.minor >= BUILT_SINCE[macro.name]


@pytest.mark.parametrize("minor", range(9, NEWEST_PYTHON.minor + 1))
def test_stable_abi_is_what_abi3info_says(minor: int) -> None:
    abi = PythonABI(minor)

    assert set(stable_names(abi)) == abi3info_names(abi)
