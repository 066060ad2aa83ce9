from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI
from winarm.target_python.pyconfig import adapted_pyconfig, is_windows_pyconfig, windows_pyconfig

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.target import Target

#: What the pyconfig.h of an official Python 3.13 for Windows has a value for on ARM64, as it
#: stands there; a macro that is only defined has the value "".
OFFICIAL_ARM64 = {
    "ALIGNOF_LONG": "4",
    "ALIGNOF_MAX_ALIGN_T": "8",
    "ALIGNOF_SIZE_T": "8",
    "DONT_HAVE_SIG_ALARM": "",
    "DONT_HAVE_SIG_PAUSE": "",
    "DOUBLE_IS_LITTLE_ENDIAN_IEEE754": "1",
    "HAVE_ACCEPT": "1",
    "HAVE_BIND": "1",
    "HAVE_CLOCK": "",
    "HAVE_CONIO_H": "1",
    "HAVE_CONNECT": "1",
    "HAVE_DECLSPEC_DLL": "",
    "HAVE_DECL_TZNAME": "1",
    "HAVE_DIRECT_H": "1",
    "HAVE_DUP": "1",
    "HAVE_DYNAMIC_LOADING": "",
    "HAVE_ERF": "1",
    "HAVE_ERFC": "1",
    "HAVE_ERRNO_H": "1",
    "HAVE_FCNTL_H": "1",
    "HAVE_FTIME": "",
    "HAVE_GETHOSTBYADDR": "1",
    "HAVE_GETHOSTBYNAME": "1",
    "HAVE_GETHOSTNAME": "1",
    "HAVE_GETPEERNAME": "",
    "HAVE_GETPID": "",
    "HAVE_GETPROTOBYNAME": "1",
    "HAVE_GETSERVBYNAME": "1",
    "HAVE_GETSERVBYPORT": "1",
    "HAVE_GETSOCKNAME": "1",
    "HAVE_INET_NTOA": "1",
    "HAVE_INET_PTON": "1",
    "HAVE_INTPTR_T": "1",
    "HAVE_IO_H": "",
    "HAVE_LARGEFILE_SUPPORT": "",
    "HAVE_LIBSOCKET": "1",
    "HAVE_LISTEN": "1",
    "HAVE_MKTIME": "",
    "HAVE_PROCESS_H": "1",
    "HAVE_PROTOTYPES": "",
    "HAVE_PUTENV": "",
    "HAVE_PY_SSIZE_T": "1",
    "HAVE_RECVFROM": "1",
    "HAVE_SENDTO": "1",
    "HAVE_SETSOCKOPT": "1",
    "HAVE_SETVBUF": "",
    "HAVE_SHUTDOWN": "1",
    "HAVE_SIGNAL_H": "1",
    "HAVE_SOCKET": "1",
    "HAVE_STDDEF_H": "1",
    "HAVE_STRERROR": "",
    "HAVE_STRFTIME": "",
    "HAVE_SYS_STAT_H": "1",
    "HAVE_SYS_TYPES_H": "1",
    "HAVE_SYS_UTIME_H": "",
    "HAVE_TEMPNAM": "",
    "HAVE_TMPFILE": "",
    "HAVE_TMPNAM": "",
    "HAVE_TZNAME": "",
    "HAVE_UINTPTR_T": "1",
    "HAVE_UMASK": "1",
    "HAVE_WCHAR_H": "1",
    "HAVE_WCSCOLL": "1",
    "HAVE_WCSFTIME": "1",
    "HAVE_WCSXFRM": "1",
    "LONG_BIT": "32",
    "MS_COREDLL": "",
    "MS_WIN32": "",
    "MS_WIN64": "",
    "MS_WINDOWS": "",
    "NT_THREADS": "",
    "PLATFORM": '"win32"',
    "PYD_PLATFORM_TAG": '"win_arm64"',
    "PY_SSIZE_T_MAX": "LLONG_MAX",
    "PY_SUPPORT_TIER": "3",
    "Py_ENABLE_SHARED": "1",
    "Py_SOCKET_FD_CAN_BE_GE_FD_SETSIZE": "",
    "RETSIGTYPE": "void",
    "SIZEOF_DOUBLE": "8",
    "SIZEOF_FLOAT": "4",
    "SIZEOF_FPOS_T": "8",
    "SIZEOF_HKEY": "8",
    "SIZEOF_INT": "4",
    "SIZEOF_LONG": "4",
    "SIZEOF_LONG_LONG": "8",
    "SIZEOF_OFF_T": "4",
    "SIZEOF_PID_T": "SIZEOF_INT",
    "SIZEOF_SHORT": "2",
    "SIZEOF_SIZE_T": "8",
    "SIZEOF_TIME_T": "8",
    "SIZEOF_VOID_P": "8",
    "SIZEOF_WCHAR_T": "2",
    "SIZEOF__BOOL": "1",
    "STDC_HEADERS": "1",
    "USE_SOCKET": "",
    "WITH_DOC_STRINGS": "1",
    "WITH_FREELISTS": "1",
    "WITH_MIMALLOC": "1",
    "WITH_PYMALLOC": "1",
    "WITH_THREAD": "",
    "WORD_BIT": "32",
    "_CRT_NONSTDC_NO_DEPRECATE": "1",
    "_CRT_SECURE_NO_DEPRECATE": "1",
    "_PYTHONFRAMEWORK": '""',
}
#: The same of a 32-bit one, where it differs.
OFFICIAL_X86 = {
    "ALIGNOF_SIZE_T": "4",
    "PYD_PLATFORM_TAG": '"win32"',
    "PY_SSIZE_T_MAX": "INT_MAX",
    "PY_SUPPORT_TIER": "1",
    "SIZEOF_HKEY": "4",
    "SIZEOF_SIZE_T": "4",
    "SIZEOF_VOID_P": "4",
}

