"""Each hint of the table, given by words that the real tools say: a new wording is noticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.failures import explain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import NoReturn

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain

    Lacking = Callable[[str, str], NoReturn]

pytestmark = pytest.mark.integration

#: No language beside the one that is asked for is tried.
SYSTEM = ("-DCMAKE_SYSTEM_NAME=Windows",)


@dataclass(frozen=True)
class Case:
    """Source files, what is compiled or linked of them, and words of the hint."""

    #: Words of `why`.
    why: str
    #: Words of `cure`.
    cure: str
    #: What `main.c` (or `main.cpp`) says.
    source: str = ""
    #: Arguments of the compiler.
    argv: tuple[str, ...] = ("-c", "main.c")
    #: Further files of the project.
    files: dict[str, str] = field(default_factory=dict)


#: The structures as 3.15 has them, as far as old code reaches into them.
MAIN = "int main(void) { return 0; }\n"
THREAD = (
    "struct _ts {{ int x; }}; typedef struct _ts PyThreadState;\n"
    "void *f(PyThreadState *state) {{ return state->{}; }}\n"
)
DICT = (
    "typedef struct { int x; } PyDictObject;\n"
    "int f(PyDictObject *dict) { return dict->ma_version_tag; }\n"
)
HEAD = (
    "extern __declspec(dllimport) int PyType_Type;\n"
    "#define PyObject_HEAD_INIT(type) { 1, type },\n"
    "struct { struct { int n; int *t; } head; int x; } mine = {\n"
    "    PyObject_HEAD_INIT(&PyType_Type)\n    2\n};\n"
)
LONG = "struct _longobject { int ob_base; }; typedef struct _longobject PyLongObject;\n"

CASES = {
    "posix": Case("POSIX", "supports Windows", "#include <sys/mman.h>\n"),
    "backslash": Case("with a backslash", "write /", '#include "inc\\x.h"\n'),
    "c++ in c": Case("header of C++", "C++", "#include <vector>\n"),
    "longintrepr": Case("3.10 or older", "newer", "#include <longintrepr.h>\n"),
    "x86 header": Case("x86", "switch", "#include <immintrin.h>\n"),
    "openmp": Case("OpenMP", "libomp", "#include <omp.h>\n"),
    "openmp link": Case("OpenMP", "libomp", MAIN, ("main.c", "-o", "a.exe", "-lomp")),
    "library header": Case("has zlib.h", "winarm.prefix", "#include <zlib.h>\n"),
    "ob_digit": Case(
        "3.11", "--python 3.11", f"{LONG}int f(PyLongObject *o) {{ return o->ob_digit[0]; }}"
    ),
    "curexc": Case(
        "3.11",
        "--python 3.11",
        f"{THREAD}void *f(PyThreadState *t) {{ return t->curexc_traceback; }}",
    ),
    "cframe": Case(
        "3.12", "--python 3.12", f"{THREAD}void *f(PyThreadState *t) {{ return t->cframe; }}"
    ),
    "ma_version_tag": Case("3.13", "--python 3.13", DICT),
    "head_init": Case("in a DLL", "PyType_Ready", HEAD),
    "threads": Case("comes with Visual Studio", "clang-cl", "#include <threads.h>\n"),
    "x86 assembly": Case("x86", "switch", 'void f(void) { __asm__("movl $5, %eax"); }\n'),
    "x86 register of gcc's": Case(
        "x86", "switch", 'void f(void) { unsigned a; __asm__("rdtsc" : "=a"(a)); }\n'
    ),
    "x86 register by name": Case("x86", "switch", 'void f(void) { __asm__("" ::: "eax"); }\n'),
    "microsoft's assembly": Case(
        "x86",
        "switch",
        "void f(void) { __asm { mov eax, 5 } }\n",
        ("-fms-extensions", "-c", "main.c"),
    ),
    "file of x86 assembly": Case(
        "x86", "switch", "", ("-c", "a.S"), {"a.S": ".text\nf:\n movl $6, %eax\n ret\n"}
    ),
    "assembly for elf": Case(
        "has .type as ELF",
        "__ELF__",
        "",
        ("-c", "a.S"),
        {"a.S": ".text\nf:\n.type f, %function\n ret\n.size f, .-f\n"},
    ),
    "a path that zig's own list cannot hold": Case(
        "a quotation mark",
        "without quotation marks",
        argv=("-c", 'a" b.c'),
        files={'a" b.c': "int x;\n"},
    ),
    "utf-16": Case("encoded in UTF-16", "UTF-8", "\ufeffint x;\n"),
    "wmain": Case(
        "wmain", "-municode", "int wmain(void) { return 0; }\n", ("main.c", "-o", "a.exe")
    ),
    "elif": Case("#elif without", "#else", "#if 0\n#elif\nint x;\n#endif\n"),
    "machine": Case(
        "another machine",
        "library-dirs",
        MAIN,
        ("main.c", "x64.o", "-o", "a.exe"),
    ),
    "intrinsic": Case("x86", "switch", "int main(void) { return _mm_popcnt_u32(7); }\n"),
    "intrinsic that is linked": Case(
        "x86",
        "switch",
        "long long _umul128(int, int, void *); int main(void) { return _umul128(1, 2, 0); }\n",
        ("main.c", "-o", "a.exe"),
    ),
    "python symbol": Case(
        "has no PyNo_Such",
        "--python",
        "int PyNo_Such(void); int main(void) { return PyNo_Such(); }\n",
        ("main.c", "-o", "a.exe"),
    ),
    "symbol": Case(
        "has nowhere",
        "libraries",
        "int nowhere(void); int main(void) { return nowhere(); }\n",
        ("main.c", "-o", "a.exe"),
    ),
    "duplicate": Case(
        "define twice",
        "static",
        "int twice; int main(void) { return 0; }\n",
        ("main.c", "other.c", "-o", "a.exe"),
        {"other.c": "int twice = 1;\n"},
    ),
    "library": Case(
        "library nosuch is not there",
        "winarm.prefix",
        MAIN,
        ("main.c", "-o", "a.exe", "-lnosuch"),
    ),
    "own header in other case": Case(
        "any case", "as the file has it", '#include "Own.h"\n', files={"own.h": ""}
    ),
    "own header elsewhere": Case(
        "The project has own.h itself (lib/own.h)",
        "include-dirs",
        '#include "own.h"\n',
        files={"lib/own.h": ""},
    ),
    "a module of another name": Case(
        "Python finds a module by PyInit_other",
        "call the extension as its code does",
        "void PyInit_own(void) {}\n",
        ("-shared", "main.c", "other.def", "-o", "other.pyd"),
        files={"other.def": "EXPORTS\nPyInit_other\n"},
    ),
    "windows.h comes later": Case(
        "includes <sqltypes.h> and not <windows.h> before it",
        "-include windows.h",
        "#include <sql.h>\n",
    ),
    "a macro that MinGW has for C": Case(
        "uses the macro min of <windows.h>",
        "(std::min)",
        files={"main.cpp": "#include <windows.h>\nint f(int a) { return min(a, 2); }\n"},
        argv=("-c", "-x", "c++", "main.cpp"),
    ),
    "two types called byte": Case(
        "C++17 has std::byte",
        "-std=gnu++14",
        files={
            # The program for C has no headers of C++.
            "main.cpp": "namespace std { enum class byte : unsigned char {}; }\n"
            "#include <windows.h>\nusing namespace std;\nbyte b;\n"
        },
        argv=("-c", "-x", "c++", "main.cpp"),
    ),
    "inline without static": Case(
        "twice is inline and not static in lib/twice.h",
        "static inline",
        '#include "lib/twice.h"\nint main(void) { return twice(2); }\n',
        ("main.c", "-O0", "-o", "main.exe"),
        files={"lib/twice.h": "inline int\ntwice(int x)\n{ return 2 * x; }\n"},
    ),
    "mingw": Case(
        "If it builds with Visual Studio",
        "Microsoft's headers",
        "#include <windows.h>\nstruct _GUID { int own; };\n",
    ),
    "macro of the project's": Case(
        "macro lpFileName is a name in the headers",
        "before it defines lpFileName",
        "#define lpFileName 5\n#include <windows.h>\n",
    ),
    "macro on the command line": Case(
        "macro UNICODE_STRING is a name in the headers",
        "before it defines UNICODE_STRING",
        "#include <windows.h>\n#include <winternl.h>\n",
        ("-c", "main.c", "-DUNICODE_STRING=1"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words_of_the_compiler_are_explained(
    zig_host: Host, zig: Toolchain, tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    for file, text in {"main.c": case.source, **case.files}.items():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-16-le" if text.startswith("\ufeff") else "utf-8")
    if "x64.o" in case.argv:
        x64 = [zig.cc[0], "cc", "-target", "x86_64-windows-gnu", "-c", "main.c", "-o", "x64.o"]
        assert zig_host.run(x64, cwd=tmp_path, timeout=600).ok

    answer = zig_host.run([*zig.cc, *case.argv], cwd=tmp_path, timeout=600)

    assert not answer.ok
    explained = explain(answer.stderr, tmp_path)
    assert case.why in explained.why, answer.stderr
    assert case.cure in explained.cure


def test_a_program_of_the_target_that_is_run_here_is_explained(
    zig_host: Host, zig: Toolchain, tmp_path: Path
) -> None:
    (tmp_path / "main.c").write_text(MAIN)
    made = zig_host.run([*zig.cc, "main.c", "-o", "gen.exe"], cwd=tmp_path, timeout=600)
    assert made.ok, made.stderr
    (tmp_path / "gen.exe").chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-c", "import subprocess; subprocess.run(['./gen.exe'])"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    if "Exec format error" not in done.stderr:
        pytest.skip("this machine runs programs for Windows")
    assert "made ./gen.exe for the target" in explain(done.stderr).why


@pytest.mark.parametrize(
    ("language", "source", "why"),
    [("Fortran", "", "Fortran"), ("ASM_MASM", "x.asm", "ml64")],
)
def test_a_language_that_is_not_there_is_named(
    lacking: Lacking, tmp_path: Path, language: str, source: str, why: str
) -> None:
    cmake = shutil.which("cmake") or lacking("cmake", "apt-get install cmake")
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.21)\nproject(x LANGUAGES {language})\n"
        + (f"add_library(x STATIC {source})\n" if source else "")
    )
    if source:
        (tmp_path / source).write_text("end\n")

    done = subprocess.run(
        ["sh", "-c", '"$0" -S . -B b -G "Unix Makefiles" "$@" && "$0" --build b', cmake, *SYSTEM],
        cwd=tmp_path,
        env={**os.environ, "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )

    explained = explain(done.stdout + done.stderr)
    assert why in explained.why, done.stdout + done.stderr
    assert "simple program" not in explained.why
