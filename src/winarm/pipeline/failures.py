"""What a failed build of CMake or Meson usually means, read from what its programs said.

The programs' own words are always shown; this adds why, and what to do, where a cross build has
reasons of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

from winarm.pipeline.hints import LIBRARIES, OPENMP, REFUSED, Hint, Rule, first_hint, hint

#: Lines of one message that are kept.
_MESSAGE_LINES = 40


def _rule(said: str, why: str, cure: str) -> Rule:
    return said, Hint(why, cure)


#: What git, CMake and Meson say when they cannot fetch.
_NO_NETWORK = (
    r"(?:Could not resolve host|Couldn't resolve host|Failed to clone|error: downloading|"
    r"each download failed|Failed to connect to|<urlopen error )"
)

#: What to do about a library that is not there for the target.
_NAME_A_PREFIX = (
    "Name an install tree that has it, built for ARM64 Windows: -C winarm.prefix=DIR. See "
    f"{LIBRARIES}. Or switch off the project's option that wants it."
)

_RULES = (
    REFUSED,
    OPENMP,
    _rule(
        r"Generator\s+(?P<generator>.+?)\s+does not support platform specification, but\s+"
        r"platform\s+(?P<platform>\S+)\s+was specified",
        "The project passes `-A {platform}` to CMake, which only Visual Studio's generators take; "
        "winarm builds with {generator}.",
        "The target is set by winarm: have the project pass -A for Visual Studio's generators "
        "only, and ARM64 there.",
    ),
    _rule(
        r"Could not create named generator (?P<generator>.+)",
        "The project, or CMAKE_ARGS, asks for the CMake generator {generator}, which this machine "
        "does not have.",
        "Have the project leave the choice to CMAKE_GENERATOR, or set `generator` for winarm.",
    ),
    _rule(
        r"(?i:TRY_RUN)\(\) invoked in cross-compiling mode, please set the following cache "
        r"variables[^:]*:\s+(?P<variable>\S+)",
        "The project wants to run a program of the target while it configures, which this machine "
        "cannot.",
        "Say what it would print or return: -C cmake.define.{variable}=VALUE, or name an emulator "
        "in CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    _rule(
        r"Can not run test applications in this cross environment|"
        r"An exe_wrapper is needed for \S+ but was not found",
        "The project wants to run a program of the target while Meson configures or builds, which "
        "this machine cannot.",
        "Have the project ask meson.can_run_host_binaries() before, or name an emulator in "
        "CMAKE_CROSSCOMPILING_EMULATOR, which Meson gets as its exe_wrapper.",
    ),
    _rule(
        r"-- Performing Test (?P<test>\w+)\s+\*\*\* CMake configuration failed",
        "CMake ended without a word in the test {test}. CMake 3.25.0 and 3.25.1 crash there when a "
        "project wants to run a program of the target while it configures.",
        'Take a newer one, which says what it needs: -C cmake.version=">=3.26".',
    ),
    _rule(
        r"Linking \w+ executable \S*?(?P<program>[\w.+-]+)\.exe\b[\s\S]*"
        r"\b(?P=program)(?:\.exe)?: (?:command )?not found",
        "The build made {program} for the target and then wanted to run it on this machine.",
        "Programs that a build runs are this machine's: have the project build them with the "
        "host's compiler when CMAKE_CROSSCOMPILING, or name an emulator in "
        "CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    _rule(
        r"make(?:\[\d+\])?: (?P<command>del|copy|xcopy|move|md|rd|cmd(?:\.exe)?): "
        r"(?:No such file or directory|not found)|"
        r"sh: (?:line )?(?:\d+: )?(?P<unknown>del|copy|xcopy|move|md|rd|cmd(?:\.exe)?): "
        r"(?:command )?not found",
        "The project's Makefile runs {command}{unknown}, a command of Windows' own shell, which "
        "this machine does not have.",
        "Build on Windows, or have the project use commands that CMake has on every system "
        "(cmake -E rm, cmake -E copy …).",
    ),
    _rule(
        r"(?P<file>\S+\.(?:exe|EXE))\W.*(?:Exec format error|cannot execute binary file|"
        r"Permission denied|run-detectors: unable to find an interpreter)",
        "The build made {file} for the target and then ran it on this machine.",
        "Programs that a build runs are this machine's: have the project build it with the host's "
        "compiler when CMAKE_CROSSCOMPILING, or name an emulator in CMAKE_CROSSCOMPILING_EMULATOR.",
    ),
    _rule(
        r"has no LLVM CPU feature named \"(?P<feature>[\w.-]+)\""
        r"|unsupported option '(?P<flag>-m[^']*)' for target"
        r"|(?:error: |'|Unknown argument: )(?P<msvc>/arch:\w+)",
        "The project chooses instructions of x86 processors ({feature}{flag}{msvc}), and the "
        "target has none of them.",
        "Have the project look at CMAKE_SYSTEM_PROCESSOR before. To leave such flags out, set "
        'drop-flags = ["-msse*", "-mavx*", "/arch:*"] under [tool.winarm], or '
        "-C winarm.drop-flags='-msse* -mavx* /arch:*'.",
    ),
    _rule(
        r"(?P<file>/(?:usr/)?(?:local/)?lib\S*\.(?:a|lib|so[.\d]*))\s[\s\S]*?"
        r"lld-link: error: unknown file type",
        "The linker was given {file}, a library of this machine, which is not for the target.",
        _NAME_A_PREFIX,
    ),
    _rule(
        r"(?:lld-link|ld\.lld|lld): error: (?P<file>[^:\n]+?)(?:\([^)\n]*\))?: "
        r"(?:machine type \S+ conflicts with (?:arm64|0xaa64)|unknown file type)",
        "The linker was given {file}, which holds code of another machine: a library of this "
        "machine, not of the target.",
        _NAME_A_PREFIX,
    ),
    _rule(
        # An error's text is indented; `-- Could NOT find` is only information.
        r"^ +Could NOT find (?P<package>\w+) \(missing:"
        r"|By not providing \"Find(?P<config>\w+)\.cmake\"",
        "{package}{config} is not there for the target. This machine's own libraries are for "
        "another processor, so they are not looked at.",
        _NAME_A_PREFIX,
    ),
    _rule(
        r"No CMAKE_(?:C|CXX)_COMPILER could be found|"
        r"The C(?:\+\+|XX)? compiler\s+\S+\s+is not able to compile a simple test program",
        "The toolchain cannot compile and link a simple program for the target.",
        "See the compiler's own message above. `winarm doctor --probe` tests each toolchain, and "
        "--toolchain chooses another.",
    ),
    _rule(
        # FetchContent, before and since CMake 3.30.
        rf"{_NO_NETWORK}[\s\S]*?(?:Build step for (?P<old>\S+) failed|/fc-tmp/(?P<new>[^/\s]+)/)",
        "The project fetches {old}{new} while it configures, and that failed.",
        "Check the network; or unpack those sources and name the folder: "
        "-C cmake.define.FETCHCONTENT_SOURCE_DIR_{OLD}{NEW}=DIR.",
    ),
    _rule(
        _NO_NETWORK,
        "The project fetches something while it builds, and that failed.",
        "Check the network; or fetch it first and name its place in the project's own option.",
    ),
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
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)+(?:\S.*\n?)?", re.MULTILINE
)


def explain(output: str, project: Path | None = None) -> Hint:
    """Return what the first known sign in `output` means; empty texts without one."""
    found = first_hint(_RULES, output)
    return found if found.why else hint(output, project)


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

    >>> without_tracebacks("no x.h\nTraceback (most recent call last):\n  File …\nError: 1\nend")
    'no x.h\nend'
    """
    return _TRACEBACK.sub("", output)
