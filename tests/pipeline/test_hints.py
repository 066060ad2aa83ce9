"""What a compiler's words usually mean."""

from __future__ import annotations

import pytest

from winarm.pipeline.failures import explain
from winarm.pipeline.hints import Hint


@pytest.mark.parametrize(
    ("output", "why", "cure"),
    [
        ("x.c:1:10: fatal error: 'sys/mman.h' file not found", "POSIX", "supports Windows"),
        ("x.c:1:10: fatal error: 'zlib.h' file not found", "has zlib.h", "winarm.prefix=DIR"),
        ("x.c:1:10: fatal error: 'a{b}/c.h' file not found", "has a{b}/c.h", "winarm.prefix=DIR"),
        ("lld-link: error: undefined symbol: PyUnicode_GET_SIZE", "has no PyUnicode", "--python"),
        ("lld-link: error: duplicate symbol: search", "inline", "clang-cl"),
        ("configure: error: cannot run C compiled programs.", "Autoconf", "--host="),
        ("Exception: unsupported compiler type: mingw32", "Microsoft's", "clang-cl"),
        ("lld-link: error: undefined symbol: foo_bar\n", "has foo_bar", "winarm.prefix=DIR"),
        ("PermissionError: [Errno 13] Permission denied: '/p/b.bat'", "runs /p/b.bat", "a switch"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "setuptools", "setuptools<81"),
        ("ModuleNotFoundError: No module named 'distutils.core'\n", "3.12", "=setuptools"),
        ("ModuleNotFoundError: No module named 'imp'\n", "since 3.12", "--python 3.11"),
        ("ModuleNotFoundError: No module named 'pipes'\n", "since 3.13", "--python 3.12"),
        ("ModuleNotFoundError: No module named 'numpy'\n", "imports numpy,", "=numpy,"),
        ("ModuleNotFoundError: No module named 'numpy.distutils'\n", "NumPy has", "--python 3.11"),
        ("Traceback …\nKeyError: 'mingw32'\n", "no compiler for Windows but", "clang-cl"),
        ("undefined symbol: __declspec(dllimport) bar", "has bar", "winarm.prefix=DIR"),
        ("undefined symbol: __declspec(dllimport) PyNo_Way", "has no PyNo_Way", "--python"),
        ("undefined symbol: PyModule_Create2", "Python's own library", "Python::Module"),
        (
            "error: unable to find dynamic system library 'z' using strategy",
            "library z is not there",
            "winarm.prefix=DIR",
        ),
        (
            "lld-link: error: could not open 'libz.a': No such file",
            "library libz.a is not there",
            "winarm.prefix=DIR",
        ),
        (
            "meson.build:1:0: ERROR: 'fortran' compiler binary not defined in cross file",
            "do not have: fortran",
            "Switch off",
        ),
        ("#include <emmintrin.h>", "instructions of x86", "switch"),
        ("x.c: error: call to undeclared function '_mm_add_ps'", "x86", "switch"),
        ("/EHa is refused: no such thing here. It would", "passes /EHa", "drop-flags=/EHa"),
        ("write: No space left on device", "disk is full", "WINARM_CACHE_DIR"),
        (
            "note: checking cache failed: manifest_create ReadOnlyFileSystem",
            "cannot write its cache",
            "WINARM_CACHE_DIR",
        ),
    ],
)
def test_known_words_are_explained(output: str, why: str, cure: str) -> None:
    explained = explain(output)

    assert why in explained.why
    assert cure in explained.cure


def test_what_nobody_knows_is_left_to_the_reader() -> None:
    assert explain("something else") == Hint("", "")


def test_the_first_hint_that_fits_is_taken() -> None:
    assert "POSIX" in explain("fatal error: 'dlfcn.h' file not found\nundefined symbol: x").why


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("m.ixx", "modules of C++20 (.ixx)"),
        ("m.mc", "mc.exe"),
        ("x.f90", "Fortran (.f90)"),
        ("x.zig", "files that end in .zig"),
    ],
)
def test_a_file_that_setuptools_does_not_compile_is_no_code_of_another_machine(
    file: str, why: str
) -> None:
    ending = file[file.index(".") :]

    assert why in explain(f"error: unknown file type '{ending}' (from '{file}')").why


@pytest.mark.parametrize(
    ("output", "program"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: 'cl'", "cl"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'link.exe'", "link"),
        ("/bin/sh: 1: nmake: not found", "nmake"),
        ("bash: line 1: msbuild: command not found", "msbuild"),
    ],
)
def test_a_program_of_visual_studio_is_named(output: str, program: str) -> None:
    assert f"The project runs {program} itself" in explain(output).why


def test_a_missing_module_counts_only_where_the_build_ends_with_it() -> None:
    caught = "ModuleNotFoundError: No module named 'numpy'\nRuntimeError: something else\n"

    assert explain(caught) == Hint("", "")


@pytest.mark.parametrize("output", ["KeyError: 'lib'", "no such library: 'mt'", "rc: not found"])
def test_other_words_name_no_program(output: str) -> None:
    assert explain(output) == Hint("", "")