#: Ours alone: the compiler's own name, and a size that compilers for Windows disagree about.
OF_THE_COMPILER = {"COMPILER", "SIZEOF_LONG_DOUBLE"}


def macros(text: str) -> dict[str, str]:
    found = re.findall(
        r"^[ \t]*#[ \t]*define[ \t]+(\w+(?:\(\w+\))?)[ \t]*(.*)$", text, re.MULTILINE
    )
    return {name: value for name, value in found if name not in {"Py_CONFIG_H", *OF_THE_COMPILER}}


def as_one_says(official: dict[str, str]) -> dict[str, str]:
    """Spell the facts as winarm does: what is only defined there has a value that `#if` takes."""
    return {
        name: {"": "1", "SIZEOF_INT": "4"}.get(value, value) for name, value in official.items()
    }


def test_every_macro_has_the_value_of_the_official_one() -> None:
    assert macros(windows_pyconfig(PythonABI(13), WIN_ARM64)) == as_one_says(OFFICIAL_ARM64)


def test_a_32_bit_python_differs_where_the_official_one_does() -> None:
    expected = as_one_says(OFFICIAL_ARM64 | OFFICIAL_X86)
    del expected["MS_WIN64"]

    assert macros(windows_pyconfig(PythonABI(13), WIN32)) == expected


def test_an_x64_python_differs_by_its_name_and_tier() -> None:
    arm = macros(windows_pyconfig(PythonABI(13), WIN_ARM64))
    x64 = macros(windows_pyconfig(PythonABI(13), WIN_AMD64))

    assert dict(x64.items() - arm.items()) == {
        "PYD_PLATFORM_TAG": '"win_amd64"',
        "PY_SUPPORT_TIER": "1",
    }


@pytest.mark.parametrize(("minor", "there"), [(11, False), (12, False), (13, True), (15, True)])
def test_mimalloc_is_there_since_python_3_13(minor: int, *, there: bool) -> None:
    assert ("WITH_MIMALLOC" in macros(windows_pyconfig(PythonABI(minor), WIN_ARM64))) is there


@pytest.mark.parametrize("minor", [13, 14, 15])
def test_only_a_free_threaded_python_disables_the_gil(minor: int) -> None:
    free = macros(windows_pyconfig(PythonABI(minor, free_threaded=True), WIN_ARM64))
    other = macros(windows_pyconfig(PythonABI(minor), WIN_ARM64))

    assert dict(free.items() - other.items()) == {
        "Py_GIL_DISABLED": "1",
        "__getReg(number)": "winarm_register_##number()",
    }


@pytest.mark.parametrize(
    ("abi", "libraries"),
    [
        (PythonABI(11), ["python3t.lib", "python3.lib", "python311.lib"]),
        (PythonABI(14, free_threaded=True), ["python3t.lib", "python3t.lib", "python314t.lib"]),
    ],
)
def test_microsofts_linkers_are_told_the_library(abi: PythonABI, libraries: list[str]) -> None:
    text = windows_pyconfig(abi, WIN_ARM64)

    assert re.findall(r'comment\(lib, "([^"]+)"\)', text) == libraries


def test_it_is_told_from_what_configure_writes() -> None:
    assert is_windows_pyconfig(windows_pyconfig(PythonABI(12), WIN_ARM64))
    assert not is_windows_pyconfig("#define HAVE_PTHREAD_H 1\n#define SIZEOF_LONG 8\n")
    assert not is_windows_pyconfig("")


OFFICIAL_TEXT = (
    "/* official */\n#ifdef __MINGW32__\n#ifdef _WIN64\n#define MS_WIN64\n#endif\n#endif"
)


def test_an_official_one_that_says_everything_stays_as_it_is() -> None:
    assert adapted_pyconfig(OFFICIAL_TEXT, PythonABI(13)) == OFFICIAL_TEXT


