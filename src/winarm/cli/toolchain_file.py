"""`winarm toolchain-file`: where the CMake toolchain files are."""

from __future__ import annotations

import argparse
import hashlib
from importlib.resources import files
from pathlib import Path

from winarm.cli.console import Console
from winarm.errors import ToolchainNotFoundError, UsageError, bullets
from winarm.host import Host
from winarm.storage import cached_folder

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
    parser.add_argument("name", metavar="NAME", nargs="?", help=f"one of {', '.join(NAMES)}")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
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
        raise UsageError(f"there is no toolchain file {args.name!r}. There are:\n{bullets(known)}")
    console.out(str(with_tools(host, known[wanted]) if wanted == "zig" else known[wanted]))
    return 0


def with_tools(host: Host, file: Path) -> Path:
    """Return a file that includes `file` and names zig's one-word tools; without a zig, `file`.

    :raises FileSystemError: the cache cannot be written.
    """
    from winarm.backends.cmake import quoted  # noqa: PLC0415 - `--help` needs none of it
    from winarm.locate import find_toolchain  # noqa: PLC0415

    try:
        found = find_toolchain(host, wanted="zig", lasting=True)
    except ToolchainNotFoundError:
        # The file looks for zig itself, and says how to get it.
        return file
    if found.tools is None:
        return file
    text = (
        "# Made by `winarm toolchain-file zig`.\n"
        f"if(NOT WINARM_TOOLS)\n  set(WINARM_TOOLS {quoted(found.tools)})\nendif()\n"
        f"include({quoted(file)})\n"
    )
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def make(folder: Path) -> None:
        (folder / file.name).write_text(text, encoding="utf-8", errors="surrogateescape")

    return cached_folder(host.cache / "tools" / f"cmake-{digest}", [file.name], make) / file.name


def toolchain_files() -> dict[str, Path]:
    """Return the toolchain files by the names that people give: `zig`, `clang-cl`."""
    folder = Path(str(files("winarm.toolchains")))
    return {name: folder / _FILE.format(name) for name in NAMES}
