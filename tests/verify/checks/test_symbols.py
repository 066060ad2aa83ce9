"""Which Python's DLL a module imports, by any spelling, and forwarded symbols to their end."""

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
from verify_samples.wheel import wheel

from winarm.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

PYTHON_DLLS = (
    *(
        kind(
            what,
            {
                PYD: im.module(),
                "pkg/app/tool.exe": im.image(dll=dll, imports={"python312.dll": ["Py_Main"]}),
                other: im.image(exports=["Py_Main"]),
            },
        )
        for kind, what, dll, other in (
            (good, "a program with a Python of its own", False, "pkg/app/python312.dll"),
            (bad, "a program whose Python is elsewhere", False, "pkg/python312.dll"),
            (bad, "a DLL next to a Python of its own", True, "pkg/app/python312.dll"),
        )
    ),
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

FORWARDERS = (
    good(
        "fwd ok system",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "KERNEL32.Sleep"})},
    ),
    good(
        "fwd ok own",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "b.g"}),
            "pkg/b.dll": im.image(exports=["g"]),
        },
    ),
    good(
        "fwd ok ordinal",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "b.#1"}),
            "pkg/b.dll": im.image(exports=["g"]),
        },
    ),
    good(
        "fwd apiset",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "api-ms-win-crt-heap-l1-1-0.malloc"}),
        },
    ),
    good(
        "fwd unused missing",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(exports=["f"], forwarders={"g": "foo.g"})},
    ),
    bad(
        "fwd ordinal out",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "b.#9"}),
            "pkg/b.dll": im.image(exports=["g"]),
        },
    ),
    bad(
        "fwd by ordinal import missing",
        {
            PYD: needing("a.dll", 1),
            "pkg/a.dll": im.image(forwarders={"f": "b.zz"}),
            "pkg/b.dll": im.image(exports=["g"]),
        },
    ),
    bad(
        "fwd self loop",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "a.f"})},
    ),
    good(
        "fwd python ok",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "python313.PyErr_Clear"})},
    ),
    bad(
        "fwd python unknown",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "python313.PyNope"})},
    ),
    bad(
        "fwd python other",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "python312.PyErr_Clear"})},
    ),
    bad(
        "fwd x64",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "b.g"}),
            "pkg/b.dll": im.image(exports=["g"], machine=im.AMD64),
        },
    ),
    bad(
        "fwd malformed",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "nodot"})},
    ),
    good(
        "pyinit fwd ok",
        {
            PYD: im.module(exports=[], forwarders={"PyInit__x": "impl.PyInit__x"}),
            "pkg/impl.dll": im.image(
                exports=["PyInit__x"], imports={"python313.dll": ["PyModuleDef_Init"]}
            ),
        },
    ),
    bad(
        "pyinit fwd far",
        {
            PYD: im.module(exports=[], forwarders={"PyInit__x": "impl.PyInit__x"}),
            "pkg/lib/impl.dll": im.image(
                exports=["PyInit__x"], imports={"python313.dll": ["PyModuleDef_Init"]}
            ),
        },
    ),
    bad(
        "fwd 3 chain missing",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(forwarders={"f": "b.f"}),
            "pkg/b.dll": im.image(forwarders={"f": "c.f"}),
            "pkg/c.dll": im.image(exports=["g"]),
        },
    ),
    bad(
        "fwd msvcp140",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "msvcp140.f"})},
    ),
    good(
        "fwd vcruntime",
        {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "vcruntime140.memcpy"})},
    ),
)


@pytest.mark.parametrize("one", FORWARDERS, ids=lambda one: one.what)
def test_forwarders_are_followed_to_their_end(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)


@pytest.mark.parametrize(("modules", "all_followed"), [(8, True), (9, False)])
def test_forwarders_that_are_not_followed_are_reported(
    tmp_path: Path, modules: int, *, all_followed: bool
) -> None:
    """Each module takes 400 symbols that 60 DLLs pass on; 200,000 steps are the limit."""
    names = [f"s{number}" for number in range(400)]
    chain = {
        f"pkg/c{at}.dll": im.image(forwarders={name: f"c{at + 1}.{name}" for name in names})
        for at in range(60)
    }
    imports = {"python313.dll": ["PyModuleDef_Init"], "c0.dll": names}
    files = {
        **chain,
        "pkg/c60.dll": im.image(exports=names),
        **{f"pkg/m{n}.pyd": im.module(f"m{n}", imports=imports) for n in range(modules)},
    }

    codes = [one.code.name for one in verify(wheel(tmp_path, files)).findings]

    assert ("WA004" not in codes) is all_followed


@pytest.mark.parametrize("one", PYTHON_DLLS, ids=lambda one: one.what)
def test_module_imports_the_dll_of_its_python(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
