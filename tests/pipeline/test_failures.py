"""What is read from the output of a failed build, and what the words of CMake mean."""

from __future__ import annotations

import time

import pytest

from winarm.pipeline.failures import (
    complaints,
    explain,
    first_error,
    last_exception,
    missing_symbols,
    system_library_hint,
)

CMAKE_ERROR = """\
-- Detecting C compile features - done
CMake Error at src/CMakeLists.txt:7 (message):
  this project needs

  something
Call Stack (most recent call first):
  CMakeLists.txt:3 (add_subdirectory)


-- Configuring incomplete, errors occurred!
"""


def test_first_error_of_cmake_is_found_with_its_place() -> None:
    assert first_error(CMAKE_ERROR).splitlines() == [
        "CMake Error at src/CMakeLists.txt:7 (message):",
        "  this project needs",
        "",
        "  something",
        "Call Stack (most recent call first):",
        "  CMakeLists.txt:3 (add_subdirectory)",
    ]


@pytest.mark.parametrize(
    "error",
    [
        "meson.build:3:0: ERROR: Unknown type uint12.",
        "lld-link: error: undefined symbol: f\n>>> referenced by a.obj:(g)",
        "error: lld-link: undefined symbol: f\n    note: referenced by a.obj:(g)",
        "C:\\p\\a.c:3:1: fatal error: 'x.h' file not found\n    3 | #include <x.h>",
        "ninja: error: 'x.c', needed by 'x.o', missing and no known rule to make it",
    ],
)
def test_first_error_of_other_programs_is_found(error: str) -> None:
    assert first_error(f"-- Looking for f - failed\n[1/2] cc\n{error}\nlater") == error


def test_output_without_an_error_has_none() -> None:
    assert not first_error("ninja: build stopped: subcommand failed.")


def test_endless_message_is_cut() -> None:
    assert len(first_error("CMake Error: oops\n" + "  more\n" * 10_000).splitlines()) == 40


