"""Native code in wheels for any platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.verdicts import (
    ANY_WHEEL,
    Verdict,
    bad,
    good,
    judged,
)

if TYPE_CHECKING:
    from pathlib import Path

CASES = (
    bad("any elf", {"pkg/_x.abi3.so": b"\x7fELF\2\1\1" + bytes(100)}, filename=ANY_WHEEL),
    bad(
        "any macho",
        {"pkg/_x.cpython-313-darwin.so": b"\xcf\xfa\xed\xfe" + bytes(100)},
        filename=ANY_WHEEL,
    ),
    bad(
        "any elf with a plain suffix",
        {"pkg/_x.so": b"\x7fELF\2\1\1" + bytes(100) + b"\0PyInit__x\0"},
        filename=ANY_WHEEL,
    ),
    good(
        "a library of another system",
        {"pkg/attach.so": b"\x7fELF\2\1\1" + bytes(100)},
        filename=ANY_WHEEL,
    ),
    good(
        "any optional",
        {
            "pkg/_x.cpython-313-darwin.so": b"\xcf\xfa\xed\xfe" + bytes(100),
            "pkg/_x.cp313-win_amd64.pyd": im.module(machine=im.AMD64),
            "pkg/__init__.py": b"try:\n    from ._x import f\nexcept ImportError:\n    f = None\n",
        },
        filename=ANY_WHEEL,
    ),
    bad("any pyd", {"pkg/_x.pyd": im.module()}, filename=ANY_WHEEL),
    good("any pure", {}, filename=ANY_WHEEL),
    good(
        "any testdata elf",
        {"pkg/tests/data/a.so": b"\x7fELF\2\1\1" + bytes(100)},
        filename=ANY_WHEEL,
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_native_code_in_a_wheel_for_any_platform(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
