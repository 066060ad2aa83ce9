"""What becomes of each flag that a project may pass: the tables.

Sources: Microsoft's lists of compiler and linker options, and what zig 0.14 to 0.17 reject.
"""

import os
import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A flag by its form, what it becomes (nothing: it is dropped), and why."""

    form: re.Pattern[str]
    becomes: tuple[str, ...]
    why: str = ""


def _rules(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(row[0]), tuple(row[1].split()), *row[2:]) for row in rows)


#: MSVC's options behind `/` or, where no GNU option is spelled so, `-`. First match wins.
MSVC = _rules(
    # Linker; first, for `/DEBUG` is no macro and `/INCREMENTAL` no folder.
    (r"(?i:LIBPATH):(.+)", r"-L\1"),
    (r"(?i:DEF):(.+)", r"\1"),
    (r"(?i:DLL|OPT|LTCG|INCREMENTAL|MACHINE|MANIFEST\w*|DEBUG\w*|PDB\w*|SUBSYSTEM)(:.*)?", ""),
    (r"(?i:NODEFAULTLIB|DYNAMICBASE|NXCOMPAT|HIGHENTROPYVA|SAFESEH|LARGEADDRESSAWARE)(:.*)?", ""),
    (r"(?i:IGNORE|IMPLIB|NOENTRY|RELEASE|STACK|HEAP|TLBID|VERSION|WX|VERBOSE|MAP)(:.*)?", ""),
    (r"(?i:INCLUDE|ENTRY|GUARD):.*", ""),
    (r"(?i:CETCOMPAT|Brepro|BASE|FIXED|FORCE|ALLOWISOLATION|DELAY|DELAYLOAD|PROFILE)(:.*)?", ""),
    (r"(?i:FUNCTIONPADMIN|NOEXP|NOIMPLIB|NOLOGO|DEPENDENTLOADFLAG|d2\S*|EMITPOGO\S*)(:.*)?", ""),
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
    (r"EH[\w-]*", "", "C++ exceptions are always on"),
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
    (r"[A-Za-z][\w+-]*([:=].*)?", "", "an unknown option, which cl and link leave out, too"),
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


def find_rule(argument: str) -> Rule | None:
    """Return what is done with an argument, or None where it is taken as it is.

    >>> find_rule("/W3").becomes, find_rule("/O2").becomes
    ((), ('-O2',))
    >>> find_rule("-O2") is None
    True
    """
    msvc = (argument.startswith("/") and not is_path(argument)) or (
        MSVC_BEHIND_A_DASH.fullmatch(argument) is not None
    )
    rules, text = (MSVC, argument[1:]) if msvc else (GNU, argument)
    return next((rule for rule in rules if rule.form.fullmatch(text)), None)


def is_path(argument: str) -> bool:
    """Return whether what begins with `/` is a file, be it a missing one, and no option."""
    folder = os.path.dirname(argument)
    return os.path.exists(argument) or (folder != "/" and os.path.isdir(folder))
