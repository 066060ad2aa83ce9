"""What the words of compilers, linkers, CMake and Meson usually mean in a cross build, as data.

Each rule is tested with words of the real tools (`tests/integration/test_hints.py`), so that a new
wording is noticed. `winarm.pipeline.failures` looks them up.
"""

from __future__ import annotations

from typing import NamedTuple

from winarm.errors import DOCUMENTATION

#: Headers that Windows does not have; code that includes them is written for POSIX systems.
_POSIX_HEADERS = (
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


class Hint(NamedTuple):
    """What a failure usually means and what to do about it."""

    why: str
    cure: str


class Rule(NamedTuple):
    """What programs say, as a regular expression, and what that means and what helps.

    The expression's groups go into the texts.
    """

    said: str
    why: str
    cure: str


def no_module(name: str) -> str:
    """Return the expression for the end of a build that lacks a Python module.

    :param name: the module, as an expression.
    """
    return rf"^ModuleNotFoundError: No module named '{name}'\s*\Z"


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

#: What to do about a library that is not there for the target.
NAME_A_PREFIX = (
    "Name an install tree that has it, built for ARM64 Windows: -C winarm.prefix=DIR. See "
    f"{LIBRARIES}. Or switch off the project's option that wants it."
)

#: How lld begins to say that a symbol is nowhere.
UNDEFINED = r"undefined symbol: (?:__declspec\(dllimport\) )?"

#: Said of what fails with Visual Studio on Windows, too, or does not.
ALSO_NATIVE = "A native build with Visual Studio is expected to fail the same way."
NOT_NATIVE = "A native build with Visual Studio is expected to work."

#: What compilers, linkers and the Python code that runs them say; the first that fits counts.
TOOLS: tuple[Rule, ...] = (
    Rule(
        rf"fatal error: '{_POSIX_HEADERS}' file not found",
        "The code includes a header of POSIX systems: it is not written for Windows, or takes "
        f"this branch by mistake. {ALSO_NATIVE}",
        "See whether the project supports Windows at all.",
    ),
    Rule(
        r"fatal error: '(?P<header>[^'\n]*\\[^'\n]*)' file not found",
        "The code includes {header} with a backslash, which only compilers on Windows take for a "
        f"folder. {NOT_NATIVE}",
        "Have the project write / instead; setuptools projects need no change with zig and "
        "llvm-mingw.",
    ),
    Rule(
        rf"fatal error: '(?P<header>{_CXX_HEADERS})' file not found",
        "<{header}> is a header of C++, and the file is compiled as C.",
        "Have the project name the file .cpp, or compile it as C++ (/TP, or LANGUAGE CXX).",
    ),
    Rule(
        rf"fatal error: '(?P<header>{_MICROSOFT_HEADERS})' file not found",
        "{header} comes with Visual Studio, and the headers of this toolchain, which are MinGW's, "
        f"have none. {NOT_NATIVE}",
        "Take a toolchain that has Microsoft's headers: --toolchain clang-cl, or msvc on Windows "
        "(winarm doctor shows what they need).",
    ),
    Rule(
        r"UTF-(?P<width>16|32) \([LB]E\) byte order mark detected in '(?P<file>[^'\n]+)'",
        "{file} is encoded in UTF-{width}, which Microsoft's compiler reads and clang does not. "
        f"{NOT_NATIVE}",
        "Have the project write it in UTF-8.",
    ),
    Rule(
        r"unknown file type '(?P<ending>\.(?:ixx|cppm|ccm|cxxm|c\+\+m|mpp))'|"
        r"(?P<scan>CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS-NOTFOUND|"
        r"does not provide a way to discover the import graph|"
        r"The \"CXX_MODULES\" [\w ]+)|"
        r"fatal error: module '(?P<module>[^'\n]+)' not found",
        "The code has modules of C++20 ({ending}{scan}{module}), which neither setuptools nor "
        "this toolchain builds.",
        "Have the project include headers, or build with CMake 3.28 and --toolchain msvc on "
        "Windows.",
    ),
    Rule(
        r"unknown file type '(?P<ending>\.(?:mc|idl))'",
        "The project has {ending} files, which Microsoft's mc.exe or midl.exe compile, and this "
        f"toolchain has no such program. {NOT_NATIVE}",
        "Have the project bring what they make (.h, .rc, .bin), or build with --toolchain msvc on "
        "Windows.",
    ),
    Rule(
        r"unknown file type '(?P<ending>\.(?:f|for|f77|f90|f95|f03|f08))'",
        "The project has Fortran ({ending}), which winarm's toolchains do not compile, nor does "
        f"setuptools. {ALSO_NATIVE}",
        "Switch off the part of the project that needs it.",
    ),
    Rule(
        r"unknown file type '(?P<ending>\.[\w+]+)'",
        f"setuptools does not compile files that end in {{ending}}. {ALSO_NATIVE}",
        "Have the project name them in a way that setuptools knows (.c, .cpp, .rc, .S).",
    ),
    Rule(
        rf"No such file or directory: '(?P<program>{_MICROSOFT_PROGRAMS})(?:\.exe)?'|"
        rf"sh: (?:line )?(?:\d+: )?(?P<named>{_MICROSOFT_PROGRAMS})(?:\.exe)?: "
        r"(?:command )?not found",
        "The project runs {program}{named} itself, a program of Visual Studio that this machine "
        f"does not have. {NOT_NATIVE}",
        "Have the project use setuptools' own compiler, CMake or Meson, which winarm sets up; or "
        "build on Windows with --toolchain msvc.",
    ),
    Rule(
        r"(?:Permission denied|No such file or directory|Exec format error): "
        r"'(?P<script>[^'\n]+\.(?:bat|cmd|BAT|CMD))'",
        "The project runs {script}, commands of Windows' own shell, which this machine does not "
        f"have. {NOT_NATIVE}",
        "Look for a switch of the project's that leaves this part out, or build on Windows.",
    ),
    Rule(
        r"ModuleNotFoundError: No module named 'pkg_resources'",
        f"The project imports pkg_resources, which setuptools has no longer. {ALSO_NATIVE}",
        "-C winarm.build-requires='setuptools<81'",
    ),
    Rule(
        no_module(r"(?:distutils|setuptools)(?:\.[\w.]+)?"),
        "The project imports distutils or setuptools without requiring setuptools; Python itself "
        f"has distutils no longer since 3.12. {ALSO_NATIVE}",
        "-C winarm.build-requires=setuptools",
    ),
    *(
        Rule(
            no_module(rf"(?P<module>{modules})(?:\.[\w.]+)?"),
            f"The project imports {{module}}, which Python has no longer since 3.{last + 1}. "
            f"{ALSO_NATIVE}",
            f"Build a newer version of the project, or for an older Python: --python 3.{last}.",
        )
        for last, modules in (
            (11, "asynchat|asyncore|imp|smtpd"),
            (12, "cgi|cgitb|crypt|lib2to3|pipes|telnetlib|uu|xdrlib"),
        )
    ),
    Rule(
        no_module(r"numpy\.distutils(?:\.[\w.]+)?"),
        f"The project imports numpy.distutils, which NumPy has for Python 3.11 only. {ALSO_NATIVE}",
        "Build a newer version of the project, or for that Python: --python 3.11.",
    ),
    Rule(
        no_module(r"(?P<module>\w+)"),
        "The build imports {module}, which the project does not require for it ([build-system] "
        f"requires). {ALSO_NATIVE}",
        "-C winarm.build-requires={module}, or as the package is called that has it.",
    ),
    Rule(
        r"fatal error: 'longintrepr\.h' file not found",
        "What Cython made of the code is for Python 3.10 or older: the header is gone since 3.11. "
        f"{ALSO_NATIVE}",
        "Build a newer version of the project, or make its C code again with a newer Cython.",
    ),
    Rule(
        rf"fatal error: '(?:{_X86_HEADERS})\.h' file not found",
        f"The code uses instructions of x86, which the target does not have. {ALSO_NATIVE}",
        "Look for a switch of the project's that turns them off.",
    ),
    Rule(
        r"fatal error: '(?P<header>[^']+)' file not found",
        "Neither the project nor the toolchain has {header}: it belongs to a library that must be "
        "there for the target, too, and the host's does not count. A native build needs the "
        "library as well.",
        "Name an install tree of that library, built for ARM64 Windows: -C winarm.prefix=DIR. See "
        f"{LIBRARIES}",
    ),
    *(
        Rule(
            pattern,
            "What Cython made of the code, or the code itself, reaches into Python's own "
            f"structures as Python {newest} has them. {ALSO_NATIVE}",
            f"Python {newest} would do (--python {newest}); or build a newer version of the "
            "project, or make its C code again with a newer Cython, which an older one leaves as "
            "it is while the .c is newer than the .pyx.",
        )
        for newest, pattern in _OLD_CYTHON
    ),
    Rule(
        r"error: initializer element is not a compile-time constant\n[^\n]*"
        r"(?:HEAD_INIT\s*\(\s*&\s*Py|&\s*Py\w+_Type)",
        "The code puts the address of one of Python's types into a variable that is made before "
        "the program runs. On Windows that address is in a DLL, and C has no such constant. "
        f"{ALSO_NATIVE}",
        "Have the project write PyVarObject_HEAD_INIT(NULL, 0), and let PyType_Ready set the type.",
    ),
    Rule(
        r"error: expected value in expression\n[^\n]*#\s*elif\s*(?:\n|$|//|/\*)",
        "The code has an #elif without a condition, which Microsoft's compiler takes for #else "
        f"and the C standard does not. {NOT_NATIVE}",
        "Have the project write #else.",
    ),
    Rule(
        r"\[Errno 8\] Exec format error: '(?P<program>[^'\n]+)'",
        f"The build made {{program}} for the target and then ran it on this machine. {NOT_NATIVE}",
        "Programs that a build runs are this machine's: have the project build them with the "
        "host's compiler, or take what they make from a release of the project.",
    ),
    Rule(
        r"(?:(?:lld-link|ld\.lld|lld): (?:error: )?"
        r"(?P<file>(?!error:)(?:[A-Za-z]:)?[^:\n]+?)(?:\([^)\n]*\))?|"
        r"(?<!\S)(?P<other>(?!error:)(?:[A-Za-z]:)?[^\s:]+)): "
        r"(?:machine type \S+ conflicts with (?:arm64|0xaa64)\b|unknown file type)|"
        r"unknown file type: (?P<member>\S+)",
        "The linker was given {file}{other}{member}, which holds code of another machine: an "
        "object or library of this machine, or one for x64 that the project brings.",
        "Build it for ARM64 Windows and name its folder in library-dirs, or its install tree: "
        f"-C winarm.prefix=DIR. See {LIBRARIES}. Or switch off the project's option that wants it.",
    ),
    Rule(
        r"\.[sS]:\d+:\d+: error: [^\n]+\n[ \t]*(?P<directive>\.(?:type|size|hidden|previous|"
        r"symver|popsection|pushsection|section[ \t]+\.note\.GNU-stack)\b)",
        "The assembly has {directive} as ELF systems such as Linux have it, which Windows' object "
        f"files do not know. {ALSO_NATIVE}",
        "Look for a switch of the project's that takes C instead, or have the project write such "
        "directives under #ifdef __ELF__.",
    ),
    Rule(
        r"error: failed to parse '[^\n]*\.d': ",
        "zig cannot read the list of dependencies that it wrote itself, as of a path that has both "
        "a quotation mark and a blank.",
        "Build in a folder without quotation marks in its name.",
    ),
    Rule(
        r"\.asm is written for Microsoft's assembler|No CMAKE_ASM_MA(?:RMA)?SM_COMPILER could|"
        r"\b(?:ml|ml64|armasm64)(?:\.exe)?: (?:(?:command )?not found|No such file)",
        "Code for ml64 is for x86 processors; code for armasm64 needs Microsoft's tools.",
        "Look for a switch of the project's that takes C instead; for armasm64, build with "
        "--toolchain msvc on Windows.",
    ),
    Rule(
        r"No CMAKE_(?P<language>Fortran|CUDA|HIP|Swift|ASM_[NY]ASM)_COMPILER could be found|"
        r"Failed to detect a default (?P<gpu>CUDA) architecture|"
        r"The (?P<broken>Fortran|CUDA|HIP|Swift) compiler\s+\S+\s+is not able to compile|"
        r"Unknown compiler\(s\): \[\[?'(?P<compiler>gfortran|nvcc|nasm|yasm|swiftc)|"
        r"ERROR: '(?P<meson>\w+)' compiler binary not defined in cross file",
        "The project needs a compiler that winarm's toolchains do not have: "
        "{language}{gpu}{broken}{compiler}{meson}. They compile C and C++.",
        "Switch off the part of the project that needs it, or name such a compiler for ARM64 "
        "Windows in the project's own way.",
    ),
    Rule(
        r"any-windows-any/[^\n]*: error:(?:(?!error:)[\s\S])*?"
        r"\n(?:(?!any-windows-any)[^\n])*: note: expanded from macro '(?P<macro>\w+)'",
        "The project's macro {macro} is a name in the headers of Windows, which do not compile "
        "after it.",
        "Have the project include <windows.h> before it defines {macro}, or name it otherwise.",
    ),
    Rule(
        r"any-windows-any/(?P<header>[^\n:]*)[^\n]*: error: unknown type name "
        r"'(?:D?WORD|BYTE|HWND|HANDLE|LP\w+|U?LONG|BOOL|GUID)'",
        "The code includes <{header}> and not <windows.h> before it, which it may do for "
        "Microsoft's compiler only.",
        "Have the project include <windows.h> first; for this build: "
        "-C winarm.cflags='-include windows.h'.",
    ),
    Rule(
        r"\.(?:cpp|cc|cxx|hpp|h):\d+:\d+: error: use of undeclared identifier '(?P<macro>min|max)'",
        "The code uses the macro {macro} of <windows.h>, which MinGW's headers have in C only: it "
        f"breaks headers of C++. {NOT_NATIVE}",
        "Have the project write (std::{macro}), or build with --toolchain clang-cl.",
    ),
    Rule(
        r"error: reference to 'byte' is ambiguous",
        "C++17 has std::byte, which `using namespace std` mixes with the byte of <windows.h>. "
        "Microsoft's compiler takes the code for C++14 unless a flag says otherwise, clang and gcc "
        f"for C++17. {NOT_NATIVE}",
        "-C winarm.cflags=-std=gnu++14",
    ),
    Rule(
        r"any-windows-any/[^\n]*: (error|note: previous definition)",
        "The project's code for Windows does not agree with this toolchain's Windows headers, "
        "which are MinGW's. If it builds with Visual Studio, it expects Microsoft's.",
        "Take a toolchain that has Microsoft's headers (winarm doctor shows which are there), or "
        "report it to the project.",
    ),
    Rule(
        rf"{UNDEFINED}(?P<symbol>PyInitU?_\w+)",
        "Python finds a module by {symbol}, and none of the sources defines it: the extension has "
        f"another name than the code, or is not a module. {ALSO_NATIVE}",
        "Have the project call the extension as its code does; where ctypes loads it, have "
        "get_export_symbols of its build_ext return other names.",
    ),
    Rule(
        rf"{UNDEFINED}(?P<symbol>_?Py[A-Z_]\w+)",
        "The Python that this is built for has no {symbol}: the code, or what Cython made of it, "
        "is written for an older or a newer one.",
        "Build a newer version of the project, or for another Python: --python.",
    ),
    Rule(
        r"duplicate symbol: (?P<symbol>\S+)",
        "Two files define {symbol}. Where a header's inline function comes out of both C and C++, "
        "linkers of other systems take either, and Windows' take neither.",
        "Take clang-cl, which lets the linker choose; or have the project make it static.",
    ),
    Rule(
        r"<[a-z]mm\w*intrin\.h>|<x86intrin\.h>|only meant to be used on x86|"
        r"for MS-style inline assembly|"
        r"invalid (?:output|input) constraint '[=+&]*[abcdSDqQAtux]' in asm|"
        r"unknown register name '%?[er]?[abcds][xpi]l?' in asm|"
        r"(?:<inline asm>|\.[sS]):\d+:\d+: [^\n]+\n[^\n]*"
        r"(?:%[er]?[abcds][xpi]l?\b|\b(?:mov|push|pop|xor|add|sub|lea)[bwlq]\b|\b[er][abcd]x\b)|"
        rf"{UNDEFINED}(?:__imp_)?{_X86_FUNCTIONS}|'{_X86_FUNCTIONS}'",
        f"The code uses instructions of x86, which the target does not have. {ALSO_NATIVE}",
        "Look for a switch of the project's that turns them off.",
    ),
    Rule(
        rf"{UNDEFINED}(?P<symbol>w?WinMain|w?main)\b",
        "The program's start-up code looks for {symbol}. Where the project has wmain or wWinMain, "
        f"MinGW's calls it with -municode only, Microsoft's unasked. {NOT_NATIVE}",
        "Have the project link with -municode where MINGW is set, or take --toolchain clang-cl.",
    ),
    Rule(
        rf"{UNDEFINED}(?P<symbol>\S+)",
        "No library that was linked has {symbol}: one is missing, or the code is for another "
        "system or processor.",
        "Name an install tree of the library, built for ARM64 Windows (-C winarm.prefix=DIR), and "
        f"the library, if the project does not: -C winarm.libraries=NAME. See {LIBRARIES}",
    ),
    Rule(
        r"(?:unable to find dynamic system library|could not open) ['\"](?P<library>[^'\"]+)['\"]",
        "The library {library} is not there for the target; the host's does not count.",
        NAME_A_PREFIX,
    ),
    Rule(
        r"Package '(?P<package>[^']+)', required by '(?P<by>[^']+)', not found",
        "{by}.pc of a prefix requires {package}, which no prefix has.",
        f"Name the prefix that has {{package}}, too: -C winarm.prefix=DIR. See {LIBRARIES}",
    ),
    Rule(
        r"Package '?(?P<package>[\w.+-]+)'? was not found in the pkg-config search path|"
        r'ERROR: Dependency "(?P<dependency>[^"]+)" not found',
        "The project asks pkg-config for {package}{dependency}, and no prefix has it; the host's "
        "does not count.",
        NAME_A_PREFIX,
    ),
    Rule(
        r"configure: error: cannot run C compiled programs",
        "The project runs a `configure` of Autoconf's, which takes this machine for the one that "
        "the code will run on.",
        "Build that library apart with --host=aarch64-w64-mingw32 and the compiler that `winarm "
        f"env` names; then name where it was installed: -C winarm.prefix=DIR. See {LIBRARIES}",
    ),
    Rule(
        r"(?i:(?:unsupported|unknown) compiler[^\n]*mingw32)|^KeyError: ['\"]mingw32['\"]",
        "The project knows no compiler for Windows but Microsoft's.",
        "Take clang-cl, which it does know: --toolchain clang-cl (winarm doctor shows what that "
        "needs here).",
    ),
    Rule(
        r"No space left on device|ENOSPC|not enough space",
        "The disk is full.",
        "Free space, or point TMPDIR and WINARM_CACHE_DIR elsewhere.",
    ),
    Rule(
        r"\bReadOnlyFileSystem\b|cache\b[^\n]* (?:AccessDenied|PermissionDenied)\b",
        "zig cannot write its cache. It writes there even when all that it needs is in it.",
        "Name a folder that can be written: WINARM_CACHE_DIR, or ZIG_GLOBAL_CACHE_DIR for zig's "
        "cache alone.",
    ),
)
