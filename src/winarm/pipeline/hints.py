"""What the words of a failed compiler usually mean in a cross build, and what helps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

from winarm.errors import DOCUMENTATION

#: Headers that Windows does not have; code that includes them is written for POSIX systems.
POSIX_HEADERS = (
    r"(sys/(resource|mman|socket|wait|select|ioctl|uio|un|utsname|epoll|event|sysctl)|netinet/\w+|"
    r"arpa/inet|netdb|dlfcn|pwd|grp|termios|poll|syslog|sys/cdefs|endian|execinfo|ifaddrs)\.h"
)


#: What tells where libraries for the target come from.
LIBRARIES = f"{DOCUMENTATION}/libraries.html"

#: What a line has in which a program complains: a word of its own, no part of a flag or a name.
_COMPLAINT = re.compile(
    r"(?<![-\w./=])(?:error|failed|failure|fatal|cannot|could not|unable to)\b(?![.\w/\\])",
    re.IGNORECASE,
)
#: How many of them are shown, and how much of each.
_COMPLAINTS = 15
_LINE_LENGTH = 500


class Hint(NamedTuple):
    """What a failure usually means and what to do about it."""

    why: str
    cure: str


#: How lld begins to say that a symbol is nowhere.
_UNDEFINED = r"undefined symbol: (?:__declspec\(dllimport\) )?"

_HINTS: tuple[tuple[str, Hint], ...] = (
    (
        rf"Could NOT find OpenMP|fatal error: 'omp\.h' file not found|{_UNDEFINED}(__kmpc_|omp_)\w",
        Hint(
            "The code uses OpenMP, and the toolchain has no runtime of it.",
            "LLVM's libomp for ARM64 Windows is in MSYS2 (mingw-w64-clang-aarch64-openmp) and in "
            "conda-forge's win-arm64 (llvm-openmp): -C winarm.prefix=DIR. "
            f"See {LIBRARIES}#openmp",
        ),
    ),
    (
        rf"fatal error: '{POSIX_HEADERS}' file not found",
        Hint(
            "The code includes a header of POSIX systems: it is not written for Windows, or takes "
            "this branch by mistake.",
            "See whether the project supports Windows at all.",
        ),
    ),
    (
        r"fatal error: '(?P<header>[^']+)' file not found",
        Hint(
            "Neither the project nor the toolchain has {header}: it belongs to a library that "
            "must be there for the target, too, and the host's does not count.",
            "Name an install tree of that library, built for ARM64 Windows: "
            f"-C winarm.prefix=DIR. See {LIBRARIES}",
        ),
    ),
    (
        r"any-windows-any/[^\n]*: (error|note: previous definition)",
        Hint(
            "The project's code for Windows does not agree with this toolchain's Windows headers, "
            "which are MinGW's: it expects Microsoft's.",
            "Take a toolchain that has Microsoft's headers (winarm doctor tells which are there), "
            "or report it to the project.",
        ),
    ),
    (
        rf"{_UNDEFINED}(?P<symbol>_?Py[A-Z_]\w+)",
        Hint(
            "The Python that this is built for has no {symbol}: the code, or what Cython made of "
            "it, is written for an older or a newer one.",
            "Build a newer version of the project, or for another Python: --python.",
        ),
    ),
    (
        r"duplicate symbol: (?P<symbol>\S+)",
        Hint(
            "Two files define {symbol}. Where a header's inline function comes out of both C and "
            "C++, linkers of other systems take either, and Windows' take neither.",
            "Take clang-cl, which lets the linker choose; or have the project make it static.",
        ),
    ),
    (
        rf"{_UNDEFINED}(?P<symbol>\S+)",
        Hint(
            "No library that was linked has {symbol}: one is missing, or the code is for another "
            "system or processor.",
            "Name an install tree of the library, built for ARM64 Windows (-C winarm.prefix=DIR), "
            f"and the library, if the project does not: -C winarm.libraries=NAME. See {LIBRARIES}",
        ),
    ),
    (
        r"(?:unable to find dynamic system library|could not open) '(?P<library>[^']+)'",
        Hint(
            "The library {library} is not there for the target; the host's does not count.",
            "Name an install tree that has it, built for ARM64 Windows: -C winarm.prefix=DIR. "
            f"See {LIBRARIES}",
        ),
    ),
    (
        r"Package '(?P<package>[^']+)', required by '(?P<by>[^']+)', not found",
        Hint(
            "{by}.pc of a prefix requires {package}, which no prefix has.",
            f"Name the prefix that has {{package}}, too: -C winarm.prefix=DIR. See {LIBRARIES}",
        ),
    ),
    *(
        (
            pattern,
            Hint(
                "The project asks pkg-config for {package}, and no prefix has it; the host's does "
                "not count.",
                "Name an install tree of it, built for ARM64 Windows: -C winarm.prefix=DIR. "
                f"See {LIBRARIES}",
            ),
        )
        for pattern in (
            r"Package '?(?P<package>[\w.+-]+)'? was not found in the pkg-config search path",
            r'ERROR: Dependency "(?P<package>[^"]+)" not found',
        )
    ),
    (
        r"<[a-z]mm\w*intrin\.h>|<x86intrin\.h>|__cpuid|_mm_\w+|only meant to be used on x86",
        Hint(
            "The code uses instructions of x86, which the target does not have.",
            "Look for a switch of the project's that turns them off.",
        ),
    ),
    (
        r"configure: error: cannot run C compiled programs",
        Hint(
            "The project runs a `configure` of Autoconf's, which takes this machine for the one "
            "that the code will run on.",
            "Build that library apart with --host=aarch64-w64-mingw32 and the compiler that "
            "`winarm env` names; then name where it was installed: -C winarm.prefix=DIR. "
            f"See {LIBRARIES}",
        ),
    ),
    (
        r"(?i:(?:unsupported|unknown) compiler[^\n]*mingw32)",
        Hint(
            "The project knows no compiler for Windows but Microsoft's.",
            "Take clang-cl, which it does know: --toolchain clang-cl (winarm doctor tells what "
            "that needs here).",
        ),
    ),
    (
        r"No space left on device|ENOSPC|not enough space",
        Hint("The disk is full.", "Free space, or point TMPDIR and WINARM_CACHE_DIR elsewhere."),
    ),
)


#: Symbols that no library was given for, of C and with what C++ says of their types.
_MISSING = re.compile(rf"{_UNDEFINED}(?:__imp_)?(?P<symbol>[A-Za-z_]\w*)")


def missing_symbols(output: str) -> list[str]:
    r"""Return the undefined symbols that a linker names.

    >>> missing_symbols("lld-link: error: undefined symbol: __declspec(dllimport) CertOpenStore\n")
    ['CertOpenStore']
    """
    return list(dict.fromkeys(match["symbol"] for match in _MISSING.finditer(output)))


def system_library_hint(libraries: Mapping[str, str]) -> Hint:
    """Return what to do where libraries of Windows have symbols that are missing.

    >>> print(system_library_hint({"CertOpenStore": "crypt32"}).why)
    CertOpenStore is in crypt32, a library of Windows that the project does not name.
    """
    if not libraries:
        return Hint("", "")
    symbols = sorted(libraries)
    names = sorted(set(libraries.values()))
    shown = [f"{symbol} is in {libraries[symbol]}" for symbol in symbols[:_SHOWN]]
    more = ", and others" if len(symbols) > _SHOWN else ""
    noun = "a library" if len(names) == 1 else "libraries"
    value = names[0] if len(names) == 1 else f"'{' '.join(names)}'"
    return Hint(
        f"{', '.join(shown)}{more}, {noun} of Windows that the project does not name.",
        f"-C winarm.libraries={value}",
    )


#: How many symbols are named with their libraries.
_SHOWN = 5


def hint(output: str) -> Hint:
    """Return what a compiler's or linker's `output` usually means; empty where nobody knows."""
    for pattern, meaning in _HINTS:
        match = re.search(pattern, output)
        if match:
            named = {name: value or "it" for name, value in match.groupdict().items()}
            return Hint(*(text.format(**named) for text in meaning))
    return Hint("", "")


#: The last line of a traceback, without the module that the exception is from.
_RAISED = re.compile(r"(?:[a-z_]\w*\.)*(?P<words>[A-Z]\w*(?:Error|Exception|Exit|Interrupt)\b: .+)")


def last_exception(output: str) -> str:
    r"""Return the exception that an output ends with, empty if it ends with none.

    >>> last_exception("Traceback …\n  File …\na.b.RuntimeError: no Windows here\n")
    'RuntimeError: no Windows here'
    """
    last = output.rstrip().rpartition("\n")[2][:_LINE_LENGTH]
    match = _RAISED.fullmatch(last)
    return match["words"] if match else ""


def complaints(output: str) -> str:
    r"""Return the last lines of an output in which a program complains.

    >>> complaints("copying error.py\nerror: no x.lib\ncc -Wno-error x.c\nbuild of x failed")
    'error: no x.lib\nbuild of x failed'
    """
    lines = [line.strip()[:_LINE_LENGTH] for line in output.splitlines()]
    return "\n".join([line for line in lines if _COMPLAINT.search(line)][-_COMPLAINTS:])
