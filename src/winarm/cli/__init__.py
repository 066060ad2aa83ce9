"""The command `winarm`: one verb, one module."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from winarm.cli.console import Console
from winarm.errors import EXIT_FAILURE, WinarmError
from winarm.host import Host, terminations_as_interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

DESCRIPTION = (
    "Any Python project with C or C++ code, on any machine, to a verified win_arm64 wheel."
)

#: Each verb with what it does; its module has the same name and says how to use it.
VERBS = {
    "build": "build a verified win_arm64 wheel of a folder, an sdist or a requirement",
    "verify": "check that an ARM64 Windows machine can load what is in a wheel",
    "doctor": "show what this machine can build with, and what would help where it cannot",
    "env": "print the environment of a toolchain for a shell",
    "toolchain-file": "print the path of a CMake toolchain file",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 good, 1 failed, 2 wrongly used."""
    args = sys.argv[1:] if argv is None else list(argv)
    console = Console.standard()
    terminations_as_interrupts()
    try:
        return _run(args, Host.current(), console)
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` does.
        console.abandon()
        return EXIT_FAILURE
    except WinarmError as error:
        console.err(f"winarm: error: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        console.err("winarm: interrupted; nothing was left behind.")
        return EXIT_FAILURE


def _run(argv: Sequence[str], host: Host, console: Console) -> int:
    parser = argparse.ArgumentParser(prog="winarm", description=DESCRIPTION)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, summary in VERBS.items():
        sub = verbs.add_parser(verb, help=summary)
        # Only the verb that is used is imported, so that each starts as fast as it can.
        if verb in argv[:1]:
            _module(verb).configure(sub)
    args = parser.parse_args(argv)
    return int(_module(args.verb).run(args, host, console))


class _Version(argparse.Action):
    """Shows the version; only then is it looked up, which takes longer than all else here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        # argparse's own exit message would go to stderr.
        sys.stdout.write(f"winarm {version('winarm')}\n")
        parser.exit()


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"winarm.cli.{verb.replace('-', '_')}")