@pytest.mark.parametrize(
    ("said", "why", "cure"),
    [
        ("make: del: No such file or directory\n", "runs del", "cmake -E rm"),
        ("error: <urlopen error [Errno -2] Name or service not known>", "fetches", "the network"),
        ("sh: 1: copy: not found\n", "runs copy", "cmake -E"),
        (
            (
                "CMake Error at CMakeLists.txt:2 (project):\n  Generator\n\n    Ninja\n\n  does "
                "not support platform specification, but platform\n\n    x64\n\n  was specified."
            ),
            "`-A x64`",
            "ARM64",
        ),
        (
            "CMake Error: Could not create named generator Visual Studio 17 2022\n",
            "Visual Studio 17 2022",
            "generator",
        ),
        (
            (
                "CMake Error: try_run() invoked in cross-compiling mode, please set the following "
                "cache variables appropriately:\n   HAVE_X_EXITCODE (advanced)\n"
            ),
            "configures",
            "cmake.define.HAVE_X_EXITCODE=VALUE",
        ),
        (
            "winarm: error: /EHa is refused: no such thing here. It would change the code",
            "passes /EHa",
            "drop-flags=/EHa",
        ),
        (
            "-- Performing Test HAVE_X\n\n*** CMake configuration failed\n",
            "3.25.1 crash",
            "cmake.version",
        ),
        (
            'error: target architecture aarch64 has no LLVM CPU feature named "sse4.2"',
            "x86 processors (sse4.2)",
            "drop-flags",
        ),
        (
            "clang++: error: unsupported option '-mavx2' for target 'aarch64-pc-windows-msvc'",
            "x86 processors (-mavx2)",
            "drop-flags",
        ),
        ("error: /arch:AVX2: unrecognized file extension", "(/arch:AVX2)", "drop-flags"),
        (
            (
                ": && zig c++ -o x.dll x.obj /usr/lib/x86_64-linux-gnu/libz.a -lkernel32\n"
                "lld-link: error: unknown file type: adler32.o"
            ),
            "/usr/lib/x86_64-linux-gnu/libz.a",
            "winarm.prefix",
        ),
        (
            "lld-link: error: deps/zlib.lib(adler32.obj): machine type x64 conflicts with arm64",
            "deps/zlib.lib",
            "winarm.prefix",
        ),
        (
            # What the linker of a setup.py says.
            "lld-link: error: unknown file type: adler32.o",
            "given adler32.o,",
            "winarm.prefix",
        ),
        (
            r"lld-link: error: C:\deps\z.lib(a.obj): machine type x64 conflicts with arm64",
            r"given C:\deps\z.lib,",
            "winarm.prefix",
        ),
        (
            (
                "[2/5] Linking C executable tools/maketable.exe\n[3/5] Generating table.c\n"
                "FAILED: table.c\n/bin/sh: 1: maketable: not found\n"
            ),
            "maketable for the target",
            "CMAKE_CROSSCOMPILING",
        ),
        (
            "/bin/sh: 1: ./maketable.exe: Exec format error",
            "./maketable.exe for the target",
            "CMAKE_CROSSCOMPILING_EMULATOR",
        ),
        (
            "/bin/sh: line 1: ./maketable.exe: Permission denied",
            "./maketable.exe for the target",
            "CMAKE_CROSSCOMPILING_EMULATOR",
        ),
        (
            "ERROR: An exe_wrapper is needed for /b/tool.exe but was not found. Please define one",
            "run a program",
            "CMAKE_CROSSCOMPILING_EMULATOR",
        ),
        (
            "meson.build:3:0: ERROR: Can not run test applications in this cross environment.",
            "run a program",
            "native: true",
        ),
        ("  Could NOT find OpenMP_C (missing: OpenMP_C_FLAGS)", "OpenMP", "llvm-openmp"),
        ('meson.build:3:9: ERROR: Dependency "openmp" not found', "OpenMP", "llvm-openmp"),
        ("  Could NOT find ZLIB (missing: ZLIB_LIBRARY)", "ZLIB is not there", "winarm.prefix"),
        ('  By not providing "FindEigen3.cmake" in', "Eigen3 is not there", "winarm.prefix"),
        (
            "fatal: unable to access: Could not resolve host: github.com",
            "fetches something",
            "Check the network",
        ),
        (
            "Could not resolve host: example.org\n  Build step for lib_zmq failed: 1",
            "fetches lib_zmq",
            "-C cmake.define.FETCHCONTENT_SOURCE_DIR_LIB_ZMQ=DIR",
        ),
        (
            "error: downloading 'https://x.org/y' failed\n /b/CMakeFiles/fc-tmp/y/download.cmake:7",
            "fetches y",
            "-C cmake.define.FETCHCONTENT_SOURCE_DIR_Y=DIR",
        ),
        (
            "CMake Error at CMakeLists.txt:2 (project):\n  No CMAKE_CXX_COMPILER could be found.",
            "cannot compile",
            "--toolchain",
        ),
        (
            '  The C++ compiler\n\n    "c++"\n\n  is not able to compile a simple test program.',
            "cannot compile",
            "--toolchain",
        ),
    ],
)
def test_words_are_explained(said: str, why: str, cure: str) -> None:
    meaning = explain(f"-- something before\n{said}\nsomething after\n")

    assert why in meaning.why
    assert cure in meaning.cure


@pytest.mark.parametrize(
    "said",
    [
        "ld.lld: error: cannot open output file x.exe: Permission denied",
        "zig.exe: error: unable to open output file 'x.o': Permission denied",
    ],
)
def test_what_a_tool_cannot_write_is_not_what_the_build_runs(said: str) -> None:
    assert explain(said).why == ""


def test_words_of_a_compiler_are_explained_as_everywhere() -> None:
    meaning = explain("x.c:1:10: fatal error: 'zlib.h' file not found")

    assert "zlib.h" in meaning.why


def test_a_library_that_is_optional_is_no_reason() -> None:
    assert explain("-- Could NOT find OpenMP_C (missing: OpenMP_C_FLAGS)\n") == ("", "")


def test_unknown_words_get_no_explanation() -> None:
    assert explain("everything is fine") == ("", "")


def test_long_output_takes_no_time() -> None:
    began = time.monotonic()

    explain("error: redefinition of x\n" * 5000)

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


def test_libraries_of_windows_are_named_with_the_setting() -> None:
    why, cure = system_library_hint({"CertOpenStore": "crypt32", "htonl": "ws2_32"})

    assert "CertOpenStore is in crypt32, htonl is in ws2_32" in why
    assert cure == "-C winarm.libraries='crypt32 ws2_32'"
