"""`winarm toolchain-file`: where the CMake toolchain files and Meson cross files are."""

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
Print the path of a toolchain file that cross-compiles to ARM64 Windows, for use without winarm:

  cmake --toolchain "$(winarm toolchain-file zig)" -S . -B build

Without a name, list what there is.
"""

#: What the files are called around the name that people give.
_PREFIX = "win-arm64-"
_ENDINGS = (".cmake", ".ini")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.description = DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", metavar="NAME", nargs="?", help="msvc, clang-cl, zig, …")


def run(args: argparse.Namespace, _host: Host, console: Console) -> int:
    """Print the file's path, or the names of all.

    :raises UsageError: there is no such file.
    """
    known = toolchain_files()
    if args.name is None:
        for name in known:
            console.out(name)
        return 0
    wanted = args.name.removeprefix(_PREFIX).removesuffix(".cmake")
    if wanted not in known:
        message = f"there is no toolchain file {args.name!r}. There are:\n{bullets(known)}"
        raise UsageError(message)
    console.out(str(known[wanted]))
    return 0


def toolchain_files() -> dict[str, Path]:
    """Return the toolchain files by the names that people give: `zig`, `clang-cl`."""
    folder = Path(str(files("winarm.toolchains")))
    return {
        path.name.removeprefix(_PREFIX).removesuffix(".cmake"): path
        for path in sorted(folder.glob(f"{_PREFIX}*"))
        # What other files include is no toolchain by itself.
        if path.suffix in _ENDINGS and not path.stem.endswith("-rules")
    }
