"""Flags of either style become what an MSVC-style toolchain takes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.msvc_flags import CL, CLANG, GNU, MSVC, WITHOUT_MT, MsvcTranslator

DROPPED: list[str] = []


def translator(spec: dict[str, Any], kind: str, *mt: str) -> MsvcTranslator:
    own = {"kind": kind, "mt": mt, "cflags": ["/O2", "-Wno-own"], "ldflags": ["/INCREMENTAL:NO"]}
    return MsvcTranslator({**spec, "toolchain": own}, Journal(spec["journal"]))


#: (arguments, what becomes of them with cl, and with clang-cl where that is different)
FLAGS = [
    # What suits the target stays.
    ("/std:c++17", ["/std:c++17"], None),
    ("/EHsc", ["/EHsc"], None),
    ("/W4", ["/W4"], None),
    ("-W3", ["-W3"], None),
    ("/wd4996", ["/wd4996"], None),
    ("/MT", ["/MT"], None),
    ("/guard:cf", ["/guard:cf"], None),
    ("/arch:armv8.2", ["/arch:armv8.2"], None),
    ("/LTCGX", ["/LTCGX"], None),
    ("-Wv:19", ["-Wv:19"], None),
    ("-DA=1", ["-DA=1"], None),
    # x86's, the debugger's, and what belongs to one version of the tools, do not.
    ("/arch:AVX2", DROPPED, None),
    ("-arch:SSE2", DROPPED, None),
    ("/favor:INTEL64", DROPPED, None),
    ("/GL", DROPPED, None),
    ("/Zi", DROPPED, None),
    ("/Fdx.pdb", DROPPED, None),
    ("/MP4", DROPPED, None),
    ("/MDd", ["/MD"], None),
    ("-MTd", ["/MT"], None),
    ("-machine:x86", DROPPED, None),
    ("/openmp", ["/openmp"], DROPPED),
    ("/openmp:llvm", ["/openmp:llvm"], DROPPED),
    # gcc's, said otherwise or left out.
    ("-O3", ["/O2"], None),
    ("-Ofast", ["/O2"], None),
    ("-O", ["/O2"], None),
    ("-Os", ["/O1"], None),
    ("-O0", ["/Od"], None),
    ("-std=c++11", ["/std:c++14"], None),
    ("-std=gnu++17", ["/std:c++17"], None),
    ("-std=c++2b", ["/std:c++latest"], None),
    ("-std=c11", ["/std:c17"], None),
    ("-std=c99", DROPPED, None),
    ("-fno-rtti", ["/GR-"], None),
    ("-ffast-math", ["/fp:fast"], None),
    ("-fp:strict", ["/fp:strict"], None),
    ("-funsigned-char", ["/J"], None),
    ("-fpack-struct=2", ["/Zp2"], None),
    ("-fpack-struct", ["/Zp1"], None),
    ("-fopenmp", ["/openmp"], DROPPED),
    ("-fPIC", DROPPED, None),
    ("-fvisibility=hidden", DROPPED, None),
    ("-g", DROPPED, None),
    ("-Wall", ["/W3"], None),
    ("-Wno-unused", DROPPED, ["-Wno-unused"]),
    ("-Werror", DROPPED, None),
    ("-Werror=format", DROPPED, None),
    ("-march=native", DROPPED, None),
    ("-msse4.2", DROPPED, None),
    ("-pthread", DROPPED, None),
    ("-Iinclude", ["-Iinclude"], None),
    ("-I include", ["-Iinclude"], None),
    ("/Iinclude", ["-Iinclude"], None),
    ("/I include", ["-Iinclude"], None),
    ("-isystem include", ["-Iinclude"], None),
    ("-idirafter include", ["-Iinclude"], None),
    ("/external:Iinclude", ["-Iinclude"], None),
    ("-include a.h", ["/FIa.h"], None),
    ("-Xclang -fsomething", DROPPED, ["-Xclang", "-fsomething"]),
    ("-Xlinker -z", DROPPED, None),
    # Of winarm itself.
    ("-Wno-own", ["-Wno-own"], None),
]

#: (arguments of a link, what becomes of them)
LINKS = [
    ("ws2_32.lib", ["ws2_32.lib"]),
    ("-lws2_32", ["ws2_32.lib"]),
    ("-lws2_32.lib", ["ws2_32.lib"]),
    ("-l ws2_32", ["ws2_32.lib"]),
    ("-lm", DROPPED),
    ("-lpthread", DROPPED),
    ("-Llib", ["/LIBPATH:lib"]),
    ("-L lib", ["/LIBPATH:lib"]),
    ("/LIBPATH:lib", ["/LIBPATH:lib"]),
    ("-libpath:lib", ["/LIBPATH:lib"]),
    ("/MACHINE:X64", DROPPED),
    ("/machine:x86", DROPPED),
    ("/LTCG", DROPPED),
    ("/LTCG:incremental", DROPPED),
    ("/DEBUG", DROPPED),
    ("/DEBUG:FULL", DROPPED),
    ("/PDB:x.pdb", DROPPED),
    ("/IMPLIB:x.lib", DROPPED),
    ("/INCREMENTAL", DROPPED),
    ("/INCREMENTAL:NO", ["/INCREMENTAL:NO"]),
    ("/DEF:x.def", ["/DEF:x.def"]),
    ("/EXPORT:f", ["/EXPORT:f"]),
    ("/DELAYLOAD:x.dll", ["/DELAYLOAD:x.dll"]),
    ("/OPT:REF", ["/OPT:REF"]),
    ("-Wl,-rpath,x", DROPPED),
    ("-static-libgcc", DROPPED),
    ("-shared", DROPPED),
]


@pytest.mark.parametrize(("written", "cl", "clang_cl"), FLAGS)
def test_compilations(
    spec: dict[str, Any], written: str, cl: list[str], clang_cl: list[str] | None
) -> None:
    arguments, language = written.split(), "c++" if "++" in written else "c"

    assert translator(spec, "msvc").compile(arguments, language) == cl
    expected = cl if clang_cl is None else clang_cl
    assert translator(spec, "clang-cl").compile(arguments, language) == expected


@pytest.mark.parametrize(("written", "expected"), LINKS)
def test_links(spec: dict[str, Any], written: str, expected: list[str]) -> None:
    assert translator(spec, "msvc").link(written.split()) == expected


def test_a_standard_of_the_other_language_is_left_out(spec: dict[str, Any]) -> None:
    flags = ["/std:c++17", "-std=c11"]

    assert translator(spec, "msvc").compile(flags, "c") == ["/std:c17"]
    assert translator(spec, "msvc").compile(flags, "c++") == ["/std:c++17"]


def test_manifests_need_a_program(spec: dict[str, Any]) -> None:
    flags = ["/MANIFEST:EMBED", "/MANIFESTUAC:NO"]

    assert translator(spec, "clang-cl").link(flags) == []
    assert translator(spec, "clang-cl", "llvm-mt").link(flags) == flags


def test_a_file_is_no_option(spec: dict[str, Any], tmp_path: Path) -> None:
    # With a name that has a rule, seen from the root.
    library = tmp_path / "Fd.lib"
    library.touch()

    assert translator(spec, "msvc").link([str(library)]) == [str(library)]


def test_the_hosts_libraries_are_replaced(spec: dict[str, Any], tmp_path: Path) -> None:
    # distutils on Windows adds the `libs` folder of the Python that runs it.
    host, target = str(tmp_path / "libs"), str(tmp_path / "target")
    replaced = {**spec, "instead_of": {host: target}}

    assert translator(replaced, "msvc").link([f"/LIBPATH:{host}"]) == [f"/LIBPATH:{target}"]


def test_late_folders_of_headers_are_searched(spec: dict[str, Any]) -> None:
    """clang-cl takes `-idirafter` for an argument that it does not know."""
    late = {**spec, "native": {**spec["native"], "late_include_dirs": ["/libs/include/libxml2"]}}

    arguments = ["-I/libs/include/libxml2"]

    assert translator(late, "msvc").compile(arguments, "c") == arguments
    assert translator(late, "clang-cl").compile(arguments, "c") == [
        "/clang:-idirafter/libs/include/libxml2"
    ]


def test_the_parent_is_told(spec: dict[str, Any]) -> None:
    translator(spec, "msvc").compile(["/arch:AVX2", "/arch:AVX2", "-O3"], "c")

    told = [json.loads(line) for line in Path(spec["journal"]).read_text().splitlines()]
    assert [(entry["was"], entry["becomes"]) for entry in told] == [
        ("/arch:AVX2", []),
        ("-O3", ["/O2"]),
    ]
    assert "x86" in told[0]["why"]


@pytest.mark.skipif(os.sep == "\\", reason="such paths are Windows' own")
@pytest.mark.parametrize(
    ("argv", "becomes"),
    [
        (["/DEF:src\\x.def"], ["/DEF:src/x.def"]),
        (["-def:src\\x.def"], ["-def:src/x.def"]),
        (["/FIsrc\\x.h"], ["/FIsrc/x.h"]),
        (["-include", "src\\x.h"], ["/FIsrc/x.h"]),
        (["/WHOLEARCHIVE:lib\\x.lib"], ["/WHOLEARCHIVE:lib/x.lib"]),
        (["lib\\x.obj"], ["lib/x.obj"]),
        (["/LIBPATH:lib\\arm64"], ["/LIBPATH:lib/arm64"]),
        (['/DNAME="a\\b"'], ['/DNAME="a\\b"']),
        (['-DNAME=\\"1.2\\"'], ['-DNAME="1.2"']),
    ],
)
def test_paths_with_backslashes_are_found(
    spec: dict[str, Any], argv: list[str], becomes: list[str]
) -> None:
    assert translator(spec, "clang-cl").link(argv) == becomes


def test_every_rule_says_what_it_is_and_why() -> None:
    for rule in (*MSVC, *WITHOUT_MT, *CLANG, *GNU, *CL):
        assert not rule.why.endswith("."), rule.forms
        assert bool(rule.becomes) == (rule.verdict == "same"), rule.forms
        assert rule.why or rule.verdict == "same", rule.forms
