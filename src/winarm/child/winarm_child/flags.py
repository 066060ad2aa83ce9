"""Turn the flags that projects pass into those that a GNU-style toolchain takes.

A project that sees Windows adds MSVC's flags, whatever the compiler; one that was written for gcc
adds some that clang's MinGW target or zig reject. What can be said otherwise is translated, what
cannot is dropped, and both are told to the parent, which lists them in verbose output.

Sources: Microsoft's lists of compiler and linker options, and what zig 0.14 to 0.17 reject.
"""

import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .journal import Journal


class Rule(NamedTuple):
    """A flag by its form, what it becomes (nothing: it is dropped), and why."""

    form: re.Pattern[str]
    becomes: tuple[str, ...]
    why: str = ""


def _rules(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(row[0]), tuple(row[1].split()), *row[2:]) for row in rows)


#: MSVC's options behind `/` or, where no GNU option is spelled so, `-`. First match wins.
MSVC = _rules(
    # Compiler.
    (r"O[2xt]", "-O2"),
    (r"O1", "-Os"),
    (r"Od", "-O0"),
    (r"O[bgisy].*", ""),
    (r"std:c\+\+latest|std:c\+\+2[36].*", "-std=gnu++2b"),
    (r"std:c\+\+(\d\d).*", r"-std=gnu++\1"),
    (r"std:clatest|std:c2.", "-std=gnu2x"),
    (r"std:c(\d\d)", r"-std=gnu\1"),
    (r"D(\w.*)", r"-D\1"),
    (r"U(\w+)", r"-U\1"),
    (r"I(.+)|external:I(.+)", r"-I\1\2"),
    (r"EH\w*-?(\w*-?)*", "", "C++ exceptions are always on"),
    (r"GR", ""),
    (r"GR-", "-fno-rtti"),
    (r"J", "-funsigned-char"),
    (r"FI(.+)", r"-include \1"),
    (r"fp:fast", "-ffast-math"),
    (r"fp:.*", ""),
    (r"openmp.*", "", "there is no OpenMP runtime in this toolchain; its pragmas are ignored"),
    (r"arch:.*", "", "instruction sets of x86 do not exist on the target"),
    (r"w|W0", "-w"),
    (r"W[1-4]|Wall|WX-?|WL|w[de1-4o]\d+|wd.*|we.*|Wv.*", ""),
    (r"M[DT]d?|LDd?", "", "this toolchain has one C runtime, the UCRT"),
    (r"G[LSTFdrvyzwZAFHRshe]+-?|Gm-?|GS-?|guard:.*|Q.*|RTC.*|sdl-?|analyze.*", ""),
    (r"Z[7iIalWcdegs]\S*|Zc:.*|Zm\d+|Zp\d*|Y[-cuUlXd].*|F[AaCcdDeioRrSsx]\S*", ""),
    (r"bigobj|nologo|utf-8|utf8|MP\d*|TC|TP|permissive-?|c|errorReport.*|FS|FC|homeparams", ""),
    (r"(source|execution)-charset:.*|validate-charset|diagnostics:.*|showIncludes", ""),
    (r"external:.*|experimental:.*|await\S*|constexpr:.*|volatile:.*|kernel|favor:.*", ""),
    (r"d[12]\S+|H\d*|hotpatch|jumptablerdata|link|V.*|X|std:.*|translateInclude", ""),
    # Linker.
    (r"(?i:LIBPATH):(.+)", r"-L\1"),
    (r"(?i:DEF):(.+)", r"\1"),
    (r"(?i:DLL|OPT|LTCG|INCREMENTAL|MACHINE|MANIFEST\w*|DEBUG\w*|PDB\w*|SUBSYSTEM)(:.*)?", ""),
    (r"(?i:NODEFAULTLIB|DYNAMICBASE|NXCOMPAT|HIGHENTROPYVA|SAFESEH|LARGEADDRESSAWARE)(:.*)?", ""),
    (r"(?i:IGNORE|IMPLIB|NOENTRY|RELEASE|STACK|HEAP|TLBID|VERSION|WX|VERBOSE|MAP)(:.*)?", ""),
    (r"(?i:CETCOMPAT|Brepro|BASE|FIXED|FORCE|ALLOWISOLATION|DELAY|DELAYLOAD|PROFILE)(:.*)?", ""),
    (r"(?i:FUNCTIONPADMIN|NOEXP|NOIMPLIB|NOLOGO|DEPENDENTLOADFLAG|d2\S*|EMITPOGO\S*)(:.*)?", ""),
    (r"[A-Za-z][\w-]*([:=+-].*)?", "", "an unknown option, which cl and link leave out, too"),
)

