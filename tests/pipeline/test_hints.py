"""What a compiler's words usually mean."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.hints import (
    Hint,
    complaints,
    hint,
    last_exception,
    missing_symbols,
    system_library_hint,
)

if TYPE_CHECKING:
    from pathlib import Path


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
        ("Traceback …\nKeyError: 'mingw32'\n", "no compiler for Windows but", "clang-cl"),
        ("undefined symbol: __declspec(dllimport) bar", "has bar", "winarm.prefix=DIR"),
        ("undefined symbol: __declspec(dllimport) PyNo_Way", "has no PyNo_Way", "--python"),
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
    explained = hint(output)

    assert why in explained.why
    assert cure in explained.cure


def test_what_nobody_knows_is_left_to_the_reader() -> None:
    assert hint("something else") == Hint("", "")


def test_the_first_hint_that_fits_is_taken() -> None:
    assert "POSIX" in hint("fatal error: 'dlfcn.h' file not found\nundefined symbol: x").why


def test_long_output_takes_no_time() -> None:
    began = time.monotonic()

    hint("error: redefinition of x\n" * 5000)

    assert time.monotonic() - began < 20


class TestComplaints:
    def test_are_the_lines_in_which_a_program_complains(self) -> None:
        said = "copying error.py\nbuilding\nError: no x.lib\nthe build of x failed\ndone"

        assert complaints(said) == "Error: no x.lib\nthe build of x failed"

    @pytest.mark.parametrize("line", ["cc -Wno-error x.c", "tests/failed/x.py", "errors.c"])
    def test_a_flag_or_a_file_is_no_complaint(self, line: str) -> None:
        assert complaints(line) == ""

    def test_the_last_ones_are_kept_and_none_is_long(self) -> None:
        said = "\n".join(f"error: {number} {'x' * 10_000}" for number in range(1000))

        kept = complaints(said).splitlines()

        assert kept[-1].startswith("error: 999")
        assert len(kept) < 50
        assert max(map(len, kept)) < 1000


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("Traceback\n  File x\nRuntimeError: no Windows\n", "RuntimeError: no Windows"),
        ("distutils.errors.DistutilsError: a: b\n\n", "DistutilsError: a: b"),
        ("SystemExit: 3\n", "SystemExit: 3"),
        ("RuntimeError: early\nand more", ""),
        ("error: command failed", ""),
        ("KeyError\n", ""),
        ("", ""),
    ],
)
def test_the_exception_that_an_output_ends_with(output: str, words: str) -> None:
    assert last_exception(output) == words


def test_missing_symbols_are_named_once_without_their_decoration() -> None:
    output = (
        "lld-link: error: undefined symbol: __declspec(dllimport) CertOpenStore\n"
        ">>> referenced by a.o\n"
        "lld-link: error: undefined symbol: __imp_CertOpenStore\n"
        "lld-link: error: undefined symbol: own\n"
    )

    assert missing_symbols(output) == ["CertOpenStore", "own"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("inline int f(int x) { return x; }", "f is inline and not static in src/f.h"),
        ("__inline int *\nf (int x)\n{ return 0; }", "f is inline and not static in src/f.h"),
        ("static inline int f(int x) { return x; }", "No library that was linked has f"),
        ("inline int f(int x);\nint g(int x) { return f(x); }", "No library that was linked"),
    ],
)
def test_an_inline_function_of_the_projects_without_code_is_named(
    tmp_path: Path, source: str, why: str
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "f.h").write_text(source)

    assert why in hint("lld-link: error: undefined symbol: f\n", tmp_path).why


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("#ifdef _MSC_VER\n#define NGETRUSAGE\n#endif\n", "may work: a.c asks for _MSC_VER"),
        ("#ifdef _WIN32\n#endif\n", "expected to fail the same way"),
    ],
)
def test_what_the_project_decides_by_msvc_may_build_natively(
    tmp_path: Path, source: str, why: str
) -> None:
    (tmp_path / "a.c").write_text(source)
    said = (
        "In file included from a.c:9:\n./b.c:1:10: fatal error: 'sys/resource.h' file not found\n"
    )

    assert why in hint(said, tmp_path).why


def test_libraries_of_windows_are_named_with_the_setting() -> None:
    why, cure = system_library_hint({"CertOpenStore": "crypt32", "htonl": "ws2_32"})

    assert "CertOpenStore is in crypt32, htonl is in ws2_32" in why
    assert cure == "-C winarm.libraries='crypt32 ws2_32'"


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

    assert why in hint(f"error: unknown file type '{ending}' (from '{file}')").why


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
    assert f"The project runs {program} itself" in hint(output).why


@pytest.mark.parametrize("output", ["KeyError: 'lib'", "no such library: 'mt'", "rc: not found"])
def test_other_words_name_no_program(output: str) -> None:
    assert hint(output) == Hint("", "")
