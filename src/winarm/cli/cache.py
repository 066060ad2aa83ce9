"""`winarm cache`: what winarm keeps on this machine, and its removal."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from winarm.cli.console import Console
from winarm.errors import FileSystemError, UsageError, bullets
from winarm.host import Host

DESCRIPTION = """\
Show what winarm keeps on this machine and how large it is, or remove it.

Everything in the cache can be made again: the next build fetches or makes what it needs. Set
WINARM_CACHE_DIR to keep the cache in another folder.
"""

EPILOG = """\
examples:
  winarm cache                     the folder, and the size of each part
  winarm cache --dir               only the folder, for a CI cache
  winarm cache --clear             remove everything
  winarm cache --clear sdists      remove one part

exit status: 0 good, 1 the cache cannot be read or removed, 2 there is no such part
"""

#: What is in each folder of the cache.
PARTS = {
    "bytecode": "what Pythons compiled of the requirements of builds",
    "first-use": "marks of what zig has made once",
    "numpy": "NumPy headers of the target",
    "overlays": "tables of header names in any case",
    "prefixes": "what was read of prefixes",
    "python": "headers and import libraries of the target's Python",
    "sdists": "source distributions from the package index",
    "status": "what the package index says of releases",
    "target-packages": "headers and libraries out of win_arm64 wheels",
    "tools": "toolchains from the package index, and zig's one-word tools (layer-*)",
    "trial": "Windows Pythons and emulators of `winarm test`",
    "wheels": "wheels from the package index",
    "zig": "C and C++ libraries that zig has made",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--dir", action="store_true", help="print only the folder")
    form.add_argument("--json", action="store_true", help="print it as JSON")
    form.add_argument(
        "--clear", metavar="PART", nargs="*", help="remove these parts, or everything"
    )


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Show the cache, or remove parts of it.

    :raises UsageError: there is no such part.
    :raises FileSystemError: it cannot be read or removed.
    """
    if args.dir:
        console.out(str(host.cache))
        return 0
    with console.status() as status:
        status.update(f"measuring {host.cache}")
        sizes = part_sizes(host.cache)
        if args.clear is not None:
            chosen = _chosen(sizes, args.clear)
            for name in chosen:
                status.update(f"removing {name}")
                _remove(host.cache / name)
    if args.clear is not None:
        console.out(f"removed {_size(sum(chosen.values()))} from {host.cache}")
    elif args.json:
        parts = {name: {"bytes": size, "what": PARTS.get(name, "")} for name, size in sizes.items()}
        document = {"folder": str(host.cache), "parts": parts}
        console.exact(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        console.out(f"{host.cache}: {_size(sum(sizes.values()))}")
        for name, size in sizes.items():
            console.out(f"  {name:<15} {_size(size):>9}  {PARTS.get(name, '')}".rstrip())
    return 0


def part_sizes(cache: Path) -> dict[str, int]:
    """Return the bytes in each folder of the cache; a file with several names counts once.

    :raises FileSystemError: the cache cannot be read.
    """
    try:
        folders = sorted(entry for entry in cache.iterdir() if entry.is_dir())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileSystemError(cache, error, cure="Make it readable.") from error
    # A file that has a name in two parts counts in the first.
    counted: set[tuple[int, int]] = set()
    return {folder.name: _bytes(folder, counted) for folder in folders}


def _chosen(sizes: Mapping[str, int], names: Sequence[str]) -> Mapping[str, int]:
    unknown = sorted({*names} - {*sizes})
    if unknown:
        raise UsageError(
            f"the cache has no part {', '.join(unknown)}.",
            cure=f"Its parts:\n{bullets(sizes)}" if sizes else "It is empty.",
        )
    return {name: sizes[name] for name in names} if names else sizes


def _bytes(folder: Path, counted: set[tuple[int, int]]) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                status = Path(parent, name).lstat()
            except FileNotFoundError:
                continue  # a build may be at work
            if (status.st_dev, status.st_ino) not in counted:
                counted.add((status.st_dev, status.st_ino))
                total += status.st_size
    return total


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise FileSystemError(
            error.filename or folder, error, cure="End the builds that use it, and try again."
        ) from error


def _size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"  # noqa: PLR2004