#: What no GNU compiler spells so, and may therefore stand behind `-` too.
MSVC_BEHIND_A_DASH = re.compile(
    r"-(O[xdt]|Oi|Oy-?|Ob\d|std:.*|EH\w+-?|GR-?|fp:.*|openmp:.*|arch:.*|W[X1-4]|w[de]\d+|Zi|Z7|"
    r"Zc:.*|Zm\d+|Zl|Gy|GL|GS-?|Gw|Gd|guard:.*|bigobj|nologo|utf-8|MP\d*|M[DT]d|MT|TP|permissive-|"
    r"FI.+|external:.*|(?i:LIBPATH|DEF|OPT|MACHINE|NODEFAULTLIB|SUBSYSTEM|EXPORT|IGNORE|MANIFEST|"
    r"INCREMENTAL|DELAYLOAD|IMPLIB|STACK):.*|LTCG|DEBUG|DLL)"
)

_X86 = "instruction sets of x86 do not exist on the target"
_ELF = "the linker of Windows images has no such option"
_OPENMP = "there is no OpenMP runtime in this toolchain; its pragmas are ignored"

#: GNU-style options that clang's MinGW target or zig reject.
GNU = _rules(
    (r"-march=armv8(?:\.0)?-a", ""),
    (r"-march=armv8(?:\.0)?-a\+(.+)", r"-mcpu=generic+\1", "zig names processors, not -march"),
    (r"-march=armv8\.(\d)-a(.*)", r"-mcpu=generic+v8_\1a\2", "zig names processors, not -march"),
    (r"-march=.*|-mtune=.*|-mfpu=.*|-mfloat-abi=.*", "", "the processor is the target's"),
    (r"-m(no-)?(sse|ssse|avx|fma|bmi|aes|pclmul|popcnt|f16c|lzcnt|sha|xsave|mmx|adx)\S*", "", _X86),
    (r"-m(32|64|fpmath=\S*|arch=\S*)", "", _X86),
    (r"-mcpu=native", "", "the processor is the target's"),
    (r"-(mcmodel|mtls-dialect)=.*", "", "the target has one"),
    (r"-f(no-)?(gnu-unique|graphite\S*|var-tracking\S*|ipa-\S*)", "", "gcc's own"),
    (r"-Wp,(-[DU][^,]*)", r"\1"),
    (r"-fopenmp\S*|-qopenmp|-lgomp|-lomp|-liomp5|-lvcomp", "", _OPENMP),
    (r"-flto\S*|-fno-lto|-fuse-linker-plugin|-ffat-lto-objects", "", "zig's Windows C library"),
    (r"-fPIC|-fpic|-fPIE|-fpie|-fno-semantic-interposition|-rdynamic", "", _ELF),
    (r"-f(no-)?plt|-fuse-ld=\S*|-pie|-no-pie", "", _ELF),
    (r"-static-lib(gcc|stdc\+\+|c\+\+)|-static|-shared-libgcc", "", "zig links these statically"),
    (r"-mwindows|-mconsole|-mthreads|-mno-cygwin|-mdll|-mms-bitfields", ""),
    (r"-Wl,--(exclude-all-symbols|kill-at|(no-)?insert-timestamp|large-address-aware)", "", _ELF),
    (r"-Wl,--enable-auto-image(-)?base|-Wl,--enable-(auto-import|runtime-pseudo-reloc\S*)", ""),
    (r"-Wl,--(pdb=?|guard-cf|version-script|soname|no-undefined|exclude-libs)\S*", "", _ELF),
    (
        r"-Wl,(-z|-rpath|-R|-soname|--hash-style|-O\d|--build-id|--as-needed|-Bsymbolic)\S*",
        "",
        _ELF,
    ),
    (r"-Wl,-(headerpad_max_install_names|dead_strip|undefined|bind_at_load)\S*", "", _ELF),
    (r"-Wl,(-add-stdcall-alias|--add-stdcall-alias|-map\S*|-Map\S*|--strip-all|-s|-S)", ""),
    (
        r"-l(msvcrt\d*|ucrt|ucrtbase|vcruntime\d*|msvcp\d*|libcmt|synchronization|oldnames)",
        "",
        "UCRT",
    ),
    (r"-l(rt|dl|util|nsl|resolv|gcc|gcc_s|gcc_eh|atomic)", "", "no such library on Windows"),
    (r"-bundle|-dynamiclib|-undefined|dynamic_lookup|-mmacosx-version-min=\S*", "", "macOS's"),
    (r"-stdlib=\S*", "", "zig has one C++ library, libc++"),
    (r"-(fstack-clash-protection|fcf-protection|mbranch-protection)\S*", "", _X86),
    (r"-Werror", "", "warnings of another compiler must not stop the build"),
)

