"""The command `winarm`: one verb, one module."""

from __future__ import annotations

import argparse
import difflib
import importlib
import re
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from winarm.cli.console import Console
from winarm.errors import (
    DOCUMENTATION,
    EXIT_FAILURE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    UsageError,
    WinarmError,
)
from winarm.host import Host, terminations_as_interrupts

if TYPE_CHECKING:
    Run = Callable[[Sequence[str], Host, Console], int]

DESCRIPTION = "Build, verify and try Python wheels for Windows on Arm, on any machine."

EPILOG = f"""\
examples:
  winarm build .                        a verified win_arm64 wheel of this project
  winarm build annoy==1.17.3            the same of an sdist from the package index
  winarm verify dist/*.whl              whether ARM64 Windows can load what is in them
  winarm status                         what of this project's dependencies runs there
  winarm test dist/*.whl                import what is in them on ARM64 Windows
  winarm doctor                         what this machine can build with

exit status: 0 good, 1 failed, 2 wrongly used, 130 interrupted

documentation: {DOCUMENTATION}
"""

#: Each verb with what it does; its module has the same name and says how to use it.
VERBS = {
    "build": "build a verified win_arm64 wheel of a folder, an sdist or a requirement",
    "verify": "check that an ARM64 Windows machine can load what is in a wheel",
    "inspect": "show what a Windows image is, and whether two readers of it agree",
    "status": "say which packages of a stack run on Windows on Arm, and how to get the rest",
    "test": "import or test wheels on a Python for Windows ARM64, native or emulated",
    "wheelhouse": "fetch or build every wheel that a stack needs, into one folder with a lock",
    "repair": "copy the DLLs that wheels need into them",
    "doctor": "show what this machine can build with, and what would help where it cannot",
    "env": "print the environment of a toolchain for a shell",
    "toolchain-file": "print the path of a CMake toolchain file",
    "ci": "write a workflow that builds, tests and publishes this project's wheels",
    "cache": "show what winarm keeps on this machine, or remove it",
    "completion": "print a script that completes winarm's options in a shell",
}


def main(argv: Sequence[str] | None = None, *, run: Run | None = None) -> int:
    """Run the command and return its exit status.

    0 good, 1 failed, 2 wrongly used, 130 interrupted (as shells have it: 128 and SIGINT).

    :param run: instead of the verb that `argv` names.
    """
    args = sys.argv[1:] if argv is None else list(argv)
    console = Console.standard()
    terminations_as_interrupts()
    try:
        _refuse_archives()
        return (run or _run)(args, Host.current(), console)
    except BrokenPipeError:
        # Of stderr, where progress is shown; the console handles stdout.
        console.abandon()
        return EXIT_FAILURE
    except WinarmError as error:
        console.err(f"winarm: error: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        console.err("winarm: interrupted; nothing was left behind.")
        return EXIT_INTERRUPTED


def _run(argv: Sequence[str], host: Host, console: Console) -> int:
    if not argv:
        # Nothing was asked for, so nothing has succeeded.
        parser(()).print_help(sys.stderr)
        return EXIT_USAGE
    # Only the verb that is used is imported, so that each starts as fast as it can.
    own, command = argv, []
    if argv[:1] == ["test"] and "--" in argv:
        # Everything after it is a command; argparse would take it for wheels.
        own, command = argv[: argv.index("--")], list(argv[argv.index("--") + 1 :])
    try:
        args, unknown = parser(argv[:1]).parse_known_args(own)
    except SystemExit:
        # argparse leaves what it prints (help) to the end of Python, which fails with 120.
        console.flush()
        raise
    if unknown:
        # With the usage of the verb, not of winarm.
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    args.command = command
    return int(_module(args.verb).run(args, host, console))


def _refuse_archives() -> None:
    """Refuse to run from a zipapp: winarm starts files of its own by their paths."""
    if not Path(__file__).is_file():
        raise UsageError(
            "winarm cannot run from a zip archive.",
            cure='Install it: pipx install "winarm[cli]", or uv tool install "winarm[cli]".',
        )


def parser(verbs: Collection[str] = tuple(VERBS)) -> argparse.ArgumentParser:
    """Return the parser of the command line, with the options of `verbs` alone."""
    top = _Parser(
        prog="winarm",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("-V", "--version", action=_Version, nargs=0, help="show the version and exit")
    subparsers = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, summary in VERBS.items():
        sub = subparsers.add_parser(verb, help=summary, formatter_class=top.formatter_class)
        sub.set_defaults(parser=sub)
        if verb in verbs:
            module = _module(verb)
            sub.description, sub.epilog = module.DESCRIPTION, getattr(module, "EPILOG", None)
            module.configure(sub)
    return top


class _Parser(argparse.ArgumentParser):
    """Suggests the verb that was meant; argparse does so from Python 3.14 on."""

    def error(self, message: str) -> NoReturn:
        wrong = re.match(r"argument VERB: invalid choice: '([^']*)'", message)
        if wrong:
            meant = difflib.get_close_matches(wrong[1], VERBS, n=1)
            hint = f" Did you mean {meant[0]!r}?" if meant else f" Verbs: {', '.join(VERBS)}."
            message = f"winarm has no verb {wrong[1]!r}.{hint}"
        super().error(message)


class _Version(argparse.Action):
    """Shows the version; only then is it looked up, which takes longer than all else here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        # argparse's own exit message would go to stderr.
        Console.standard().out(f"winarm {version('winarm')}")
        parser.exit()


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"winarm.cli.{verb.replace('-', '_')}")
