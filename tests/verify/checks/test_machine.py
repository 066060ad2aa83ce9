"""What a wheel is nothing without must be for its machine."""

# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.verdicts import (
    ANY_WHEEL,
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

ELF = b"\x7fELF\2\1\1" + bytes(100)
PROGRAM = im.image(dll=False)
X64_PROGRAM = im.image(machine=im.AMD64, dll=False)
LOADING = {
    "pkg/__init__.py": b"import ctypes,os\nctypes.CDLL(os.path.join(os.path.dirname(__file__),'core.dll'))"
}

ARM_OR_X64 = {"pkg/x64.dll": X64, "pkg/arm.dll": HELPER}
NEEDS_FOO = im.image(exports=["f"], imports={"foo.dll": ["x"]})


def _loading(text: str) -> dict[str, bytes]:
    """Return an `__init__` that loads a DLL; `$` is its folder."""
    text = text.replace("$", "os.path.dirname(__file__)")
    return {"pkg/__init__.py": f"import ctypes, os, platform\n{text}\n".encode()}


CASES = (
    *(
        kind(f"loaded: {what}", {**files, **_loading(text)}, filename=LIBRARY_WHEEL)
        for kind, what, files, text in (
            (
                good,
                "chosen by the machine",
                ARM_OR_X64,
                "ctypes.CDLL(os.path.join($, 'arm.dll' if platform.machine() == 'ARM64' else 'x64.dll'))",
            ),
            (
                bad,
                "chosen for another machine",
                ARM_OR_X64,
                "ctypes.CDLL(os.path.join($, 'x64.dll' if platform.machine() == 'ARM64' else 'arm.dll'))",
            ),
            (
                good,
                "chosen by what is not known",
                ARM_OR_X64,
                "ctypes.CDLL(os.path.join($, 'arm.dll' if is_arm() else 'x64.dll'))",
            ),
            (
                good,
                "one of two branches",
                ARM_OR_X64,
                "if is_arm():\n    ctypes.CDLL(os.path.join($, 'arm.dll'))\nelse:\n    ctypes.CDLL(os.path.join($, 'x64.dll'))",
            ),
            (
                bad,
                "all of a list",
                ARM_OR_X64,
                "for name in ('arm.dll', 'x64.dll'):\n    ctypes.CDLL(os.path.join($, name))",
            ),
            (
                good,
                "not the plug-in whose DLL is lacking",
                {"pkg/core.dll": HELPER, "pkg/plug/p.dll": NEEDS_FOO},
                "ctypes.CDLL(os.path.join($, 'core.dll'))",
            ),
            (
                bad,
                "the DLL whose DLL is lacking",
                {"pkg/core.dll": HELPER, "pkg/p.dll": NEEDS_FOO},
                "ctypes.CDLL(os.path.join($, 'p.dll'))",
            ),
            (
                bad,
                "by its name without a suffix",
                {"pkg/p.dll": NEEDS_FOO},
                "os.add_dll_directory($)\nctypes.CDLL('p')",
            ),
            (bad, "any DLL whose DLL is lacking", {"pkg/p.dll": NEEDS_FOO}, "ctypes.CDLL(find())"),
        )
    ),
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
    bad(
        "elf module beside a program",
        {"pkg/_x.cpython-313-x86_64-linux-gnu.so": ELF, "pkg-1.0.data/scripts/t.exe": PROGRAM},
    ),
    bad(
        "elf module beside another module",
        {"pkg/_y.abi3.so": ELF, PYD: im.module(), "pkg/__init__.py": b"from . import _y"},
    ),
    good(
        "elf module that is optional",
        {
            "pkg/_y.abi3.so": ELF,
            PYD: im.module(),
            "pkg/__init__.py": b"try:\n    from . import _y\nexcept ImportError:\n    pass",
        },
    ),
    bad(
        "x64 dll of a loading function, beside a program",
        {
            "pkg/t.exe": PROGRAM,
            "pkg/core.dll": X64,
            "pkg/__init__.py": b"import ctypes,os\ndef f():\n    return [os.path.join(os.path.dirname(__file__),'core.dll')]\nctypes.CDLL(f()[0])",
        },
        filename=LIBRARY_WHEEL,
    ),
    bad("any platform, x64 dll", {"pkg/core.dll": X64, **LOADING}, filename=ANY_WHEEL),
    bad(
        "any platform, elf library",
        {
            "pkg/core.so": ELF,
            "pkg/__init__.py": LOADING["pkg/__init__.py"].replace(b".dll", b".so"),
        },
        filename=ANY_WHEEL,
    ),
    good(
        "any platform, x64 dll that may be absent",
        {
            "pkg/core.dll": X64,
            "pkg/__init__.py": b"import ctypes,os\ntry:\n    ctypes.CDLL(os.path.join(os.path.dirname(__file__),'core.dll'))\nexcept OSError:\n    pass",
        },
        filename=ANY_WHEEL,
    ),
    good(
        "any platform, x64 dll of a function",
        {
            "pkg/core.dll": X64,
            "pkg/__init__.py": b"import ctypes,os\ndef f():\n    ctypes.CDLL(os.path.join(os.path.dirname(__file__),'core.dll'))",
        },
        filename=ANY_WHEEL,
    ),
    good(
        "any platform, optional module",
        {
            "pkg/_y.abi3.so": ELF,
            "pkg/__init__.py": b"try:\n    from . import _y\nexcept ImportError:\n    pass",
        },
        filename=ANY_WHEEL,
    ),
    bad(
        "any platform, module that is not optional in truth",
        {
            "pkg/_y.abi3.so": ELF,
            "pkg/__init__.py": b"try:\n    from . import _y\nexcept ImportError as e:\n    raise RuntimeError from e",
        },
        filename=ANY_WHEEL,
    ),
    *(
        (good if right else bad)(name, {PYD: im.module(), name: content})
        for name, content, right in (
            ("setuptools/cli-64.exe", X64_PROGRAM, True),
            ("pkg/_vendor/distlib/t64-arm.exe", X64_PROGRAM, True),
            ("setuptools/cli-64.exe", b"MZ", True),
        )
    ),
    *(
        (good if right else bad)(f"only {name}", {name: content}, filename=LIBRARY_WHEEL)
        for name, content, right in (
            ("setuptools/gui-arm64.exe", X64_PROGRAM, True),
            ("setuptools/gui-arm64.exe", b"MZ", False),
            ("mysetuptools/cli-64.exe", X64_PROGRAM, False),
            ("setuptools/client.exe", X64_PROGRAM, False),
            ("distlib/t32foo.exe", X64_PROGRAM, False),
        )
    ),
    *(
        bad(
            f"loaded from what a folder has: another machine's, and {name}",
            {
                "pkg/lib.dll": im.image(exports=["f"], machine=im.AMD64),
                name: content,
                **_loading("for one in os.listdir($):\n    ctypes.CDLL(os.path.join($, one))"),
            },
            filename=LIBRARY_WHEEL,
        )
        for name, content in (("pkg/tests/x.dll", b"text"), ("pkg/tests/data/x.exe", b"MZ"))
    ),
    bad(
        "fat, a module of one platform only",
        {
            "pkg/_x.cp313-win_arm64.pyd": im.module(),
            "pkg/_x.cp313-win_amd64.pyd": im.module(machine=im.AMD64),
            "pkg/_y.cp313-win_amd64.pyd": im.module("_y", machine=im.AMD64),
        },
        filename=FAT_WHEEL,
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_essential_code_must_fit(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
