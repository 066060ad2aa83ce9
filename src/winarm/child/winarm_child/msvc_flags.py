"""Turn the flags that projects pass into those that an MSVC-style toolchain takes.

Most projects that see Windows pass MSVC's own. Those for x86, for debugging or for the host are
left out; those of gcc are said in MSVC's words, or left out, and each is reported. The rules have
the form of `flag_rules`. Sources: Microsoft's lists of compiler and linker options, and what
clang-cl 16 to 22 say of GNU's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .flag_rules import (
    NO_DEBUG_INFO,
    NO_OPENMP,
    Found,
    Rule,
    caseless,
    finder,
    is_path,
    nothing,
    same,
)
from .flags import FOLDER, Translator
from .journal import Journal
from .paths import ours

_X86 = "instruction sets of x86 do not exist on the target"
_GNU_ONLY = "only a GNU-style compiler has it"
_WHOLE = "whole-program optimisation makes objects that only one version of the tools reads"
_MANIFEST = "a module needs no manifest, and making one takes mt.exe"
_DEBUG_RUNTIME = "the target's Python is not a debug build"

#: Options of MSVC that do not suit the target or a wheel.
MSVC = (
    nothing("~arch:{IA32,SSE*,AVX*} ~favor:* ~Qpar-report*", _X86),
    nothing("~GL ~GL- ~{LTCG,ltcg}{,:*}", _WHOLE),
    nothing("~Zi ~ZI ~Z7 ~FS ~Fd*", NO_DEBUG_INFO),
    # Debug runtimes may not be passed on to others.
    Rule("same", ("~MDd",), ("/MD",), _DEBUG_RUNTIME),
    Rule("same", ("~MTd",), ("/MT",), _DEBUG_RUNTIME),
    nothing("~MP ~MP#*", "files are compiled side by side already"),
    *caseless(
        nothing("~MACHINE:*", "the machine is the target's"),
        nothing("~DEBUG{,:*,TYPE:*} ~PDB*:* ~INCREMENTAL{,:*}", NO_DEBUG_INFO),
        nothing("~IMPLIB:*", "it would stay beside the module"),
        same("~LIBPATH:*", r"-L\1"),
    ),
    same("~external:I* /I*", r"-I\1"),
)

#: For a toolchain that has no mt.exe.
WITHOUT_MT = caseless(nothing("~MANIFEST*", _MANIFEST))
#: For clang-cl, whose OpenMP runtime is another than MSVC's.
CLANG = (nothing("~openmp* -fopenmp*", NO_OPENMP),)

#: Options of GNU's, and what MSVC has instead.
GNU = (
    same("-O{2,3,fast,4,}", "/O2"),
    same("-O{s,z}", "/O1"),
    same("-O{0,g}", "/Od"),
    same("-std={c,gnu}++{98,03,0x,11,1y,14}", "/std:c++14"),
    same("-std={c,gnu}++{17,1z}", "/std:c++17"),
    same("-std={c,gnu}++{20,2a}", "/std:c++20"),
    same("-std={c,gnu}++*", "/std:c++latest"),
    same("-std={c,gnu,iso9899:}{11,17,18,1x,2*}", "/std:c17"),
    nothing("-std=* -ansi -pedantic*", _GNU_ONLY),
    same("-ffast-math", "/fp:fast"),
    same("-fno-rtti", "/GR-"),
    same("-funsigned-char", "/J"),
    same("-fpack-struct", "/Zp1"),
    same("-fpack-struct=*", r"/Zp\1"),
    same("-fopenmp*", "/openmp"),
    same("-fp:*", r"/fp:\1"),
    nothing("-f*", _GNU_ONLY),
    nothing("-g{,#,gdb*,dwarf*,line-tables-only}", NO_DEBUG_INFO),
    same("-Wall -Wextra", "/W3"),
    nothing("-W{X,L} -W{l,p,a},*", _GNU_ONLY),
    nothing("-Werror*", "warnings of another compiler must not stop the build"),
    nothing("-m*", "the processor is the target's"),
    nothing(
        "-l{m,c,c++,stdc++,gcc*,pthread,rt,dl,util,nsl,resolv,atomic}",
        "no such library on Windows",
    ),
    same("-l*.lib -l*", r"\1.lib"),
    same("-isystem* -iquote* -idirafter*", r"-I\1"),
    nothing("-static* -shared* -{pthread,rdynamic,s,pipe,bundle,dynamiclib,pie}", _GNU_ONLY),
    nothing("-undefined dynamic_lookup -stdlib=* -nostdlib -no-pie -municode", _GNU_ONLY),
    nothing("-export-dynamic", _GNU_ONLY),
)
#: For cl, which warns of each that it does not know.
CL = (same("-W#", r"-W\1"), same("-Wv:*", r"-Wv:\1"), nothing("-W*", _GNU_ONLY))

#: Options whose value may be the next argument.
APART = frozenset(
    ("-D", "-U", "-I", "-L", "-l", "-isystem", "-iquote", "-idirafter", "/D", "/U", "/I")
)

#: Options whose value is a file.
_FILE = re.compile(
    r"(?P<option>[/-](?:(?i:DEF:|WHOLEARCHIVE:|MANIFESTINPUT:|ORDER:@)|FI)|/T[cp])?(?P<file>.+)"
)


class MsvcTranslator(Translator):
    """Translates arguments (not the program before them) for cl, clang-cl, link and lld-link."""

    c_standard = re.compile(r"[/-]std:c\d\w*")
    cxx_standard = re.compile(r"[/-]std:c\+\+\w+")

    def __init__(self, spec: Mapping[str, Any], journal: Journal) -> None:
        super().__init__(spec, journal)
        tools = spec["toolchain"]
        self._clang = tools["kind"] == "clang-cl"
        by_kind = (CLANG, MSVC, GNU) if self._clang else (MSVC, GNU, CL)
        self._find_rule = finder(() if tools["mt"] else WITHOUT_MT, *by_kind)
        #: GNU's options with a folder, as these programs have them; cl has no late one.
        self._spelled = {
            "-L": "/LIBPATH:",
            "-idirafter": "/clang:-idirafter" if self._clang else "-I",
        }
        #: winarm's own flags, which are right as they are.
        self._own = frozenset((*tools["cflags"], *tools["ldflags"]))

    def link(self, argv: Sequence[str], exports: str = "") -> list[str]:
        """Return the arguments that link; what is exported stays on the command line."""
        del exports
        argv = list(self._translated(argv))
        folders = [arg[9:] for arg in argv if arg.startswith("/LIBPATH:")]
        return list(self._with_needs([self._of_prefix(arg, folders) or arg for arg in argv]))

    def _translated(self, argv: Sequence[str]) -> Iterator[str]:
        arguments = iter(argv)
        for argument in arguments:
            if argument == "-include":
                yield f"/FI{ours(next(arguments, ''))}"
            elif argument in {"-Xpreprocessor", "-Xcompiler", "-Xlinker", "-Xassembler", "-arch"}:
                self._write(f"{argument} {next(arguments, '')}", (), _GNU_ONLY)
            elif argument == "-Xclang":
                value = next(arguments, "")
                yield from (argument, value) if self._clang else ()
            elif argument in APART:
                yield from self._one(f"-{argument[1:]}{next(arguments, '')}")
            else:
                yield from self._one(argument)

    def _find(self, argument: str) -> Found | None:
        if argument in self._own or (argument.startswith("/") and is_path(argument)):
            return None
        return self._find_rule(argument)

    def _tell(self, argument: str, found: Found) -> None:
        if not found.becomes or not all(map(FOLDER.fullmatch, found.becomes)):
            # What becomes of a folder is reported where it is decided.
            super()._tell(argument, found)

    @staticmethod
    def _with_our_file(argument: str) -> str:
        match = _FILE.fullmatch(argument)
        if match is None or (match["option"] is None and argument.startswith(("-", "/"))):
            return argument
        return f"{match['option'] or ''}{ours(match['file'])}"

    @staticmethod
    def _unknown_library(name: str) -> str:
        return f"{name}.lib"

    def _folder(self, option: str, written: str) -> Iterator[str]:
        for part in super()._folder(option, written):
            match = FOLDER.fullmatch(part)
            if match and match[1] in self._spelled:
                yield self._spelled[match[1]] + match[2]
            else:
                yield part


def translator(spec: Mapping[str, Any], journal: Journal) -> Translator:
    """Return the translator of flags for a toolchain's style."""
    style = MsvcTranslator if spec["toolchain"]["style"] == "msvc" else Translator
    return style(spec, journal)
