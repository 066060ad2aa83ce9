"""Flags of either style become what a GNU-style toolchain takes."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.flags import RefusedFlagError, Translator
from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.msvc_flags import MsvcTranslator

if TYPE_CHECKING:
    from collections.abc import Callable

DROPPED: list[str] = []


@pytest.fixture
def translator(spec: dict[str, Any]) -> Translator:
    return Translator(spec, Journal(spec["journal"]))


#: (arguments of a compilation, what becomes of them)
COMPILE = [
    # MSVC's.
    ("/O2", ["-O2"]),
    ("/Ox", ["-O2"]),
    ("/Ot", ["-O2"]),
    ("/O1", ["-Os"]),
    ("/Od", ["-O0"]),
    ("/Oi", DROPPED),
    ("/Ob2", DROPPED),
    ("/Oy-", DROPPED),
    ("-Ob2", DROPPED),
    ("/std:c++14", ["-std=gnu++14"]),
    ("/std:c++17", ["-std=gnu++17"]),
    ("-std:c++20", ["-std=gnu++20"]),
    ("/std:c++latest", ["-std=gnu++2b"]),
    ("/DNAME", ["-DNAME"]),
    ("/DNAME=1", ["-DNAME=1"]),
    ('/DNAME="a b"', ['-DNAME="a b"']),
    ("/D NAME=1", ["-DNAME=1"]),
    # As old releases of distutils took quotation marks on Windows.
    ('-DNAME=\\"1.2\\"', ['-DNAME="1.2"']),
    ('-DNAME=\\"1\\"x\\"2\\"', ['-DNAME=\\"1\\"x\\"2\\"']),
    ("/UNAME", ["-UNAME"]),
    ("/U NAME", ["-UNAME"]),
    ("/Iinclude", ["-Iinclude"]),
    ("/Iinclude/deep", ["-Iinclude/deep"]),
    ("/I include", ["-Iinclude"]),
    ("/external:I include", ["-Iinclude"]),
    ("/external:Iinclude", ["-Iinclude"]),
    ("/external:W0", DROPPED),
    ("/FIforced.h", ["-include", "forced.h"]),
    ("/FI forced.h", ["-include", "forced.h"]),
    ("/EHsc", DROPPED),
    ("/EHs-c-", DROPPED),
    ("-EHsc", DROPPED),
    ("/EHsc /O2", ["-O2"]),
    ("/GR-", ["-fno-rtti"]),
    ("/GR", DROPPED),
    ("/J", ["-funsigned-char", "-D_CHAR_UNSIGNED=1"]),
    ("/fp:fast", ["-ffast-math", "-fno-finite-math-only"]),
    ("/fp:precise", ["-ffp-contract=off"]),
    ("/fp:strict", ["-ffp-contract=off", "-frounding-math", "-ftrapping-math"]),
    ("/Zp1", ["-fpack-struct=1"]),
    ("/Zp", ["-fpack-struct=1"]),
    ("-Zp4", ["-fpack-struct=4"]),
    ("/volatile:ms", ["-Xclang", "-fms-volatile"]),
    ("/Gz /Gr /Gv", DROPPED),
    (
        "/Zc:threadSafeInit- /Zc:sizedDealloc-",
        ["-fno-threadsafe-statics", "-fno-sized-deallocation"],
    ),
    ("/Za", ["-fno-ms-extensions"]),
    ("/arch:armv8.2", ["-mcpu=generic+v8_2a"]),
    ("/TP a.c", ["-x", "c++", "a.c"]),
    ("a.cpp /TC", ["-x", "c", "a.cpp"]),
    ("/Tpa.c", ["-x", "c++", "a.c", "-x", "none"]),
    ("/openmp", DROPPED),
    ("/openmp:llvm", DROPPED),
    ("/arch:AVX2", DROPPED),
    ("/W3 /WX /wd4996 /Wall", DROPPED),
    ("-W3 -WX -wd4996", DROPPED),
    ("/w", ["-w"]),
    ("/MD /MT /MDd /LD", DROPPED),
    ("-MDd -MT -MP4", DROPPED),
    ("/GL /Gy /GS- /Gw /Gd /guard:cf /Qpar /sdl", DROPPED),
    ("/Zi /Z7 /Zc:__cplusplus /Zc:inline /Zm200 /Zp8", DROPPED),
    ("/Fdx.pdb /FoX /FAs", DROPPED),
    ("/bigobj /nologo /utf-8 /MP /MP4 /permissive- /FS", DROPPED),
    ("/c", ["-c"]),
    ("/source-charset:utf-8 /execution-charset:utf-8 /diagnostics:caret", DROPPED),
    ("/await /await:strict /volatile:iso /experimental:c11atomics /d2FH4- /H5", DROPPED),
    ("/kunknown- /Blub:3", DROPPED),
    # With `-`, as Microsoft's own tools take them, too; GNU's would be other options.
    ("-openmp -openmp:llvm -options:strict", DROPPED),
    ("-GR -Gm- -Gz -Gv -GS- -GF- -Gs1000 -GT", DROPPED),
    ("-sdl -RTC1 -JMC -analyze -await:strict -showIncludes -Qpar -Qspectre", DROPPED),
    ("-Yustdafx.h -Zo -ZH:SHA_256 -favor:AMD64 -w14640 -wo4013 -Oi- -vmg -WL", DROPPED),
    ("-Oxs -O2b2 -Zp", ["-O2", "-O2", "-fpack-struct=1"]),
    ("/arch:armv8.0", DROPPED),
    ("-Qunused-arguments -Winvalid-pch -Wall", ["-Qunused-arguments", "-Winvalid-pch", "-Wall"]),
    # GNU's that this target rejects.
    ("-march=native -mtune=native -mfpu=neon", DROPPED),
    ("-march=armv8-a", DROPPED),
    ("-march=armv8-a+crc+crypto", ["-mcpu=generic+crc+crypto"]),
    ("-march=armv8.2-a", ["-mcpu=generic+v8_2a"]),
    ("-march=armv8.2-a+fp16+dotprod", ["-mcpu=generic+v8_2a+fullfp16+dotprod"]),
    ("-march=armv8-a+nosimd+sve2-aes", ["-mcpu=generic-neon+sve2_aes"]),
    ("-mcpu=native -mcmodel=large", DROPPED),
    ("-msse2 -mssse3 -mavx2 -mno-avx -mfma -maes -mpclmul -mbmi2 -mpopcnt -m64", DROPPED),
    ("-fopenmp -fopenmp=libomp", DROPPED),
    ("-Xpreprocessor -fopenmp", DROPPED),
    ("-Xpreprocessor -DX", ["-Xpreprocessor", "-DX"]),
    ("-flto -flto=auto -fno-lto", DROPPED),
    ("-fPIC -fpic -fPIE -fno-semantic-interposition -fno-plt", DROPPED),
    ("-fvisibility=hidden -fvisibility-inlines-hidden", DROPPED),
    ("-fno-gnu-unique -fgraphite-identity -fno-var-tracking-assignments", DROPPED),
    ("-stdlib=libc++ -mmacosx-version-min=10.9", DROPPED),
    ("-fcf-protection -fstack-clash-protection -Werror", DROPPED),
    ("-Wp,-D_FORTIFY_SOURCE=2", ["-D_FORTIFY_SOURCE=2"]),
    # What is good as it is.
    (
        "-O3 -g -Wall -Wextra -Werror=foo -pthread -fno-exceptions",
        ["-O3", "-g", "-Wall", "-Wextra", "-Werror=foo", "-pthread", "-fno-exceptions"],
    ),
    ("-DNAME -D NAME=1 -U NAME", ["-DNAME", "-DNAME=1", "-UNAME"]),
    ("-include forced.h", ["-include", "forced.h"]),
    ("-o /W3", ["-o", "/W3"]),
    ("-Xclang -fPIC", ["-Xclang", "-fPIC"]),
    ("-MD", ["-MD"]),
    ("-std=c++17", ["-std=c++17"]),
    # Folders.
    ("-Iinclude -I include", ["-Iinclude", "-Iinclude"]),
    ("-isystem include -isysteminclude", ["-Iinclude", "-Iinclude"]),
    ("-iquote include -idirafter include", ["-iquoteinclude", "-idirafterinclude"]),
    ("-I.", ["-I."]),
    ("-I/usr/include -I /usr/include/libxml2 -isystem /usr/local/include", DROPPED),
    ("-isystem/usr/include -idirafter /usr/include -iquote/usr/include", DROPPED),
    ("/I/usr/include /I /usr/include", DROPPED),
    ("-I/usr/lib/x86_64-linux-gnu/glib-2.0/include -L/usr/lib -L/lib/x86_64-linux-gnu", DROPPED),
    ("-L/usr/lib64 -I/opt/homebrew/include -I/usr/include/../include", DROPPED),
    ("-I/usr/includes -I/library/x", ["-I/usr/includes", "-I/library/x"]),
    (
        "-I/usr/local/lib/python3.13/site-packages/pybind11/include",
        ["-I/usr/local/lib/python3.13/site-packages/pybind11/include"],
    ),
    (
        "-I/usr/lib/python3/dist-packages/pybind11/include",
        ["-I/usr/lib/python3/dist-packages/pybind11/include"],
    ),
]


@pytest.mark.parametrize(("written", "becomes"), COMPILE, ids=[row[0] for row in COMPILE])
def test_what_becomes_of_a_compilers_flags(
    translator: Translator, written: str, becomes: list[str]
) -> None:
    words = re.findall(r'(?:"[^"]*"|\S)+', written)

    assert translator.compile(words, "c++") == becomes


#: (arguments of a link, what becomes of them)
LINK = [
    ("/LIBPATH:libs", ["-Llibs"]),
    ("-LIBPATH:libs", ["-Llibs"]),
    ("/libpath:libs", ["-Llibs"]),
    ("/LIBPATH:/usr/lib", DROPPED),
    ("/DEF:names.def", ["names.def"]),
    # Not the macro EFAULTLIB, nor the folder GNOREIDL.
    ("/DEFAULTLIB:ws2_32.lib", ["-lws2_32"]),
    ("/INTEGRITYCHECK", ["-Xlinker", "-Xlink=-integritycheck"]),
    ("/IGNOREIDL /DELAY:UNLOAD", DROPPED),
    ("-NODEFAULTLIB -MANIFESTUAC:NO -NXCOMPAT -SAFESEH:NO -PDB:x.pdb -MAP -NOLOGO", DROPPED),
    (
        "/MANIFESTDEPENDENCY:type='win32'",
        [
            *("-Xlinker", "-Xlink=-manifest:embed,id=2"),
            *("-Xlinker", "-Xlink=-manifestdependency:type='win32'"),
        ],
    ),
    ("/DEBUG", DROPPED),
    ("/DEBUG:FULL", DROPPED),
    ("/DLL /DYNAMICBASE /BASE:0x10000000", DROPPED),
    ("/DELAYLOAD:x.dll", ["-Xlinker", "-Xlink=-delayload:x.dll"]),
    ("-Wl,--delayload,x.dll", ["-Xlinker", "-Xlink=-delayload:x.dll"]),
    ("/INCREMENTAL:NO /IGNORE:4099 /IMPLIB:x.lib", DROPPED),
    ("/INCLUDE:PyInit_x", ["-Wl,-u,PyInit_x"]),
    ("/FIXED:NO /OPT:REF /OPT:ICF /LTCG /MACHINE:X64", DROPPED),
    ("/SUBSYSTEM:CONSOLE", ["-Wl,--subsystem,console"]),
    ("/subsystem:windows,6.02", ["-Wl,--subsystem,windows"]),
    ("/FORCE:MULTIPLE", ["-Xlinker", "-Xlink=-force"]),
    ("/MERGE:.rdata=.text", ["-Xlinker", "-Xlink=-merge:.rdata=.text"]),
    ("/WHOLEARCHIVE:own.lib", ["-Wl,--whole-archive", "-lown", "-Wl,--no-whole-archive"]),
    ("-Wl,--allow-multiple-definition", ["-Xlinker", "-Xlink=-force:multiple"]),
    ("-Wl,--output-def,x.def", ["-Xlinker", "-Xlink=-output-def:x.def"]),
    ("-Wl,--kill-at,--enable-auto-import,--large-address-aware", DROPPED),
    ("-Wl,-Bstatic,-lfoo,-Bdynamic", ["-Wl,-Bstatic", "-lfoo", "-Wl,-Bdynamic"]),
    ("-Wl,--stack,4096,--gc-sections", ["-Wl,--stack,4096", "-Wl,--gc-sections"]),
    ("/MANIFEST /MANIFEST:EMBED,ID=2 /MANIFESTUAC:NO /NODEFAULTLIB:libcmt /GUARD:CF", DROPPED),
    ("/RELEASE /WX /NOLOGO /VERBOSE:LIB", DROPPED),
    ("/VERSION:1.2", ["-Wl,--major-image-version,1", "-Wl,--minor-image-version,2"]),
    ("/STACK:100,50 /HEAP:1", ["-Wl,--stack,100", "-Xlinker", "-Xlink=-heap:1"]),
    ("/ENTRY:main", ["-Wl,-e,main"]),
    ("-lmsvcrt -lucrt -lvcruntime140 -lgcc_s -ldl -lrt -latomic", DROPPED),
    ("-lgomp -lomp -liomp5", DROPPED),
    ("ws2_32.lib", ["-lws2_32"]),
    ("WS2_32.Lib", ["-lws2_32"]),
    ("-lWs2_32 -lws2_32.lib", ["-lws2_32", "-lws2_32"]),
    ("sub/own.lib", ["sub/own.lib"]),
    ("-static -static-libgcc -static-libstdc++", ["-static"]),
    ("-Wl,-rpath,/usr/lib -Wl,-soname,x -Wl,-z,relro -Wl,-O1,--as-needed", DROPPED),
    ("-Wl,--no-undefined -Wl,--version-script=x -Wl,--exclude-libs,ALL", DROPPED),
    ("-bundle -undefined dynamic_lookup -Wl,-headerpad_max_install_names", DROPPED),
    ("-Xlinker -rdynamic", DROPPED),
    ("-L/usr/lib/x86_64-linux-gnu -lz", ["-lz"]),
    ("-shared -s", ["-shared", "-s"]),
]


@pytest.mark.parametrize(("written", "becomes"), LINK, ids=[row[0] for row in LINK])
def test_what_becomes_of_a_linkers_flags(
    translator: Translator, tmp_path: Path, written: str, becomes: list[str]
) -> None:
    assert translator.link(written.split(), str(tmp_path / "exports.def")) == becomes


@pytest.mark.parametrize(
    ("language", "kept"), [("c", ["-std=gnu11"]), ("c++", ["-std=gnu++17"]), (None, ["-std=gnu11"])]
)
def test_a_standard_of_the_other_language_is_left_out(
    translator: Translator, language: str | None, kept: list[str]
) -> None:
    assert translator.compile(["/std:c++17", "/std:c11"], language) == kept


def test_what_was_changed_is_told_once_with_its_reason(
    translator: Translator, spec: dict[str, Any]
) -> None:
    translator.compile(["/O2", "-mavx2", "/O2"], "c")
    translator.compile(["/O2"], "c")

    told = [json.loads(line) for line in Path(spec["journal"]).read_text().splitlines()]
    assert [(entry["was"], entry["becomes"]) for entry in told] == [
        ("/O2", ["-O2"]),
        ("-mavx2", []),
    ]
    assert "x86" in told[1]["why"]


def test_the_hosts_python_headers_become_the_targets(
    translator: Translator, spec: dict[str, Any]
) -> None:
    of_host, of_target = next(iter(spec["instead_of"].items()))

    assert translator.compile([f"-I{of_host}", "-isystem", of_host], "c") == [
        f"-I{of_target}",
        f"-I{of_target}",
    ]


@pytest.mark.parametrize("below", ["libs", "", "PCbuild", "PCbuild/arm64"])
@pytest.mark.parametrize("style", [Translator, MsvcTranslator])
def test_libraries_of_the_python_that_builds_are_left_out(
    spec: dict[str, Any], style: type[Translator], below: str
) -> None:
    """On a Windows host build_ext itself names them, before all others."""
    translator = style(spec, Journal(spec["journal"]))
    ours = [f"-L{Path(home, below)}" for home in (sys.exec_prefix, sys.base_exec_prefix)]

    assert translator.link(ours, "exports.def") == []


def test_an_empty_argument_is_none(translator: Translator) -> None:
    """pyFFTW has one where its table has no flag for a compiler."""
    assert translator.compile(["", "-Wall", ""], "c") == ["-Wall"]
    assert translator.link(["", "a.o"], "exports.def") == ["a.o"]


@pytest.mark.parametrize("home", ["/usr/local/lib/project", "/opt/local/project"])
def test_a_project_may_stand_where_the_hosts_libraries_are(
    make_spec: Callable[..., dict[str, Any]], tmp_path: Path, home: str
) -> None:
    spec = {**make_spec(), "project": [home]}
    translator = Translator(spec, Journal(spec["journal"]))

    assert translator.compile([f"-I{home}/include", f"-I{home}-of-the-host"], "c") == [
        f"-I{home}/include"
    ]


def test_folders_that_the_user_names_are_the_users_word(
    make_spec: Callable[..., dict[str, Any]],
) -> None:
    spec = make_spec(include_dirs=("/usr/local/arm64/include",), library_dirs=("/usr/lib/arm64",))
    translator = Translator(spec, Journal(spec["journal"]))

    assert translator.compile(spec["after"]["compile"], "c")[0] == "-I/usr/local/arm64/include"
    assert "-L/usr/lib/arm64" in translator.link(spec["after"]["link"], "exports.def")
    assert translator.compile(["-I/usr/lib/other"], "c") == []


class TestFilesThatLookLikeOptions:
    def test_a_source_that_is_there_is_no_option(
        self, translator: Translator, tmp_path: Path
    ) -> None:
        source = tmp_path / "a.c"
        source.write_text("")

        assert translator.compile([str(source)], "c") == [str(source)]

    def test_a_missing_file_of_a_folder_that_is_there_is_no_option(
        self, translator: Translator, tmp_path: Path
    ) -> None:
        missing = str(tmp_path / "missing.o")

        assert translator.link([missing], "exports.def") == [missing]


class TestLibraries:
    def test_a_library_keeps_its_case_where_it_is_found(
        self, translator: Translator, tmp_path: Path
    ) -> None:
        (tmp_path / "Own.lib").write_text("")

        argv = [f"-L{tmp_path}", "-lOwn", "Own.lib", "-lOther"]

        assert translator.link(argv, "exports.def") == [argv[0], "-lOwn", "-lOwn", "-lother"]


class TestExports:
    def test_names_on_the_command_line_go_to_a_list(
        self, translator: Translator, tmp_path: Path
    ) -> None:
        exports = tmp_path / "exports.def"

        argv = translator.link(["a.o", "/EXPORT:one", "-export:two,DATA"], str(exports))

        assert argv == ["a.o", str(exports)]
        assert exports.read_text() == "EXPORTS\none\ntwo DATA\n"

    def test_they_join_the_extensions_own(self, translator: Translator, tmp_path: Path) -> None:
        exports = tmp_path / "exports.def"
        exports.write_text("EXPORTS\nPyInit_x\n")

        argv = translator.link([str(exports), "/EXPORT:one"], str(exports))

        assert argv == [str(exports)]
        assert exports.read_text() == "EXPORTS\nPyInit_x\none\n"

    def test_they_join_the_projects_list(self, translator: Translator, tmp_path: Path) -> None:
        exports, own = tmp_path / "exports.def", tmp_path / "own.def"
        exports.write_text("LIBRARY x.pyd\nEXPORTS\nPyInit_x\nthree\n")
        own.write_text("LIBRARY y\nEXPORTS\n  PyInit_x\n  two=four @7")

        argv = translator.link([str(exports), f"/DEF:{own}", "/EXPORT:one"], str(exports))

        assert argv == [str(exports)]
        assert exports.read_text() == f"{own.read_text()}\nEXPORTS\nthree\none\n"

    def test_a_list_that_is_not_there_is_left_to_the_linker(
        self, translator: Translator, tmp_path: Path
    ) -> None:
        exports = str(tmp_path / "exports.def")

        assert translator.link([exports, "/DEF:own.def"], exports) == ["own.def"]


@pytest.mark.skipif(os.name == "nt", reason="Windows takes them as they are")
@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        (["/DEF:src\\own.def", "lib\\x.lib"], ["src/own.def", "lib/x.lib"]),
        (["/LIBPATH:lib\\arm64", "-Ilib\\i"], ["-Llib/arm64", "-Ilib/i"]),
        (["/FIsrc\\first.h", r"-DNAME=x\y"], ["-include", "src/first.h", r"-DNAME=x\y"]),
    ],
)
def test_paths_with_backslashes_are_this_machines(
    translator: Translator, written: list[str], becomes: list[str]
) -> None:
    assert translator.command(written) == becomes


def test_commands_of_the_projects_own_are_translated(translator: Translator) -> None:
    assert translator.command(["cc", "/O2", "-I/usr/include", "a.c"]) == ["cc", "-O2", "a.c"]


@pytest.mark.parametrize(
    "flag",
    ["/EHa", "/Zc:wchar_t-", "/clr", "/kernel", "/Gh", "/arch:sve", "/execution-charset:gbk"],
)
def test_what_would_change_the_code_and_cannot_be_had_is_refused(
    translator: Translator, flag: str
) -> None:
    with pytest.raises(RefusedFlagError, match=f"-C winarm.drop-flags={flag}"):
        translator.compile([flag], "c++")


@pytest.mark.parametrize("flag", ["/SUBSYSTEM:NATIVE", "/DEPENDENTLOADFLAG:0x800", "/ALIGN:64"])
def test_what_would_change_the_loading_and_cannot_be_had_is_refused(
    translator: Translator, flag: str
) -> None:
    with pytest.raises(RefusedFlagError, match=re.escape(flag)):
        translator.link([flag], "exports.def")


@pytest.mark.parametrize("pattern", ["/EHa", "/EH*"])
def test_the_user_may_have_any_flag_left_out(
    make_spec: Callable[..., dict[str, Any]], pattern: str
) -> None:
    spec = make_spec(drop_flags=(pattern,))
    translator = Translator(spec, Journal(spec["journal"]))

    assert translator.compile(["/EHa", "-O2"], "c++") == ["-O2"]
    told = [json.loads(line) for line in Path(spec["journal"]).read_text().splitlines()]
    assert [(entry["was"], entry["shown"]) for entry in told] == [("/EHa", True)]


@pytest.mark.parametrize("flag", ["/Zp1", "/fp:strict", "/TP", "/J", "/arch:AVX2", "/openmp"])
def test_what_changes_the_result_is_told_to_everybody(
    translator: Translator, spec: dict[str, Any], flag: str
) -> None:
    translator.compile([flag, "a.c"], "c++")

    told = [json.loads(line) for line in Path(spec["journal"]).read_text().splitlines()]
    assert [(entry["was"], entry["shown"]) for entry in told] == [(flag, True)]


def test_what_meson_asks_of_a_linker_is_told_to_nobody(
    translator: Translator, spec: dict[str, Any]
) -> None:
    assert translator.compile(["-Wl,/logo", "--version"], "c") == ["--version"]

    (told,) = [json.loads(line) for line in Path(spec["journal"]).read_text().splitlines()]
    assert (told["was"], told["shown"]) == ("/logo", False)


@pytest.mark.parametrize("flags", ["-MD -MT x.o -MF x.d", "-MMD -MP -MT x.o"])
def test_gnus_lists_of_dependencies_are_no_runtimes(translator: Translator, flags: str) -> None:
    assert translator.compile(flags.split(), "c") == flags.split()
