"""Tags promise platforms and Pythons, and the wheel must keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.verdicts import (
    ANY_WHEEL,
    Verdict,
    bad,
    good,
    judged,
)

from winarm.verify import Severity, verify

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
    bad(
        "any elf of a package whose name is not ASCII",
        {
            "sp\u00e4m/__init__.so": b"\x7fELF\2\1\1"
            + bytes(100)
            + b"\0PyInitU_%s\0" % "sp\u00e4m".encode("punycode").replace(b"-", b"_")
        },
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


LOADING = b"import ctypes, os\nctypes.PyDLL(os.path.join(os.path.dirname(__file__), 'core.dll'))\n"


def library(*dlls: str) -> bytes:
    return im.image(
        exports=["f"], imports={dll: ["Py_IncRef" if "python" in dll else "f"] for dll in dlls}
    )


@pytest.mark.parametrize(
    ("files", "metadata", "found"),
    [
        ({"pkg/core.dll": library("python313.dll")}, "", ["WA301"]),
        ({"pkg/core.dll": library("a.dll"), "pkg/a.dll": library("python313.dll")}, "", ["WA301"]),
        ({"pkg/core.dll": library("python313.dll")}, "Requires-Python: ==3.13.*\n", []),
        ({"pkg/core.dll": library("python3.dll")}, "", []),
        ({"pkg/core.dll": library()}, "", []),
        ({"pkg/core.dll": library(), "pkg/plugin.dll": library("python313.dll")}, "", []),
        (
            {"pkg/core.dll": library("python313.dll"), "pkg/core2.dll": library("python312.dll")},
            "",
            [],
        ),
        ({"pkg/core.dll": library("python313.dll"), "pkg/app/python313.dll": library()}, "", []),
    ],
)
def test_library_of_one_python_in_a_wheel_for_all(
    files: dict[str, bytes], metadata: str, found: list[str], tmp_path: Path
) -> None:
    files = {**files, "pkg/__init__.py": LOADING}

    assert errors(tmp_path, "py3-none", files, metadata) == found


ABI3T = "cp315-abi3.abi3t"


def errors(tmp_path: Path, tags: str, files: dict[str, bytes], metadata: str = "") -> list[str]:
    path = wh.wheel(tmp_path, files, f"pkg-1.0-{tags}-win_arm64.whl", metadata=metadata)
    return [found.code.name for found in verify(path).findings if found.severity is Severity.ERROR]


PYPY = "pp311-pypy311_pp73"


def of(python: str) -> bytes:
    return im.module(python=python)


@pytest.mark.parametrize(
    ("tags", "files"),
    [
        ("cp313-none", {"pkg/_x.pyd": of("python313.dll")}),
        ("cp313-abi3.cp313", {"pkg/_x.pyd": of("python3.dll")}),
        (PYPY, {"pkg/_x.pypy311-pp73-win_arm64.pyd": of("libpypy3.11-c.dll")}),
        ("cp313-none", {"pkg/_x.cp313-win_arm64.pyd": of("python313.dll")}),
        ("cp313-none", {"pkg/_x.cp313t-win_arm64.pyd": of("python313t.dll")}),
        ("py3-none", {"pkg/_x.pyd": of("python3.dll")}),
        (
            "cp312.cp313-cp312.cp313",
            {
                "pkg/_x.cp312-win_arm64.pyd": of("python312.dll"),
                "pkg/_x.cp313-win_arm64.pyd": of("python313.dll"),
            },
        ),
        (
            "cp312.cp313-cp312.cp313",
            {
                "pkg/_x.cp312-win_arm64.pyd": of("python312.dll"),
                "pkg-1.0.data/platlib/pkg/_x.cp313-win_arm64.pyd": of("python313.dll"),
            },
        ),
        ("cp312.cp313-cp312.cp313", {"pkg/_x.pyd": of("python3.dll")}),
        (ABI3T, {"pkg/_x.pyd": of("python3t.dll")}),
        ("cp315-abi3t", {"pkg/_x.pyd": of("python3t.dll")}),
        ("cp315-abi3", {"pkg/_x.pyd": of("python3.dll")}),
        ("cp314-cp314t", {"pkg/_x.cp314t-win_arm64.pyd": of("python3t.dll")}),
        ("cp313-cp313", {"pkg/__init__.cp313-win_arm64.pyd": im.module("pkg")}),
        (
            "py3-none",
            {
                "pkg/_x.cp312-win_arm64.pyd": of("python312.dll"),
                "pkg/_x.cp313-win_arm64.pyd": of("python313.dll"),
            },
        ),
    ],
)
def test_modules_that_suit_their_tags_have_no_errors(
    tmp_path: Path, tags: str, files: dict[str, bytes]
) -> None:
    assert errors(tmp_path, tags, files) == []


@pytest.mark.parametrize(
    ("tags", "files", "code"),
    [
        ("cp313-none", {"pkg/_x.pyd": of("python312.dll")}, "WA301"),
        ("cp313-none", {"pkg/_x.cp312-win_arm64.pyd": of("python312.dll")}, "WA202"),
        ("py3-none", {"pkg/_x.pyd": of("python313.dll")}, "WA209"),
        ("py3-none", {"pkg/_x.cp313-win_arm64.pyd": of("python313.dll")}, "WA209"),
        ("cp312.cp313-cp312.cp313", {"pkg/_x.pyd": of("python313.dll")}, "WA209"),
        (ABI3T, {"pkg/_x.pyd": of("python3.dll")}, "WA304"),
        ("cp315-abi3t", {"pkg/_x.pyd": of("python3.dll")}, "WA304"),
        ("cp314-abi3", {"pkg/_x.pyd": of("python3t.dll")}, "WA304"),
        ("py3-abi3", {"pkg/_x.pyd": of("python3.dll")}, "WA623"),
        ("cp3-abi3", {"pkg/_x.pyd": of("python3.dll")}, "WA623"),
        ("cp313-cp313m", {"pkg/_x.pyd": of("python313.dll")}, "WA623"),
        ("cp312-cp313", {"pkg/_x.cp313-win_arm64.pyd": of("python313.dll")}, "WA623"),
        ("cp313-cp313", {"pkg/_x.pyd": of("python312")}, "WA301"),
        ("cp313-abi3.cp313", {"pkg/_x.pyd": of("python313.dll")}, "WA209"),
        ("cp313-cp313", {"pkg/_x.pypy311-pp73-win_arm64.pyd": of("python313.dll")}, "WA202"),
        ("cp313-cp313", {"pkg/_x.graalpy242-311-native.pyd": of("python313.dll")}, "WA202"),
        (PYPY, {"pkg/_x.pypy310-pp73-win_arm64.pyd": of("libpypy3.11-c.dll")}, "WA202"),
        (PYPY, {"pkg/_x.pypy311-pp73-win_amd64.pyd": of("libpypy3.11-c.dll")}, "WA201"),
        (PYPY, {"pkg/_x.pypy311-pp73-win_arm64.pyd": of("libpypy3.10-c.dll")}, "WA301"),
        (PYPY, {"pkg/_x.pypy311-pp73-win_arm64.pyd": of("python311.dll")}, "WA301"),
        ("cp313-cp313", {"sub/__init__.cp313-win_arm64.pyd": im.module("pkg")}, "WA207"),
        ("cp313-cp313", {"sub/__init__.cp313-win_arm64.pyd": im.module("__init__")}, "WA207"),
    ],
)
def test_modules_that_break_the_promise_are_found(
    tmp_path: Path, tags: str, files: dict[str, bytes], code: str
) -> None:
    assert errors(tmp_path, tags, files) == [code]


def test_one_python_is_enough_where_the_wheel_requires_it(tmp_path: Path) -> None:
    files = {"pkg/_x.cp313-win_arm64.pyd": of("python313.dll")}

    assert errors(tmp_path, "py3-none", files, "Requires-Python: ==3.13.*\n") == []
    assert errors(tmp_path, "py3-none", files, "Requires-Python: >=3.12\n") == ["WA209"]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("CP313-cp313-win_arm64", ["WA623"]),
        ("cp313-cp313-WIN_ARM64", ["WA623"]),
        ("cp313-cp313-win_arm64", []),
        ("1A-cp313-cp313-win_arm64", []),
    ],
)
def test_tags_are_in_lower_case(tags: str, found: list[str], tmp_path: Path) -> None:
    path = wh.wheel(tmp_path, {"pkg/_x.cp313-win_arm64.pyd": of("python313.dll")})
    path = path.rename(tmp_path / f"pkg-1.0-{tags}.whl")

    assert [one.code.name for one in verify(path).findings if one.code.name == "WA623"] == found
