"""`winarm toolchain-file`: where the CMake toolchain files are."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import UsageError, bullets

if TYPE_CHECKING:
    from winarm.cli.console import Console
    from winarm.host import Host

DESCRIPTION = """\
Print the path of a CMake toolchain file that cross-compiles to ARM64 Windows, for use without
winarm:

  cmake --toolchain "$(winarm toolchain-file zig)" -S . -B build -G Ninja

Without a name, list what there is. Each file's first lines say what it expects.
"""

#: What each file is called around its name here; what they include has other names.
_FILE = "win-arm64-{}.cmake"
#: The files that are toolchains by themselves.
NAMES = ("clang-cl", "llvm-mingw", "msvc", "visual-studio", "zig")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.description = DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", metavar="NAME", nargs="?", help=f"one of {', '.join(NAMES)}")


def run(args: argparse.Namespace, _host: Host, console: Console) -> int:
    """Print the file's path, or the names of all.

    :raises UsageError: there is no such file.
    """
    known = toolchain_files()
    if args.name is None:
        for name in known:
            console.out(name)
        return 0
    prefix, suffix = _FILE.split("{}")
    wanted = args.name.removeprefix(prefix).removesuffix(suffix)
    if wanted not in known:
        message = f"there is no toolchain file {args.name!r}. There are:\n{bullets(known)}"
        raise UsageError(message)
    console.out(str(known[wanted]))
    return 0


def toolchain_files() -> dict[str, Path]:
    """Return the toolchain files by the names that people give: `zig`, `clang-cl`."""
    folder = Path(str(files("winarm.toolchains")))
    return {name: folder / _FILE.format(name) for name in NAMES}
