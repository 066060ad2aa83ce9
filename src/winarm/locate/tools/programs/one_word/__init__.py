"""The rarer one-word tools of a toolchain, in Python: `python FOLDER TOOL argument…`.

The launcher (launcher.c) runs this for everything but compilers, `ar` and `ranlib`. It is copied
next to that program, uses the standard library only, and reads no more of a file than it needs.
"""

import sys
from collections.abc import Callable

from .layer import ToolError
from .libraries import libraries
from .linking import dlltool, ld, listen, relink, split, strip
from .listing import nm, objdump
from .resources import windres

TOOLS: dict[str, Callable[[list[str]], int]] = {
    "nm": nm,
    "objdump": objdump,
    "strip": strip,
    "ld": ld,
    "dlltool": dlltool,
    "windres": windres,
    "listen": listen,
    "split": split,
    "relink": relink,
    "libraries": libraries,
}


def main(argv: list[str]) -> int:
    """Run a tool and return its exit status."""
    try:
        return TOOLS[argv[0]](argv[1:])
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
