"""What becomes of the flags that projects pass, with a toolchain that reads MSVC's.

Sources: Microsoft's lists of compiler and linker options, and what clang-cl 16 to 22 say of GNU's.
"""

import os
import re
from typing import NamedTuple

_X86 = "instruction sets of x86 do not exist on the target"
_GNU = "only a GNU-style compiler has it"
_ONE_MACHINE = "the machine is the target's"
_WHOLE = "whole-program optimisation makes objects that only one version of the tools reads"
_PDB = "debug information does not go into a wheel"
_MANIFEST = "a module needs no manifest, and making one takes mt.exe"
_OPENMP = "there is no OpenMP runtime in this toolchain; its pragmas are ignored"
_POSIX = "no such library on Windows"


class Rule(NamedTuple):
    """A flag by its form, what it becomes (nothing: it is dropped), and why."""

    form: re.Pattern[str]
    becomes: tuple[str, ...]
    why: str = ""


def _rules(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(row[0]), tuple(row[1].split()), *row[2:]) for row in rows)


#: Options of MSVC that do not suit the target or a wheel, behind `/` or `-`. First match wins.
MSVC = _rules(
    (r"[/-]arch:(IA32|SSE\d*|AVX\S*)", "", _X86),
    (r"[/-]favor:.*|[/-]Qpar-report.*", "", _X86),
    (r"[/-](?i:MACHINE):.*", "", _ONE_MACHINE),
    (r"[/-](GL-?|LTCG(:.*)?|ltcg(:.*)?)", "", _WHOLE),
    (r"[/-](Zi|ZI|Z7|FS|Fd.*)", "", _PDB),
    (r"[/-](?i:DEBUG(:.*)?|DEBUGTYPE:.*|PDB\w*:.*|INCREMENTAL(:.*)?)", "", _PDB),
    # Debug runtimes may not be handed on, and the target's Python is a release build.
    (r"[/-](M[DT])d", r"/\1", "the target's Python is no debug build"),
    (r"[/-](?i:IMPLIB):.*", "", "it would stay beside the module"),
    (r"[/-](?i:LIBPATH):(.+)", r"-L\1"),
    (r"[/-]external:I(.+)", r"-I\1"),
    (r"/I(.+)", r"-I\1"),
    (r"[/-]MP\d*", "", "files are compiled side by side already"),
)

#: For a toolchain that has no mt.exe.
WITHOUT_MT = _rules((r"[/-](?i:MANIFEST\w*)(:.*)?", "", _MANIFEST))
#: For cl, which warns of each that it does not know.
CL = _rules((r"-W(?![0-4]$|v:|all$|extra$|X$|L$|error)[a-zA-Z].*", "", _GNU))
#: For clang-cl, whose OpenMP runtime is another than MSVC's.
CLANG = _rules((r"[/-]openmp.*|-fopenmp.*", "", _OPENMP))

#: Options of GNU's, and what MSVC has instead.
GNU = _rules(
    (r"-O([23]|fast|4|)", "/O2"),
    (r"-O[sz]", "/O1"),
    (r"-Og?0?", "/Od"),
    (r"-std=(?:c|gnu)\+\+(?:98|03|0x|11|1y|14)", "/std:c++14"),
    (r"-std=(?:c|gnu)\+\+(?:17|1z)", "/std:c++17"),
    (r"-std=(?:c|gnu)\+\+(?:20|2a)", "/std:c++20"),
    (r"-std=(?:c|gnu)\+\+.*", "/std:c++latest"),
    (r"-std=(?:c|gnu|iso9899:)(?:1[178x]|2.*|201.*)", "/std:c17"),
    (r"-std=.*|-ansi|-pedantic.*", "", _GNU),
    (r"-ffast-math", "/fp:fast"),
    (r"-fno-rtti", "/GR-"),
    (r"-funsigned-char", "/J"),
    (r"-fpack-struct", "/Zp1"),
    (r"-fpack-struct=(\d+)", r"/Zp\1"),
    (r"-fopenmp\S*", "/openmp"),
    (r"-ffile-prefix-map=.*|-fp:.*", ""),
    (r"-f.*", "", _GNU),
    (r"-g(\d|gdb\d?|dwarf.*|line-tables-only)?", "", _PDB),
    (r"-Wall|-Wextra", "/W3"),
    (r"-W[XL]|-W[lpa],.*", "", _GNU),
    (r"-Werror.*", "", "warnings of another compiler must not stop the build"),
    (r"-m.*", "", "the processor is the target's"),
    (r"-l(m|c|c\+\+|stdc\+\+|gcc\S*|pthread|rt|dl|util|nsl|resolv|atomic)", "", _POSIX),
    (r"-l(.+)\.lib", r"\1.lib"),
    (r"-l(.+)", r"\1.lib"),
    (r"-isystem(.+)|-iquote(.+)|-idirafter(.+)", r"-I\1\2\3"),
    (r"-static\S*|-shared\S*|-pthread|-rdynamic|-s|-pipe|-bundle|-dynamiclib|-pie", "", _GNU),
    (r"-undefined|dynamic_lookup|-stdlib=.*|-nostdlib|-no-pie|-municode|-export-dynamic", "", _GNU),
)


def find_rule(argument: str, *, clang: bool, mt: bool) -> Rule | None:
    r"""Return what is done with an argument, or None where it is taken as it is.

    >>> find_rule("-lfoo", clang=True, mt=True).becomes
    ('\\1.lib',)
    >>> find_rule("/std:c++17", clang=False, mt=False) is None
    True
    """
    if argument.startswith("/") and os.path.exists(argument):
        return None
    tables = (*(CLANG if clang else CL), *(() if mt else WITHOUT_MT), *MSVC, *GNU)
    return next((rule for rule in tables if rule.form.fullmatch(argument)), None)
