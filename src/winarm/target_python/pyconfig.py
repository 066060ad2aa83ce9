"""The Windows `pyconfig.h` that the headers of a Python of another system are read with.

CPython's public headers are the same files on every system; what differs is `pyconfig.h`, which
`configure` writes on POSIX and which CPython keeps by hand, as PC/pyconfig.h(.in), for Windows.
The text made here is winarm's own. It defines what that file promises to extension modules
(facts of CPython 3.11 to 3.15), once for Microsoft's ABI and once for MinGW's, and leaves out
what only matters to building CPython itself and what pyport.h derives by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from winarm.target import WIN_ARM64, PythonABI, Target

#: Headers and functions that a Windows Python says it has. Not `HAVE_UNISTD_H` and its like,
#: though MinGW has them: sources that ask are written for the answer of the official Pythons.
_PRESENT = """
    HAVE_ACCEPT HAVE_BIND HAVE_CLOCK HAVE_CONIO_H HAVE_CONNECT HAVE_DECLSPEC_DLL HAVE_DECL_TZNAME
    HAVE_DIRECT_H HAVE_DUP HAVE_DYNAMIC_LOADING HAVE_ERF HAVE_ERFC HAVE_ERRNO_H HAVE_FCNTL_H
    HAVE_FTIME HAVE_GETHOSTBYADDR HAVE_GETHOSTBYNAME HAVE_GETHOSTNAME HAVE_GETPEERNAME HAVE_GETPID
    HAVE_GETPROTOBYNAME HAVE_GETSERVBYNAME HAVE_GETSERVBYPORT HAVE_GETSOCKNAME HAVE_INET_NTOA
    HAVE_INET_PTON HAVE_INTPTR_T HAVE_IO_H HAVE_LARGEFILE_SUPPORT HAVE_LIBSOCKET HAVE_LISTEN
    HAVE_MKTIME HAVE_PROCESS_H HAVE_PROTOTYPES HAVE_PUTENV HAVE_PY_SSIZE_T HAVE_RECVFROM
    HAVE_SENDTO HAVE_SETSOCKOPT HAVE_SETVBUF HAVE_SHUTDOWN HAVE_SIGNAL_H HAVE_SOCKET HAVE_STDDEF_H
    HAVE_STRERROR HAVE_STRFTIME HAVE_SYS_STAT_H HAVE_SYS_TYPES_H HAVE_SYS_UTIME_H HAVE_TEMPNAM
    HAVE_TMPFILE HAVE_TMPNAM HAVE_TZNAME HAVE_UINTPTR_T HAVE_UMASK HAVE_WCHAR_H HAVE_WCSCOLL
    HAVE_WCSFTIME HAVE_WCSXFRM
    DONT_HAVE_SIG_ALARM DONT_HAVE_SIG_PAUSE DOUBLE_IS_LITTLE_ENDIAN_IEEE754
    Py_SOCKET_FD_CAN_BE_GE_FD_SETSIZE STDC_HEADERS USE_SOCKET
    WITH_DOC_STRINGS WITH_FREELISTS WITH_PYMALLOC WITH_THREAD
"""

#: LLP64: only pointers and what counts memory have 64 bits. `off_t` has 32 bits in Microsoft's
#: C library; process identifiers are DWORDs (MinGW's `pid_t` is unused), and the code
#: that parses them by SIZEOF_PID_T is written for that.
_SIZES = {
    "LONG_BIT": 32,
    "WORD_BIT": 32,
    "SIZEOF__BOOL": 1,
    "SIZEOF_SHORT": 2,
    "SIZEOF_WCHAR_T": 2,
    "SIZEOF_INT": 4,
    "SIZEOF_LONG": 4,
    "SIZEOF_FLOAT": 4,
    "SIZEOF_OFF_T": 4,
    "SIZEOF_PID_T": 4,
    "SIZEOF_DOUBLE": 8,
    "SIZEOF_FPOS_T": 8,
    "SIZEOF_LONG_LONG": 8,
    "SIZEOF_TIME_T": 8,
    "ALIGNOF_LONG": 4,
    "ALIGNOF_MAX_ALIGN_T": 8,
}
_SIZED_AS_POINTERS = ("SIZEOF_VOID_P", "SIZEOF_SIZE_T", "SIZEOF_HKEY", "ALIGNOF_SIZE_T")

_WIDE = 64

#: The memory allocator that adds members to public enumerations and internal structures.
_MIMALLOC_SINCE = 13

#: PEP 11: win_amd64 and win32 are tier 1, win_arm64 is tier 3.
_TIER_OF_ARM64, _TIER_OF_OTHERS = 3, 1

_BEGIN = """\
#ifndef Py_CONFIG_H
#define Py_CONFIG_H

#if !defined(_WIN32)
#  error "this pyconfig.h is for Windows; the compiler makes code for another system"
#endif

/* No warnings about the functions that Microsoft would have us replace. */
#ifndef _CRT_SECURE_NO_DEPRECATE
#  define _CRT_SECURE_NO_DEPRECATE 1
#endif
#ifndef _CRT_NONSTDC_NO_DEPRECATE
#  define _CRT_NONSTDC_NO_DEPRECATE 1
#endif

