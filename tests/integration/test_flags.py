"""Each kind of flag that changes code, layout or loading: what the built module then does."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.builds]

PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""

#: What follows the includes of each module: the body of `f`, and what is before it.
MODULE = """\
%(first)s
#include <Python.h>
#include <windows.h>
%(before)s
#ifdef __cplusplus
extern "C" {
#endif
static PyObject *f(PyObject *self, PyObject *unused) { %(body)s }
static PyObject *g(PyObject *self, PyObject *unused) { return PyLong_FromLong(7); }
static PyMethodDef methods[] = {
    {"f", f, METH_NOARGS, ""}, {"g", g, METH_NOARGS, "doc"}, {0, 0, 0, 0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "%(name)s", 0, -1, methods, 0, 0, 0, 0};
PyMODINIT_FUNC PyInit_%(name)s(void) { return PyModule_Create(&def); }
#ifdef __cplusplus
}
#endif
"""

#: (name, compiler's flags, linker's, libraries, first lines, before f, body, what f() returns)
CASES: tuple[tuple[str, list[str], list[str], list[str], str, str, str, str], ...] = (
    (
        "packed", ["/Zp1"], [], [], "", "struct r { char a; int b; double c; };",
        "return PyLong_FromLong(sizeof(struct r));", "13",
    ),
    (
        "strict", ["/O2", "/fp:strict"], [], [], "",
        ("static volatile double A = 0.1;\n"
        "static double det(double a, double b, double c, double d) { return a * b - c * d; }"),
        "double a = A, b = A; return PyFloat_FromDouble(det(a, b, a, b));", "0.0",
    ),
    (
        "macro", [], [], [],
        ("#if defined(_M_ARM64) && !defined(_MSC_VER) && _INTEGRAL_MAX_BITS == 64 && defined(_MT)\n"
        "#define ARCH 1\n#endif"),
        "", "return PyLong_FromLong(ARCH);", "1",
    ),
    (
        "uncontracted", ["/O2"], [], [], "",
        ("static volatile double A = 0.1;\n"
        "static double det(double a, double b, double c, double d) { return a * b - c * d; }"),
        "double a = A, b = A; return PyFloat_FromDouble(det(a, b, a, b));", "0.0",
    ),
    (
        "intrinsics", [], [], [], "",
        ("#include <intrin.h>\n"
        "static __forceinline unsigned __int64 turned(unsigned __int64 x) "
        "{ return _rotl64(x, 4); }"),
        ("long n = 1; char c = 1; _InterlockedIncrement_rel(&n); _InterlockedOr8_nf(&c, 4);\n"
        "_InterlockedAdd64((__int64 volatile[1]){1}, 1); __nop();\n"
        "return PyLong_FromUnsignedLongLong(turned(0x8000000000000001) * 1000 + n * 100 + c * 10 + "
        "_CountOneBits64(3) + (__readx18qword(0x30) == (unsigned __int64)NtCurrentTeb()));"),
        "24253",
    ),
    (
        "late", [], ["/DELAYLOAD:winspool.drv"], ["winspool", "delayimp"], "",
        "#include <winspool.h>",
        "DWORD n; return PyLong_FromLong(GetDefaultPrinterA(NULL, &n) & 0);", "0",
    ),
    (
        "pragma", [], [], [], "",
        '#include <bcrypt.h>\n#pragma comment(lib, "Bcrypt.lib")',
        "unsigned char b[4]; return PyLong_FromLong(BCryptGenRandom(NULL, b, 4, 2));", "0",
    ),
    (
        "as_cxx", ["/TP", "/EHsc"], [], [], "", "#include <string>",
        'std::string s("abc"); return PyLong_FromSize_t(s.size());', "3",
    ),
    (
        "dashed", ["-openmp", "-fp:fast", "-GS-", "-sdl", "-RTC1"], ["/DEFAULTLIB:ws2_32.lib"], [],
        "", "#include <math.h>\nstatic volatile double zero = 0.0;",
        "WSADATA data; WSAStartup(0x202, &data); return PyLong_FromLong(!!isnan(zero / zero));",
        "1",
    ),
    (
        "swapped", [], [], [], "",
        "#include <intrin.h>\n__declspec(align(16)) static volatile __int64 pair[2] = {1, 2};",
        ("__int64 c[2] = {1, 2}; int done = _InterlockedCompareExchange128(pair, 7, 8, c);\n"
        "return PyLong_FromLong(done * 100 + (long)(pair[0] * 10 + pair[1]));"), "187",
    ),
    (
        "aliased", ["/O2"], [], [], "",
        ("static __declspec(noinline) int both(int *a, float *b) "
        "{ *a = 1; *b = 2.0f; return *a; }"),
        "int x; return PyLong_FromLong(both(&x, (float *)&x));", "1073741824",
    ),
    (
        "short_pointers", [], [], [], "",
        ("struct s { char *__ptr32 a; void *POINTER_32 b; } s;\n"
        "typedef char *pointer; static char *volatile p = (char *)0x7654320;"),
        ("s.a = (char *__ptr32)p; s.b = s.a;\n"
        "return PyLong_FromLong(sizeof s + ((char *)s.b == p) + sizeof(void *__ptr64));"), "17",
    ),
    ("unsigned", ["/J"], [], [], "", "", "char c = -1; return PyLong_FromLong(c);", "255"),
    (
        "guarded", [], [], [], "", "",
        ("int r = 0; __try { r = *(volatile int *)8; } __except (EXCEPTION_EXECUTE_HANDLER) "
        "{ r = -1; } return PyLong_FromLong(r);"), "-1",
    ),
    (
        # What is around the buffer stays as it was.
        "jumped", [], [], [], "#include <setjmp.h>",
        ("static struct { double before; jmp_buf buffer; double after; } j = {1, {0}, 2};\n"
        "__declspec(noinline) static void deep(int n, volatile int *p) "
        "{ if (!n) longjmp(j.buffer, 5); deep(n - 1, p); *p = n; }"),
        ("volatile int n = 0; double kept = PyFloat_AsDouble(PyFloat_FromDouble(0.5));\n"
        "int r = setjmp(j.buffer); if (!r) deep(9, &n);\n"
        "return PyFloat_FromDouble(r * 1000 + n * 100 + j.before * 10 + j.after + kept);"),
        "5012.5",
    ),
    (
        "threads", [], [], [], "",
        ("__declspec(thread) int m = 4; static _Thread_local int n = 3;\n"
        "static DWORD WINAPI run(void *p) { *(int *)p = ++m * 100 + ++n; return 0; }"),
        ("int a = 0; m = 50; HANDLE h = CreateThread(0, 0, run, &a, 0, 0); "
        "WaitForSingleObject(h, INFINITE); return PyLong_FromLong(a * 100 + m);"), "50450",
    ),
)  # fmt: skip


def setup_py() -> str:
    extensions = ", ".join(
        f"Extension({name!r}, ['{name}.c'], extra_compile_args={compile_!r}, "
        f"extra_link_args={link!r}, libraries={libraries!r})"
        for name, compile_, link, libraries, *_ in CASES
    )
    return (
        "from setuptools import Extension, setup\n"
        f"setup(name='kinds', version='1', ext_modules=[{extensions}])\n"
    )


def test_every_kind_does_what_it_says(
    winarm_command: str,
    run: Run,
    matching_python: Path,
    run_on_arm64: RunOnArm64,
    tmp_path: Path,
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    (project / "setup.py").write_text(setup_py())
    for name, _, _, _, first, before, body, _ in CASES:
        text = MODULE % {"name": name, "first": first, "before": before, "body": body}
        (project / f"{name}.c").write_text(text)

    done = run(
        *(winarm_command, "build", project, "--toolchain", "zig", "--python", matching_python),
        *("-o", tmp_path / "dist"),
    )

    assert done.returncode == 0, done.stdout
    for flag in ("/Zp1", "/fp:strict", "/DELAYLOAD:winspool.drv", "/TP", "/J"):
        assert f"translated {flag} to " in done.stdout
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    script = tmp_path / "try_kinds.py"
    lines = [
        f"import {name}; assert ({name}.f(), {name}.g()) == ({answer}, 7), {name}.f()"
        for name, *_, answer in CASES
    ]
    script.write_text("\n".join((*lines, "print('works')\n")))
    tried = run_on_arm64(tmp_path / "unpacked", script)
    assert tried.stdout.strip() == "works", tried