#: Options whose value is the next argument, which is not looked at.
VALUED = frozenset(
    ("-o", "-x", "-target", "-ivfsoverlay", "-Xclang", "-MF", "-MT", "-MQ", "-include", "-arch")
)

#: Options that hand the next argument on to a part of the compiler.
HANDED_ON = frozenset(("-Xpreprocessor", "-Xcompiler", "-Xlinker", "-Xassembler", "-mllvm"))

#: Options whose value may be the next argument, and the spelling with the value behind it.
APART = {
    **{option: option for option in ("-D", "-U", "-I", "-L", "-isystem", "-iquote", "-idirafter")},
    **{"/D": "-D", "/U": "-U", "/I": "-I", "/external:I": "-I", "-external:I": "-I"},
    "/FI": "/FI",
}

#: What names a folder: option and folder. zig has its own headers where a gcc has those of
#: `-isystem`, and would look at these after them.
FOLDER = re.compile(r"(-I|-L|-isystem|-iquote|-idirafter)(.*)", re.DOTALL)
SYSTEM_FOLDER = "-isystem"

#: Folders of the host's own headers and libraries, which the target must never see.
HOST_FOLDERS = (
    *("/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local", "/lib", "/lib64"),
    *("/opt/homebrew", "/opt/local", "/Library/Developer", "/Applications/Xcode.app"),
)
#: Path components of installed Python packages: what compiles against them asked them for it.
INSTALLED = ("site-packages", "dist-packages")

#: LLVM's and zig's names of what gcc calls otherwise behind `-march=…+`.
CPU_FEATURES = {
    "fp": "fp_armv8",
    "fp16": "fullfp16",
    "memtag": "mte",
    "profile": "spe",
    "simd": "neon",
}

_CXX_STANDARD = re.compile(r"-std=(?:c|gnu)\+\+\w+")
_C_STANDARD = re.compile(r"-std=(?:c|gnu|iso9899:)\d\w*")


class Translator:
    """Translates whole command lines for one build, and tells the parent what it changed."""

    def __init__(self, spec: Mapping[str, Any], journal: Journal) -> None:
        self._journal = journal
        self._told: set[str] = set()
        self._instead = {os.path.realpath(k): v for k, v in spec["instead_of"].items()}
        after = [arg for args in spec["after"].values() for arg in args]
        named = [match[2] for arg in after if (match := FOLDER.fullmatch(arg))]
        #: What may be anywhere: the project, what winarm made, and what the user has named.
        self._allowed = [
            os.path.realpath(path) for path in (*spec["project"], spec["build_base"], *named)
        ]

    def compile(self, argv: Sequence[str], language: str | None) -> list[str]:
        """Return the command line that compiles a source of `language` (`c` or `c++`)."""
        wrong = _C_STANDARD if language == "c++" else _CXX_STANDARD
        return [arg for arg in self._translated(argv) if not wrong.fullmatch(arg)]

    def link(self, argv: Sequence[str], exports: str) -> list[str]:
        """Return the command line that links.

        :param exports: the `.def` file that names exported on the command line go to.
        """
        argv = list(self._translated(self._without_exports(argv, exports)))
        definitions = [arg for arg in argv if arg.lower().endswith(".def")]
        if len(definitions) > 1 and exports in definitions:
            # One export list is all that a linker takes; the project's own says more.
            argv.remove(exports)
        folders = [arg[2:] for arg in argv if arg.startswith("-L")]
        return [_library(arg, folders) for arg in argv]

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return a command line of the project's own with flags that the toolchain takes."""
        return list(self._translated(argv))

    def _translated(self, argv: Sequence[str]) -> Iterator[str]:
        arguments = iter(argv)
        for argument in arguments:
            if argument in VALUED:
                yield argument
                yield from itertools.islice(arguments, 1)
            elif argument in HANDED_ON:
                yield from self._handed_on(argument, next(arguments, ""))
            elif argument in APART:
                yield from self._one(APART[argument] + next(arguments, ""))
            else:
                yield from self._one(argument)

    def _handed_on(self, option: str, value: str) -> Iterator[str]:
        rule = find_rule(value)
        if rule is None or rule.becomes:
            yield from (option, value)
        else:
            self._tell(f"{option} {value}", (), rule.why)

    def _one(self, argument: str) -> Iterator[str]:
        rule = find_rule(argument)
        if rule is None:
            becomes: tuple[str, ...] = (argument,)
        else:
            match = rule.form.fullmatch(_bare(argument, rule))
            becomes = tuple(_expanded(part, match) for part in rule.becomes) if match else ()
            self._tell(argument, becomes, rule.why)
        for part in becomes:
            folder = FOLDER.fullmatch(part)
            yield from self._folder(folder[1], folder[2]) if folder else (part,)

    def _folder(self, option: str, written: str) -> Iterator[str]:
        argument, folder = option + written, os.path.realpath(written or ".")
        option = "-I" if option == SYSTEM_FOLDER else option
        instead = self._instead.get(folder)
        if instead is not None:
            self._tell(argument, (option + instead,), "the host's describe the host")
            yield option + instead
        elif self._is_of_host(folder):
            self._tell(argument, (), "the host's headers and libraries are not the target's")
        else:
            yield option + written

    def _is_of_host(self, folder: str) -> bool:
        if any(is_inside(folder, allowed) for allowed in self._allowed):
            return False
        parts = folder.split(os.sep)
        return any(is_inside(folder, host) for host in HOST_FOLDERS) and not any(
            part in INSTALLED for part in parts
        )

    def _without_exports(self, argv: Sequence[str], exports: str) -> list[str]:
        named = [match for arg in argv if (match := re.fullmatch(r"(?i)[/-]EXPORT:(.+)", arg))]
        if not named:
            return list(argv)
        new = not os.path.exists(exports)
        with open(exports, "a", encoding="utf-8") as file:
            file.writelines(["EXPORTS\n"] if new else [])
            file.writelines(f"{match[1].replace(',', ' ')}\n" for match in named)
        kept = [arg for arg in argv if not re.fullmatch(r"(?i)[/-]EXPORT:.+", arg)]
        return [*kept, exports] if exports not in kept else kept

    def _tell(self, argument: str, becomes: Sequence[str], why: str) -> None:
        if argument not in self._told:
            self._told.add(argument)
            self._journal.write("flag", was=argument, becomes=list(becomes), why=why)


