"""Why a build failed, read from what its programs said: the message, its meaning, what helps.

The programs' own words are always shown; this adds why, and what to do, where a cross build has
reasons of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from winarm.pipeline.hints import (
    ALSO_NATIVE,
    LIBRARIES,
    NAME_A_PREFIX,
    TOOLS,
    UNDEFINED,
    Hint,
    Rule,
)
from winarm.pipeline.own_sources import asks_for_msvc, own_header, own_inline, own_module
from winarm.python_exports import stable_names
from winarm.target import PythonABI

#: Lines of one message that are kept.
_MESSAGE_LINES = 40


#: What a line has in which a program complains: a word of its own, no part of a flag or a name.
_COMPLAINT = re.compile(
    r"(?<![-\w./=])(?:error|failed|failure|fatal|cannot|could not|unable to)\b(?![.\w/\\])",
    re.IGNORECASE,
)
#: How many of them are shown, and how much of each.
_COMPLAINTS = 15
_LINE_LENGTH = 500

#: What git, CMake and Meson say when they cannot fetch.
_NO_NETWORK = (
    r"(?:Could not resolve host|Couldn't resolve host|Failed to clone|error: downloading|"
    r"each download failed|Failed to connect to|<urlopen error )"
)

#: What CMake, Meson, shells and winarm's own tools say; the first that fits counts.
_BUILDS = (
    Rule(
        # The child, and the one-word tools.
        r"(?P<flag>[/-]\S+) is refused: (?P<reason>[^.]+)\.",
        "The project passes {flag}, and this toolchain cannot do what it means: {reason}.",
        "Take a toolchain that can (clang-cl knows most of MSVC's flags), or build without the "
        "flag: -C winarm.drop-flags={flag}",
    ),
    Rule(
        # It is not asked for as other libraries are.
        r"(?<!-- )Could NOT find OpenMP|ERROR: Dependency \"openmp\" not found|"
        r"fatal error: 'omp\.h' file not found|"
        rf"{UNDEFINED}(__kmpc_|omp_)\w|"
        r"(?:unable to find dynamic system library|could not open|unable to find library) "
        r"['\"]?(?:-l|lib)?i?omp5?(?:\.\w+)*['\"]",
        "The code uses OpenMP, and the toolchain has no runtime of it.",
        "LLVM's libomp for ARM64 Windows is in MSYS2 (mingw-w64-clang-aarch64-openmp) and in "
        f"conda-forge's win-arm64 (llvm-openmp): -C winarm.prefix=DIR. See {LIBRARIES}#openmp",
    ),
    Rule(
        r"Generator\s+(?P<generator>.+?)\s+does not support platform specification, but\s+"
        r"platform\s+(?P<platform>\S+)\s+was specified",
        "The project passes `-A {platform}` to CMake, which only Visual Studio's generators take; "
        "winarm builds with {generator}.",
        "The target is set by winarm: have the project pass -A for Visual Studio's generators "
        "only, and ARM64 there.",
    ),
    Rule(
        r"Could not create named generator (?P<generator>.+)",
        "The project, or CMAKE_ARGS, asks for the CMake generator {generator}, which this machine "
        "does not have.",
        "Have the project leave the choice to CMAKE_GENERATOR, or set `generator` for winarm.",
    ),
    Rule(
        r"(?i:TRY_RUN)\(\) invoked in cross-compiling mode, please set the following cache "
        r"variables[^:]*:\s+(?P<variable>\S+)",
        "The project wants to run a program of the target while it configures, which this machine "
        "cannot.",
        "Say what it would print or return: -C cmake.define.{variable}=VALUE, or name an emulator "
        "in CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    Rule(
        r"Can not run test applications in this cross environment|"
        r"An exe_wrapper is needed for \S+ but was not found",
        "The project wants to run a program of the target while Meson configures or builds, which "
        "this machine cannot.",
        "Have the project build a program that it runs with native: true, or ask "
        "meson.can_run_host_binaries() before; or name an emulator in "
        "CMAKE_CROSSCOMPILING_EMULATOR, which Meson gets as its exe_wrapper.",
    ),
    Rule(
        r"-- Performing Test (?P<test>\w+)\s+\*\*\* CMake configuration failed",
        "CMake ended without a word in the test {test}. CMake 3.25.0 and 3.25.1 crash there when "
        "a project wants to run a program of the target while it configures.",
        'Take a newer one, which says what it needs: -C cmake.version=">=3.26".',
    ),
    Rule(
        r"Linking \w+ executable \S*?(?P<program>[\w.+-]+)\.exe\b[\s\S]*"
        r"\b(?P=program)(?:\.exe)?: (?:command )?not found",
        "The build made {program} for the target and then wanted to run it on this machine.",
        "Programs that a build runs are this machine's: have the project build them with the "
        "host's compiler when CMAKE_CROSSCOMPILING, or name an emulator in "
        "CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    Rule(
        r"make(?:\[\d+\])?: (?P<command>del|copy|xcopy|move|md|rd|cmd(?:\.exe)?): "
        r"(?:No such file or directory|not found)|"
        r"sh: (?:line )?(?:\d+: )?(?P<unknown>del|copy|xcopy|move|md|rd|cmd(?:\.exe)?): "
        r"(?:command )?not found",
        "The project's Makefile runs {command}{unknown}, a command of Windows' own shell, which "
        "this machine does not have.",
        "Build on Windows, or have the project use commands that CMake has on every system "
        "(cmake -E rm, cmake -E copy …).",
    ),
    Rule(
        r"(?<!\S)(?P<file>\S+\.(?:exe|EXE))\W.*(?:Exec format error|cannot execute binary file|"
        r"run-detectors: unable to find an interpreter)|"
        # Where a tool says it of an error of its own, it is a file that cannot be written.
        r"^(?!.*\berror: )(?:.*\s)?(?P<refused>\S+\.(?:exe|EXE))\W+Permission denied",
        "The build made {file}{refused} for the target and then ran it on this machine.",
        "Programs that a build runs are this machine's: have the project build it with the host's "
        "compiler when CMAKE_CROSSCOMPILING, or name an emulator in CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    Rule(
        r"has no LLVM CPU feature named \"(?P<feature>[\w.-]+)\""
        r"|unsupported option '(?P<flag>-m[^']*)' for target"
        r"|(?:error: |'|Unknown argument: )(?P<msvc>/arch:\w+)",
        "The project chooses instructions of x86 processors ({feature}{flag}{msvc}), and the "
        "target has none of them.",
        "Have the project look at CMAKE_SYSTEM_PROCESSOR before. To leave such flags out, set "
        'drop-flags = ["-msse*", "-mavx*", "/arch:*"] under [tool.winarm], or -C '
        "winarm.drop-flags='-msse* -mavx* /arch:*'.",
    ),
    Rule(
        r"(?P<file>/(?:usr/)?(?:local/)?lib\S*\.(?:a|lib|so[.\d]*))\s[\s\S]*?"
        r"lld-link: error: unknown file type",
        "The linker was given {file}, a library of this machine, which is not for the target.",
        NAME_A_PREFIX,
    ),
    Rule(
        # An error's text is indented; `-- Could NOT find` is only information.
        r"^ +Could NOT find (?P<package>\w+) \(missing:"
        r"|By not providing \"Find(?P<config>\w+)\.cmake\"",
        "{package}{config} is not there for the target. This machine's own libraries are for "
        "another processor, so they are not looked at.",
        NAME_A_PREFIX,
    ),
    Rule(
        r"No CMAKE_(?:C|CXX)_COMPILER could be found|"
        r"The C(?:\+\+|XX)? compiler\s+\S+\s+is not able to compile a simple test program",
        "The toolchain cannot compile and link a simple program for the target.",
        "See the compiler's own message above. `winarm doctor --probe` tests each toolchain, and "
        "--toolchain chooses another.",
    ),
    Rule(
        # FetchContent, before and since CMake 3.30.
        rf"{_NO_NETWORK}[\s\S]*?(?:Build step for (?P<old>\S+) failed|/fc-tmp/(?P<new>[^/\s]+)/)",
        "The project fetches {old}{new} while it configures, and that failed.",
        "Check the network; or unpack those sources and name the folder: "
        "-C cmake.define.FETCHCONTENT_SOURCE_DIR_{OLD}{NEW}=DIR.",
    ),
    Rule(
        _NO_NETWORK,
        "The project fetches something while it builds, and that failed.",
        "Check the network; or fetch it first and name its place in the project's own option.",
    ),
)

_MAYBE_NATIVE = (
    "A native build with Visual Studio may work: {} asks for _MSC_VER, which this toolchain does "
    "not define. What that sets can be set with -C winarm.cflags=-DNAME."
)

#: How the first message begins that says what is wrong: CMake's, a compiler's, Meson's, a linker's.
_ERROR = re.compile(
    r"^(?:CMake Error(?: at |:| in |\s*\()|\S[^\n]*?:\d+(?::\d+)?: (?:fatal )?(?i:error): |"
    r"(?:ld\.lld|lld-link|lld|error: (?:ld|lld)-?\w*|clang[\w-]*): (?:error: )?\S|ninja: error: )"
    r".*$",
    re.MULTILINE,
)

#: A traceback of Python's with the first line of its exception.
_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)+(?P<exception>\S.*\n?)?", re.MULTILINE
)

#: What build tools raise when a program of the toolchain fails.
_PROGRAM_FAILED = re.compile(
    r"\b(?:Compile|Link|Lib|DistutilsExec|CCompiler|CalledProcess)Error\b|"
    r"failed with exit (?:status|code)|returned non-zero exit status|command '.*' failed"
)

#: How many missing symbols are looked at one by one, or named with their libraries.
_SHOWN = 5

#: The last line of a traceback, without the module that the exception is from.
_RAISED = re.compile(
    r"(?:[A-Za-z_]\w*\.)*(?P<words>[A-Z]\w*(?:Error|Exception|Exit|Interrupt)\b: .+)"
)

#: Symbols that no library was given for, of C and with what C++ says of their types.
_MISSING = re.compile(rf"{UNDEFINED}(?:__imp_)?(?P<symbol>[A-Za-z_]\w*)")


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


def python_library_hint(symbols: Iterable[str]) -> Hint | None:
    """Return what to do where a module is linked without Python, which every Linux allows.

    >>> python_library_hint(["PyLong_FromLong"]).why.partition(":")[0]
    "PyLong_FromLong is in Python's own library, and the link does not name that"
    """
    # What every Python has that winarm builds for.
    stable = stable_names(PythonABI(11))
    for symbol in filter(stable.__contains__, symbols):
        return Hint(
            f"{symbol} is in Python's own library, and the link does not name that: on Windows "
            "modules are linked with it.",
            "With CMake, Python_add_library or Python::Module does it; a command line needs "
            "-lpython3XX and -L with the folder `libs` of sys.prefix.",
        )
    return None


def explain(output: str, project: Path | None = None) -> Hint:
    """Return what the first known sign in `output` means; empty texts without one.

    :param project: the project's folder, where a missing header may be under another name.
    """
    missing = missing_symbols(output)[:_SHOWN]
    own = project and (
        own_header(output, project) or own_module(output, project) or own_inline(missing, project)
    )
    found = own or python_library_hint(missing) or _first_hint(output)
    if project and ALSO_NATIVE in found.why and (file := asks_for_msvc(output, project)):
        return found._replace(why=found.why.replace(ALSO_NATIVE, _MAYBE_NATIVE.format(file)))
    return found


def _first_hint(output: str) -> Hint:
    for rule in (*_BUILDS, *TOOLS):
        if match := re.search(rule.said, output, re.MULTILINE):
            said = {
                name: " ".join((text or "").split()) for name, text in match.groupdict().items()
            }
            # As CMake spells a name in a variable.
            said |= {name.upper(): text.upper() for name, text in said.items()}
            return Hint(rule.why.format(**said), rule.cure.format(**said))
    return Hint("", "")


def first_error(output: str) -> str:
    r"""Return the first message of CMake, Meson, a compiler or a linker that says what is wrong.

    >>> first_error("-- ok\nCMake Error at CMakeLists.txt:3 (oops):\n  Unknown.\n\n\nmore")
    'CMake Error at CMakeLists.txt:3 (oops):\n  Unknown.'
    >>> first_error("[1/2] cc a.c\na.c:1:9: error: no x\n  1 | x\n    | ^\n1 error generated.\n")
    'a.c:1:9: error: no x\n  1 | x\n    | ^'
    """
    match = _ERROR.search(output)
    if match is None:
        return ""
    lines = output[match.start() :].splitlines()[:_MESSAGE_LINES]
    # What belongs to a message is indented; it ends before the first line that is not.
    end = next(
        (
            number
            for number, line in enumerate(lines[1:], start=1)
            if line and not line.startswith((" ", "Call Stack", ">>>"))
        ),
        len(lines),
    )
    return "\n".join(lines[:end]).rstrip()


def without_tracebacks(output: str) -> str:
    r"""Return an output without the tracebacks of the Python code that ran programs.

    >>> text = "no x.h\nTraceback (most recent call last):\n  File …\n{}\nend"
    >>> without_tracebacks(text.format("CompileError: command 'cc' failed"))
    'no x.h\nend'
    >>> without_tracebacks(text.format("KeyError: 1")) == text.format("KeyError: 1")
    True
    """
    return _TRACEBACK.sub(
        lambda found: "" if program_failed(found["exception"] or "") else found[0], output
    )


def program_failed(words: str) -> bool:
    """Return whether an exception says that a program of the toolchain failed."""
    return _PROGRAM_FAILED.search(words) is not None


def last_exception(output: str) -> str:
    r"""Return the exception that an output ends with, empty if it ends with none.

    >>> last_exception("Traceback …\n  File …\na.b.RuntimeError: no Windows here\n")
    'RuntimeError: no Windows here'
    >>> last_exception("Traceback …\nCython.Compiler.Errors.CompileError: a.pyx\n")
    'CompileError: a.pyx'
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
