"""What the words of a failed compiler usually mean in a cross build, and what helps.

Each entry of the table is tested with words of the real tools (`tests/integration/test_hints.py`),
so that a new wording is noticed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from winarm.errors import DOCUMENTATION

#: Headers that Windows does not have; code that includes them is written for POSIX systems.
POSIX_HEADERS = (
    r"(sys/(resource|mman|socket|wait|select|ioctl|uio|un|utsname|epoll|event|sysctl)|netinet/\w+|"
    r"arpa/inet|netdb|dlfcn|pwd|grp|termios|poll|syslog|sys/cdefs|endian|execinfo|ifaddrs)\.h"
)

#: Headers of C++, which a file that is compiled as C cannot have.
_CXX_HEADERS = (
    r"algorithm|any|array|atomic|bitset|charconv|chrono|cmath|complex|concepts|condition_variable|"
    r"cstddef|cstdint|cstdio|cstdlib|cstring|deque|exception|filesystem|format|fstream|functional|"
    r"future|initializer_list|iomanip|ios|iostream|istream|iterator|limits|list|locale|map|memory|"
    r"mutex|new|numeric|optional|ostream|queue|random|ratio|regex|set|span|sstream|stack|stdexcept|"
    r"string|string_view|system_error|thread|tuple|type_traits|typeinfo|unordered_map|"
    r"unordered_set|utility|valarray|variant|vector"
)

#: Headers that compilers for x86 have of their own.
_X86_HEADERS = r"\w*mmintrin|immintrin|x86intrin|x86gprintrin|cpuid|wmmintrin|avx\w*intrin"

#: Headers of Visual Studio and Microsoft's SDK that MinGW does not have.
_MICROSOFT_HEADERS = (
    r"(?:vcruntime\w*|corecrt_(?:malloc|wstdio|math|io|memory|wstring|share|terminate|wtime)|"
    r"threads|atl\w+|cstringt|afx\w*|ppl\w*|concrt\w*|concurrent_\w+|agents|amp\w*|safeint|"
    r"TraceLogging\w+|cfapi|projectedfslib|winrt/[\w.]+|ehdata|isa_availability|xkeycheck|"
    r"use_ansi|crtversion|codeanalysis/\w+|intrin0\.inl)(?:\.h)?"
)

#: Programs of Visual Studio that projects run by name.
_MICROSOFT_PROGRAMS = (
    r"cl|link|lib|nmake|jom|msbuild|MSBuild|devenv|rc|mc|mt|midl|ml|ml64|armasm64|dumpbin|editbin|"
    r"vswhere|vcvars\w*\.bat|VsDevCmd\.bat|vcbuild|gendef"
)

#: Functions that compilers for x86 have built in.
_X86_FUNCTIONS = (
    r"(?:__cpuid(?:ex)?|_m(?:m\d*)?_\w+|__rdtscp?|_?_xgetbv|_u?mul128|__shift(?:left|right)128|"
    r"_(?:add|sub)(?:carry|borrow)x?_u\d+|__(?:read|write)[fg]s\w+|__(?:in|out)(?:byte|word|dword)|"
    r"__stos[bdqw]|__movs[bdqw]|_pext_u\d+|_pdep_u\d+|_tzcnt_u\d+|_lzcnt_u\d+|__lzcnt\d*)\b"
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


#: A regular expression for what programs say, and what that means; its groups go into the texts.
Rule = tuple[str, Hint]


#: The last Python whose structures some code fits, and what compilers say of later ones.
_OLD_CYTHON = (
    (
        "3.11",
        (
            r"no member named '(?:ob_digit|ob_size)' in 'struct _longobject'|"
            r"no member named '(?:curexc_(?:type|value|traceback)|use_tracing)' in 'struct _ts'|"
            r"no member named '(?:wstr|wstr_length|ready)' in '(?:PyASCII|PyCompactUnicode)Object"
        ),
    ),
    (
        "3.12",
        (
            r"no member named '(?:cframe|c_recursion_remaining)' in 'struct _ts'|"
            r"too few arguments to function call, expected 6, have 5\n[^\n]*_PyLong_AsByteArray"
        ),
    ),
    ("3.13", r"no member named 'ma_version_tag' in 'PyDictObject'"),
)

#: How lld begins to say that a symbol is nowhere.
_UNDEFINED = r"undefined symbol: (?:__declspec\(dllimport\) )?"

#: Said of what fails with Visual Studio on Windows, too, or does not.
_ALSO_NATIVE = "A native build with Visual Studio is expected to fail the same way."
_NOT_NATIVE = "A native build with Visual Studio is expected to work."
_MAYBE_NATIVE = (
    "A native build with Visual Studio may work: {} asks for _MSC_VER, which this toolchain does "
    "not define. What that sets can be set with -C winarm.cflags=-DNAME."
)

#: A flag of the project's that the tools, or the compiler of setuptools, refuse.
REFUSED: Rule = (
    r"(?P<flag>[/-]\S+) is refused: (?P<reason>[^.]+)\.",
    Hint(
        "The project passes {flag}, and this toolchain cannot do what it means: {reason}.",
        "Take a toolchain that can (clang-cl knows most of MSVC's flags), or build without the "
        "flag: -C winarm.drop-flags={flag}",
    ),
)

#: OpenMP, which is not asked for as other libraries are.
OPENMP: Rule = (
    (
        r"(?<!-- )Could NOT find OpenMP|ERROR: Dependency \"openmp\" not found|"
        r"fatal error: 'omp\.h' file not found|"
        rf"{_UNDEFINED}(__kmpc_|omp_)\w|"
        r"(?:unable to find dynamic system library|could not open|unable to find library) "
        r"['\"]?(?:-l|lib)?i?omp5?(?:\.\w+)*['\"]"
    ),
    Hint(
        "The code uses OpenMP, and the toolchain has no runtime of it.",
        "LLVM's libomp for ARM64 Windows is in MSYS2 (mingw-w64-clang-aarch64-openmp) and in "
        "conda-forge's win-arm64 (llvm-openmp): -C winarm.prefix=DIR. "
        f"See {LIBRARIES}#openmp",
    ),
)

_HINTS: tuple[Rule, ...] = (
    REFUSED,
    OPENMP,
    (
        rf"fatal error: '{POSIX_HEADERS}' file not found",
        Hint(
            "The code includes a header of POSIX systems: it is not written for Windows, or takes "
            f"this branch by mistake. {_ALSO_NATIVE}",
            "See whether the project supports Windows at all.",
        ),
    ),
    (
        r"fatal error: '(?P<header>[^'\n]*\\[^'\n]*)' file not found",
        Hint(
            "The code includes {header} with a backslash, which only compilers on Windows take for "
            f"a folder. {_NOT_NATIVE}",
            "Have the project write / instead; setuptools projects need no change with zig and "
            "llvm-mingw.",
        ),
    ),
    (
        rf"fatal error: '(?P<header>{_CXX_HEADERS})' file not found",
        Hint(
            "<{header}> is a header of C++, and the file is compiled as C.",
            "Have the project name the file .cpp, or compile it as C++ (/TP, or LANGUAGE CXX).",
        ),
    ),
    (
        rf"fatal error: '(?P<header>{_MICROSOFT_HEADERS})' file not found",
        Hint(
            "{header} comes with Visual Studio, and the headers of this toolchain, which are "
            f"MinGW's, have none. {_NOT_NATIVE}",
            "Take a toolchain that has Microsoft's headers: --toolchain clang-cl, or msvc on "
            "Windows (winarm doctor shows what they need).",
        ),
    ),
    (
        r"UTF-(?P<width>16|32) \([LB]E\) byte order mark detected in '(?P<file>[^'\n]+)'",
        Hint(
            "{file} is encoded in UTF-{width}, which Microsoft's compiler reads and clang does "
            f"not. {_NOT_NATIVE}",
            "Have the project write it in UTF-8.",
        ),
    ),
    (
        (
            r"unknown file type '(?P<ending>\.(?:ixx|cppm|ccm|cxxm|c\+\+m|mpp))'|"
            r"(?P<scan>CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS-NOTFOUND|"
            r"does not provide a way to discover the import graph|"
            r"The \"CXX_MODULES\" [\w ]+)|"
            r"fatal error: module '(?P<module>[^'\n]+)' not found"
        ),
        Hint(
            "The code has modules of C++20 ({ending}{scan}{module}), which neither setuptools nor "
            "this toolchain builds.",
            "Have the project include headers, or build with CMake 3.28 and --toolchain msvc on "
            "Windows.",
        ),
    ),
    (
        r"unknown file type '(?P<ending>\.(?:mc|idl))'",
        Hint(
            "The project has {ending} files, which Microsoft's mc.exe or midl.exe compile, and "
            f"this toolchain has no such program. {_NOT_NATIVE}",
            "Have the project bring what they make (.h, .rc, .bin), or build with --toolchain msvc "
            "on Windows.",
        ),
    ),
    (
        r"unknown file type '(?P<ending>\.(?:f|for|f77|f90|f95|f03|f08))'",
        Hint(
            "The project has Fortran ({ending}), which winarm's toolchains do not compile, nor "
            f"does setuptools. {_ALSO_NATIVE}",
            "Switch off the part of the project that needs it.",
        ),
    ),
    (
        r"unknown file type '(?P<ending>\.[\w+]+)'",
        Hint(
            f"setuptools does not compile files that end in {{ending}}. {_ALSO_NATIVE}",
            "Have the project name them in a way that setuptools knows (.c, .cpp, .rc, .S).",
        ),
    ),
    (
        (
            rf"No such file or directory: '(?P<program>{_MICROSOFT_PROGRAMS})(?:\.exe)?'|"
            rf"sh: (?:line )?(?:\d+: )?(?P<named>{_MICROSOFT_PROGRAMS})(?:\.exe)?: "
            r"(?:command )?not found"
        ),
        Hint(
            "The project runs {program}{named} itself, a program of Visual Studio that this "
            f"machine does not have. {_NOT_NATIVE}",
            "Have the project use setuptools' own compiler, CMake or Meson, which winarm sets up; "
            "or build on Windows with --toolchain msvc.",
        ),
    ),
    (
        (
            r"(?:Permission denied|No such file or directory|Exec format error): "
            r"'(?P<script>[^'\n]+\.(?:bat|cmd|BAT|CMD))'"
        ),
        Hint(
            "The project runs {script}, commands of Windows' own shell, which this machine does "
            f"not have. {_NOT_NATIVE}",
            "Look for a switch of the project's that leaves this part out, or build on Windows.",
        ),
    ),
    (
        r"ModuleNotFoundError: No module named 'pkg_resources'",
        Hint(
            f"The project imports pkg_resources, which setuptools has no longer. {_ALSO_NATIVE}",
            "-C winarm.build-requires='setuptools<81'",
        ),
    ),
    (
        r"fatal error: 'longintrepr\.h' file not found",
        Hint(
            "What Cython made of the code is for Python 3.10 or older: the header is gone since "
            f"3.11. {_ALSO_NATIVE}",
            "Build a newer version of the project, or make its C code again with a newer Cython.",
        ),
    ),
    (
        rf"fatal error: '(?:{_X86_HEADERS})\.h' file not found",
        Hint(
            f"The code uses instructions of x86, which the target does not have. {_ALSO_NATIVE}",
            "Look for a switch of the project's that turns them off.",
        ),
    ),
    (
        r"fatal error: '(?P<header>[^']+)' file not found",
        Hint(
            "Neither the project nor the toolchain has {header}: it belongs to a library that "
            "must be there for the target, too, and the host's does not count. A native build "
            "needs the library as well.",
            "Name an install tree of that library, built for ARM64 Windows: "
            f"-C winarm.prefix=DIR. See {LIBRARIES}",
        ),
    ),
    *(
        (
            pattern,
            Hint(
                "What Cython made of the code, or the code itself, reaches into Python's own "
                f"structures as Python {newest} has them. {_ALSO_NATIVE}",
                f"Python {newest} would do (--python {newest}); or build a newer version of the "
                "project, or make its C code again with a newer Cython, which an older one leaves "
                "as it is while the .c is newer than the .pyx.",
            ),
        )
        for newest, pattern in _OLD_CYTHON
    ),
    (
        (
            r"error: initializer element is not a compile-time constant\n[^\n]*"
            r"(?:HEAD_INIT\s*\(\s*&\s*Py|&\s*Py\w+_Type)"
        ),
        Hint(
            "The code puts the address of one of Python's types into a variable that is made "
            "before the program runs. On Windows that address is in a DLL, and C has no such "
            f"constant. {_ALSO_NATIVE}",
            "Have the project write PyVarObject_HEAD_INIT(NULL, 0), and let PyType_Ready set the "
            "type.",
        ),
    ),
    (
        r"error: expected value in expression\n[^\n]*#\s*elif\s*(?:\n|$|//|/\*)",
        Hint(
            "The code has an #elif without a condition, which Microsoft's compiler takes for "
            f"#else and the C standard does not. {_NOT_NATIVE}",
            "Have the project write #else.",
        ),
    ),
    (
        (
            r"(?:machine type (?P<machine>\S+) conflicts with (?:arm64|0xaa64)\b"
            r"|(?P<file>(?!error:)[^\s:]+): unknown file type)"
        ),
        Hint(
            "The linker was given code of another machine ({machine}{file}): an object or library "
            "of this machine, or one for x64 that the project brings.",
            "Build it for ARM64 Windows and name its folder in library-dirs, or switch off the "
            "project's option that wants it.",
        ),
    ),
    (
        (
            r"(?:\[Errno 8\] Exec format error: '(?P<program>[^'\n]+)'|"
            r"(?P<script>\S+\.exe): (?:cannot execute binary file|Exec format error))"
        ),
        Hint(
            "The build made {program}{script} for the target and then ran it on this machine. "
            f"{_NOT_NATIVE}",
            "Programs that a build runs are this machine's: have the project build them with the "
            "host's compiler, or take what they make from a release of the project.",
        ),
    ),
    (
        (
            r"\.asm is written for Microsoft's assembler|No CMAKE_ASM_MA(?:RMA)?SM_COMPILER could|"
            r"\b(?:ml|ml64|armasm64)(?:\.exe)?: (?:(?:command )?not found|No such file)"
        ),
        Hint(
            "Code for ml64 is for x86 processors; code for armasm64 needs Microsoft's tools.",
            "Look for a switch of the project's that takes C instead; for armasm64, build with "
            "--toolchain msvc on Windows.",
        ),
    ),
    (
        (
            r"No CMAKE_(?P<language>Fortran|CUDA|HIP|Swift|ASM_[NY]ASM)_COMPILER could be found|"
            r"Failed to detect a default (?P<gpu>CUDA) architecture|"
            r"The (?P<broken>Fortran|CUDA|HIP|Swift) compiler\s+\S+\s+is not able to compile|"
            r"Unknown compiler\(s\): \[\[?'(?P<compiler>gfortran|nvcc|nasm|yasm|swiftc)"
        ),
        Hint(
            "The project needs a compiler that winarm's toolchains do not have: "
            "{language}{gpu}{broken}{compiler}. They compile C and C++.",
            "Switch off the part of the project that needs it, or name such a compiler for ARM64 "
            "Windows in the project's own way.",
        ),
    ),
    (
        (
            r"any-windows-any/[^\n]*: error:(?:(?!error:)[\s\S])*?"
            r"\n(?:(?!any-windows-any)[^\n])*: note: expanded from macro '(?P<macro>\w+)'"
        ),
        Hint(
            "The project's macro {macro} is a name in the headers of Windows, which do not compile "
            "after it.",
            "Have the project include <windows.h> before it defines {macro}, or name it otherwise.",
        ),
    ),
    (
        (
            r"any-windows-any/(?P<header>[^\n:]*)[^\n]*: error: unknown type name "
            r"'(?:D?WORD|BYTE|HWND|HANDLE|LP\w+|U?LONG|BOOL|GUID)'"
        ),
        Hint(
            "The code includes <{header}> and not <windows.h> before it, which it may do for "
            "Microsoft's compiler only.",
            "Have the project include <windows.h> first; for this build: "
            "-C winarm.cflags='-include windows.h'.",
        ),
    ),
    (
        r"\.(?:cpp|cc|cxx|hpp|h):\d+:\d+: error: use of undeclared identifier '(?P<macro>min|max)'",
        Hint(
            "The code uses the macro {macro} of <windows.h>, which MinGW's headers have in C only: "
            f"it breaks headers of C++. {_NOT_NATIVE}",
            "Have the project write (std::{macro}), or build with --toolchain clang-cl.",
        ),
    ),
    (
        r"any-windows-any/[^\n]*: (error|note: previous definition)",
        Hint(
            "The project's code for Windows does not agree with this toolchain's Windows headers, "
            "which are MinGW's. If it builds with Visual Studio, it expects Microsoft's.",
            "Take a toolchain that has Microsoft's headers (winarm doctor shows which are there), "
            "or report it to the project.",
        ),
    ),
    (
        rf"{_UNDEFINED}(?P<symbol>PyInitU?_\w+)",
        Hint(
            "Python finds a module by {symbol}, and none of the sources defines it: the "
            f"extension has another name than the code, or is not a module. {_ALSO_NATIVE}",
            "Have the project call the extension as its code does; where ctypes loads it, have "
            "get_export_symbols of its build_ext return other names.",
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
        (
            r"<[a-z]mm\w*intrin\.h>|<x86intrin\.h>|only meant to be used on x86|"
            r"for MS-style inline assembly|"
            r"(?:<inline asm>|\.[sS]):\d+:\d+: [^\n]+\n[^\n]*"
            r"(?:%[er]?[abcds][xpi]l?\b|\b(?:mov|push|pop|xor|add|sub|lea)[bwlq]\b|\b[er][abcd]x\b)|"
            rf"{_UNDEFINED}(?:__imp_)?{_X86_FUNCTIONS}|'{_X86_FUNCTIONS}'"
        ),
        Hint(
            f"The code uses instructions of x86, which the target does not have. {_ALSO_NATIVE}",
            "Look for a switch of the project's that turns them off.",
        ),
    ),
    (
        rf"{_UNDEFINED}(?P<symbol>w?WinMain|w?main)\b",
        Hint(
            "The program's start-up code looks for {symbol}. Where the project has wmain or "
            f"wWinMain, MinGW's calls it with -municode only, Microsoft's unasked. {_NOT_NATIVE}",
            "Have the project link with -municode where MINGW is set, or take --toolchain "
            "clang-cl.",
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
        r"(?:unable to find dynamic system library|could not open) ['\"](?P<library>[^'\"]+)['\"]",
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
        r"(?i:(?:unsupported|unknown) compiler[^\n]*mingw32)|^KeyError: ['\"]mingw32['\"]",
        Hint(
            "The project knows no compiler for Windows but Microsoft's.",
            "Take clang-cl, which it does know: --toolchain clang-cl (winarm doctor shows what "
            "that needs here).",
        ),
    ),
    (
        r"No space left on device|ENOSPC|not enough space",
        Hint("The disk is full.", "Free space, or point TMPDIR and WINARM_CACHE_DIR elsewhere."),
    ),
    (
        r"\bReadOnlyFileSystem\b|cache\b[^\n]* (?:AccessDenied|PermissionDenied)\b",
        Hint(
            "zig cannot write its cache. It writes there even when all that it needs is in it.",
            "Name a folder that can be written: WINARM_CACHE_DIR, or ZIG_GLOBAL_CACHE_DIR for "
            "zig's cache alone.",
        ),
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


def hint(output: str, project: Path | None = None) -> Hint:
    """Return what a compiler's or linker's `output` usually means; empty if it is not known.

    :param project: the project's folder, where a missing header may be under another name.
    """
    own = project and (_own_header(output, project) or _own_inline(output, project))
    found = own or first_hint(_HINTS, output)
    if project and _ALSO_NATIVE in found.why and (file := _asks_for_msvc(output, project)):
        return found._replace(why=found.why.replace(_ALSO_NATIVE, _MAYBE_NATIVE.format(file)))
    return found


def first_hint(rules: Iterable[Rule], output: str) -> Hint:
    """Return the meaning of the first rule that `output` matches; empty if none does."""
    for pattern, meaning in rules:
        if match := re.search(pattern, output, re.MULTILINE):
            said = {
                name: " ".join((text or "").split()) for name, text in match.groupdict().items()
            }
            # As CMake spells a name in a variable.
            said |= {name.upper(): text.upper() for name, text in said.items()}
            return Hint(*(text.format(**said) for text in meaning))
    return Hint("", "")


#: Files and folders of a project that are looked at for a header.
_MOST_FILES = 20_000
#: Sources that are searched for a function, and bytes of each.
_MOST_SOURCES, _MOST_OF_SOURCE = 2_000, 2**20
#: Files that a compiler names of which so many are looked at.
_MOST_NAMED = 50


def _own_header(output: str, project: Path) -> Hint | None:
    """Return what is wrong with a missing header that the project has itself, if it has."""
    match = re.search(r"fatal error: '(?P<header>[^'\n]+)' file not found", output)
    if match is None:
        return None
    header = match["header"].replace("\\", "/")
    wanted = header.rpartition("/")[2]
    found = _file_named(project, wanted)
    if found is None or "\\" in match["header"]:
        return None
    place = found.relative_to(project).as_posix()
    if found.name != wanted or not f"/{place}".endswith(f"/{header}"):
        if f"/{place}".lower().endswith(f"/{header}".lower()):
            return Hint(
                f"The code includes {header}, and the project has it as {place}: Windows finds "
                f"files in any case, this machine does not. {_NOT_NATIVE}",
                "Have the project write the name as the file has it.",
            )
        return None
    return Hint(
        f"The project has {header} itself ({place}), and that folder is not among those that the "
        "compiler searches.",
        "Name it in include-dirs of [tool.winarm], or see why the project's own build leaves it "
        "out for Windows.",
    )


def _asks_for_msvc(output: str, project: Path) -> str:
    """Return a file of those in a compiler's error that decides by its being Microsoft's."""
    lines = re.finditer(
        r"^(?:In file included from )?(?P<file>[^\s:][^\n:]*):\d+", output, re.MULTILINE
    )
    for name in list(dict.fromkeys(line["file"] for line in lines))[:_MOST_NAMED]:
        path = project / name
        if not path.resolve().is_relative_to(project.resolve()):
            continue
        with contextlib.suppress(OSError), path.open("rb") as file:
            if b"_MSC_VER" in file.read(_MOST_OF_SOURCE):
                return name
    return ""


def _own_inline(output: str, project: Path) -> Hint | None:
    """Return what is wrong with a missing function that the project itself makes inline in C."""
    missing = missing_symbols(output)[:_SHOWN]
    if not missing:
        return None
    inline = re.compile(
        r"^(?P<before>[\w \t*]*)\b(?:__)?inline(?:__)?\b[\w\s*]*?"
        rf"\b(?P<symbol>{'|'.join(map(re.escape, missing))})\s*\([^;{{}}]*\)\s*\{{",
        re.MULTILINE,
    )
    for path in itertools.islice(_sources(project), _MOST_SOURCES):
        with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
            for match in inline.finditer(file.read(_MOST_OF_SOURCE)):
                if not re.search(r"\b(?:static|extern)\b", match["before"]):
                    return Hint(
                        f"{match['symbol']} is inline and not static in "
                        f"{path.relative_to(project).as_posix()}: by the standard of C such a "
                        "definition makes no code, and no file of the project does. "
                        f"{_NOT_NATIVE}",
                        "Have the project write static inline; or, where one file alone has it, "
                        "-C winarm.cflags=-fgnu89-inline makes the code.",
                    )
    return None


def _sources(project: Path) -> Iterator[Path]:
    """Yield the project's sources and headers of C."""
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(entry for entry in folders if not entry.startswith("."))
        yield from (Path(folder, file) for file in sorted(files) if file.endswith((".c", ".h")))


def _file_named(project: Path, name: str) -> Path | None:
    """Return a file of the project whose name is `name` in any case; the exact one first."""
    alike, seen = None, 0
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(entry for entry in folders if not entry.startswith("."))
        seen += len(files) + 1
        for file in files:
            if file == name:
                return Path(folder, file)
            if file.lower() == name.lower():
                alike = alike or Path(folder, file)
        if seen > _MOST_FILES:
            break
    return alike


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