#define MS_WINDOWS 1
#define MS_WIN32 1
#define NT_THREADS 1
#define PLATFORM "win32"
#define RETSIGTYPE void
#define _PYTHONFRAMEWORK ""
"""

#: What Python.h includes on Windows with every compiler.
_TYPES = """
#include <io.h>
#ifndef NO_STDIO_H
#  include <stdio.h>
#endif
#ifdef _MSC_VER
#  include <basetsd.h>
typedef int pid_t;
#endif
typedef {ssize_t} Py_ssize_t;
"""

_COMPILER = """
#if defined(__clang__)
#  define COMPILER "[Clang " __clang_version__ "]"
#elif defined(__GNUC__)
#  define COMPILER "[GCC " __VERSION__ "]"
#else
#  define COMPILER "[MSC]"
#endif

/* MinGW on x86 keeps the 80-bit format; Microsoft's ABI and Arm do not. */
#if defined(__SIZEOF_LONG_DOUBLE__)
#  define SIZEOF_LONG_DOUBLE __SIZEOF_LONG_DOUBLE__
#else
#  define SIZEOF_LONG_DOUBLE 8
#endif
"""

#: Linking is named in the source for Microsoft's linkers, as CPython's own file does: projects
#: that never mention the library rely on it. PEP 803: with Py_TARGET_ABI3T a module is for both
#: threadings, whichever this Python has.
_LINKAGE = """
#if !defined(MS_NO_COREDLL) && !defined(Py_NO_ENABLE_SHARED)
#  define Py_ENABLE_SHARED 1
#  define MS_COREDLL 1
#  if defined(_MSC_VER) && !defined(Py_NO_LINK_LIB) \\
      && !defined(Py_BUILD_CORE) && !defined(Py_BUILD_CORE_BUILTIN)
#    if defined(Py_TARGET_ABI3T)
#      pragma comment(lib, "{stable_free_threaded}.lib")
#    elif defined(Py_LIMITED_API)
#      pragma comment(lib, "{stable}.lib")
#    else
#      pragma comment(lib, "{full}.lib")
#    endif
#  endif
#endif

#endif
"""

#: The flavour is the interpreter's, not the project's: with the wrong one objects have another
#: layout. CPython's own file leaves it to the compiler's command line.
_FREE_THREADED = """
#ifndef Py_GIL_DISABLED
#  define Py_GIL_DISABLED 1
#endif
"""

#: Free-threaded headers name a thread by register 18 through an intrinsic of Microsoft's that
#: MinGW's headers lack on Arm (python/cpython#157212). Any other register stays an error.
_REGISTER_18 = """
#if defined(__MINGW32__) && defined(__aarch64__) && !defined(__getReg)
static inline unsigned long long winarm_register_18(void)
{
    unsigned long long value;
    __asm__("mov %0, x18" : "=r"(value));
    return value;
}
#  define __getReg(number) winarm_register_##number()
#endif
"""

_GIL_DISABLED = re.compile(r"^\s*#\s*define\s+Py_GIL_DISABLED\b", re.MULTILINE)

#: CPython's file has it for MinGW only since 3.12.
_WIN64_OF_MINGW = """
#if defined(__MINGW32__) && defined(_WIN64) && !defined(MS_WIN64)
#  define MS_WIN64
#endif
"""


def windows_pyconfig(abi: PythonABI, target: Target) -> str:
    """Return a whole `pyconfig.h` for modules of this Python on `target`."""
    return "".join(
        (
            _BEGIN,
            f"{_FREE_THREADED}{_REGISTER_18}" if abi.free_threaded else "",
            "\n",
            *_defined(_machine(target)),
            *_defined(_SIZES.items()),
            *_defined((name, 1) for name in _PRESENT.split()),
            "#define WITH_MIMALLOC 1\n" if abi.minor >= _MIMALLOC_SINCE else "",
            _TYPES.format(ssize_t="long long" if target.bits == _WIDE else "int"),
            _COMPILER,
            _LINKAGE.format(
                full=abi.library,
                stable=abi.stable_library,
                stable_free_threaded=replace(abi, free_threaded=True).stable_library,
            ),
        )
    )


def adapted_pyconfig(windows_own: str, abi: PythonABI) -> str:
    """Return the `pyconfig.h` of a Windows Python with what it leaves to the command line.

    A text that says everything by itself comes back unchanged.
    """
    additions = ""
    if abi.free_threaded and not _GIL_DISABLED.search(windows_own):
        additions += _FREE_THREADED
    if abi.free_threaded and "winarm_register_18" not in windows_own:
        additions += _REGISTER_18
    if "__MINGW32__" not in windows_own:
        additions += _WIN64_OF_MINGW
    return f"{additions}\n{windows_own}" if additions else windows_own


def is_windows_pyconfig(text: str) -> bool:
    """Return whether a `pyconfig.h` is a Windows Python's."""
    return "NT_THREADS" in text and "MS_WINDOWS" in text


def _machine(target: Target) -> Iterable[tuple[str, str | int]]:
    wide = target.bits == _WIDE
    if wide:
        yield "MS_WIN64", 1
    # Written out by CPython for Microsoft's compiler only; here both may use it in an `#if`.
    yield "PY_SSIZE_T_MAX", "LLONG_MAX" if wide else "INT_MAX"
    for name in _SIZED_AS_POINTERS:
        yield name, target.bits // 8
    yield "PYD_PLATFORM_TAG", f'"{target.wheel_platform}"'
    yield "PY_SUPPORT_TIER", _TIER_OF_ARM64 if target is WIN_ARM64 else _TIER_OF_OTHERS


def _defined(macros: Iterable[tuple[str, str | int]]) -> Iterable[str]:
    return (f"#define {name} {value}\n" for name, value in macros)