def find_rule(argument: str) -> Rule | None:
    """Return what is done with an argument, or None where it is taken as it is.

    >>> find_rule("/W3").becomes, find_rule("/O2").becomes
    ((), ('-O2',))
    >>> find_rule("-O2") is None
    True
    """
    msvc = (argument.startswith("/") and not os.path.exists(argument)) or (
        MSVC_BEHIND_A_DASH.fullmatch(argument) is not None
    )
    rules, text = (MSVC, argument[1:]) if msvc else (GNU, argument)
    return next((rule for rule in rules if rule.form.fullmatch(text)), None)


def is_inside(path: str, folder: str) -> bool:
    """Return whether `path` is `folder` or in it, as far as their names tell.

    >>> is_inside("/usr/lib/x", "/usr/lib"), is_inside("/usr/library", "/usr/lib")
    (True, False)
    """
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _bare(argument: str, rule: Rule) -> str:
    return argument if rule in GNU else argument[1:]


def _expanded(part: str, match: re.Match[str]) -> str:
    text = re.sub(r"\\(\d)", lambda group: match[int(group[1])] or "", part)
    cpu, *features = text.split("+") if text.startswith("-mcpu=") else [text]
    return cpu + "".join(map(_feature, features))


def _feature(name: str) -> str:
    """Return a processor's feature in zig's spelling: `+nofp16` is `-fullfp16`."""
    sign, name = ("-", name[2:]) if name.startswith("no") else ("+", name)
    return sign + CPU_FEATURES.get(name, name.replace("-", "_"))


def _library(argument: str, folders: Sequence[str]) -> str:
    """Return a library argument in the spelling under which it can be found.

    Windows ignores case and MSVC wants the ending: `WS2_32.lib` is MinGW's `-lws2_32`.
    """
    if argument.lower().endswith(".lib") and os.path.basename(argument) == argument:
        if os.path.exists(argument):
            return argument
        argument = f"-l{argument}"
    if not argument.startswith("-l"):
        return argument
    name = argument[2:-4] if argument.lower().endswith(".lib") else argument[2:]
    forms = (f"lib{name}.dll.a", f"lib{name}.a", f"{name}.lib", f"lib{name}.lib", f"{name}.dll")
    if any(os.path.exists(os.path.join(folder, form)) for folder in folders for form in forms):
        return f"-l{name}"
    return f"-l{name.lower()}"