def test_an_official_one_that_leaves_the_flavour_open_is_told_it() -> None:
    commented = f"{OFFICIAL_TEXT}\n/* #define Py_GIL_DISABLED 1 */\n"
    free_threaded = PythonABI(13, free_threaded=True)

    adapted = adapted_pyconfig(commented, free_threaded)

    assert adapted.endswith(commented)
    assert macros(adapted.removesuffix(commented)).keys() == {"Py_GIL_DISABLED", "__getReg(number)"}
    assert adapted_pyconfig(adapted, free_threaded) == adapted
    assert adapted_pyconfig(commented, PythonABI(13)) == commented


def test_an_official_one_of_3_11_is_told_of_mingw() -> None:
    old = "/* official */\n#ifdef _MSC_VER\n#define MS_WIN64\n#endif\n"

    adapted = adapted_pyconfig(old, PythonABI(11))

    assert adapted.endswith(old)
    assert adapted_pyconfig(adapted, PythonABI(11)) == adapted


#: Every size and alignment that it claims must be the compiler's. Not SIZEOF_PID_T: see there.
CLAIMS = """
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>
#include <wchar.h>
#include <limits.h>
#include <stdio.h>
#include <windows.h>
#include "pyconfig.h"
#define CLAIM(macro, type) _Static_assert(macro == sizeof(type), #macro)
CLAIM(SIZEOF__BOOL, _Bool);
CLAIM(SIZEOF_SHORT, short);
CLAIM(SIZEOF_WCHAR_T, wchar_t);
CLAIM(SIZEOF_INT, int);
CLAIM(SIZEOF_LONG, long);
CLAIM(SIZEOF_LONG_LONG, long long);
CLAIM(SIZEOF_FLOAT, float);
CLAIM(SIZEOF_DOUBLE, double);
CLAIM(SIZEOF_LONG_DOUBLE, long double);
CLAIM(SIZEOF_OFF_T, off_t);
CLAIM(SIZEOF_FPOS_T, fpos_t);
CLAIM(SIZEOF_TIME_T, time_t);
CLAIM(SIZEOF_VOID_P, void *);
CLAIM(SIZEOF_SIZE_T, size_t);
CLAIM(SIZEOF_SIZE_T, Py_ssize_t);
CLAIM(SIZEOF_HKEY, HKEY);
_Static_assert(ALIGNOF_LONG == _Alignof(long), "ALIGNOF_LONG");
_Static_assert(ALIGNOF_SIZE_T == _Alignof(size_t), "ALIGNOF_SIZE_T");
_Static_assert(LONG_BIT == CHAR_BIT * sizeof(long), "LONG_BIT");
#if PY_SSIZE_T_MAX < 2147483647
#error "PY_SSIZE_T_MAX is no number to the preprocessor"
#endif
"""


@pytest.mark.integration
@pytest.mark.parametrize("target", [WIN_ARM64, WIN_AMD64, WIN32], ids=lambda t: t.wheel_platform)
def test_the_compiler_agrees_with_every_size(
    zig_host: Host, zig: Toolchain, tmp_path: Path, target: Target
) -> None:
    (tmp_path / "pyconfig.h").write_text(windows_pyconfig(PythonABI(13), target))
    (tmp_path / "claims.c").write_text(CLAIMS)

    answer = zig_host.run(
        [zig.cc[0], "cc", "-target", target.zig_triple, "-Wall", "-c", "claims.c"],
        cwd=tmp_path,
        timeout=600,
    )

    assert (answer.status, answer.stderr) == (0, "")


@pytest.mark.integration
@pytest.mark.parametrize("abi", [PythonABI(11), PythonABI(14, free_threaded=True)], ids=str)
def test_microsofts_abi_reads_it_too(
    zig_host: Host, zig: Toolchain, tmp_path: Path, abi: PythonABI
) -> None:
    """No Microsoft headers are at hand: empty ones stand in for those that it includes."""
    (tmp_path / "pyconfig.h").write_text(windows_pyconfig(abi, WIN_ARM64))
    for name in ("io.h", "stdio.h", "basetsd.h"):
        (tmp_path / name).write_text("")
    (tmp_path / "use.c").write_text('#include "pyconfig.h"\npid_t pid; Py_ssize_t size;\n')
    compiler = [zig.cc[0], "clang", f"--target={WIN_ARM64.msvc_triple}", "-nostdinc", "-I."]

    answer = zig_host.run([*compiler, "-S", "-o", "-", "use.c"], cwd=tmp_path, timeout=60)

    assert (answer.status, answer.stderr) == (0, "")
    assert f"{abi.library}.lib" in answer.stdout
    assert f"{abi.stable_library}.lib" not in answer.stdout.replace(f"{abi.library}.lib", "")
