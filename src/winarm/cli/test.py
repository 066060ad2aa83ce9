"""`winarm test`: try wheels on a Python for Windows ARM64."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.cli.console import Console, Listener
from winarm.cli.options import add_list
from winarm.cli.verify import append_summary, expanded, rendered
from winarm.config import Settings, read_settings
from winarm.errors import EXIT_FAILURE, UsageError
from winarm.host import Host
from winarm.target import PythonABI
from winarm.verify.report import judge

if TYPE_CHECKING:
    from winarm.trial import TrialOptions

DESCRIPTION = """\
Try wheels on a Python for Windows ARM64, native or emulated.

Without a command, every extension module and every top-level package of each wheel is imported.
After --, a command is run in an environment that has the wheels, their dependencies and what
--requires names. Its output comes as it is, and its exit status is winarm's.
"""

EPILOG = """\
examples:
  winarm test dist/*.whl                                  import every module
  winarm test dist/x.whl --requires pytest --copy tests -- python -m pytest tests
  winarm test --set-up                                    make an emulator on this machine
  winarm test dist/*.whl --runner ssh:user@machine        on a Windows-on-Arm machine

exit status: 0 good, 1 a wheel failed, 2 a mistake in options or settings; the command's own
"""

FORMATS = ("table", "json", "sarif", "github")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.usage = "winarm test [OPTIONS] [WHEEL ...] [-- COMMAND ...]"
    add = parser.add_argument
    add("wheels", metavar="WHEEL", nargs="*", help="what to try; patterns are expanded")
    add(
        "--runner",
        metavar="RUNNER",
        help="auto (the default), native, wine, qemu-wine, ssh:HOST or command:PROGRAM",
    )
    add_list(
        parser,
        "--python",
        "X.Y|DIR",
        "a version such as 3.13 or 3.13t, or a folder with a Python for Windows ARM64 (the "
        "newest that the wheel's tags allow)",
    )
    add_list(parser, "--requires", "REQ", "a requirement of the command")
    add_list(parser, "--extra", "NAME", "an extra of the wheels")
    add_list(parser, "--find-links", "DIR", "a folder or page with wheels for dependencies")
    add_list(
        parser, "--copy", "PATH", "a file or folder that the command finds in its working folder"
    )
    add_list(parser, "--skip", "MODULE", "do not import it; a pattern")
    add("--timeout", metavar="SECONDS", type=float, help="for the command, or for each import")
    add("--format", choices=FORMATS, default="table", help="how the result is written (table)")
    add("-v", "--verbose", action="store_true", help="show every step")
    add("--set-up", action="store_true", help="make a runner on this machine, in winarm's cache")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Try wheels and return the exit status.

    :raises WinarmError: an option is wrong, there is no runner, or it does not work.
    """
    from winarm.trial import test_wheels  # noqa: PLC0415 - `--help` needs none of it

    if args.set_up:
        return _set_up(args, host, console)
    if not args.wheels:
        raise UsageError("nothing to try: name a wheel.", cure="winarm test dist/*.whl")
    settings = read_settings(Path.cwd(), None, host)
    options = options_from(args, settings)
    wheels = list(dict.fromkeys(path for word in args.wheels for path in expanded(word)))
    with console.status() as status:
        listener = Listener(console, status, verbose=args.verbose, output=console.exact)
        result = test_wheels(wheels, options, host=host, listener=listener)
    reports = list(result.reports)
    verdict = judge(reports, options.verify.fail_on)
    text = rendered(reports, args, verdict, options.verify)
    # The command's output is the result; the verdict is about it.
    (console.err if options.command and args.format == "table" else console.out)(text)
    if args.format == "github":
        append_summary(host, reports, options.verify)
    if result.status:
        return result.status
    return 0 if verdict.good else EXIT_FAILURE


def _set_up(args: argparse.Namespace, host: Host, console: Console) -> int:
    from winarm.trial.set_up import set_up  # noqa: PLC0415 - as in run

    if args.wheels or args.command:
        raise UsageError("--set-up tries no wheel; call winarm test again with the wheels.")
    with console.status() as status:
        bench = set_up(host, Listener(console, status, verbose=args.verbose))
    name = "qemu-wine" if bench.qemu else "wine"
    console.out(f"the runner {name} is in {bench.folder}: {bench.versions}")
    return 0


def options_from(args: argparse.Namespace, settings: Settings) -> TrialOptions:
    """Return what the project's settings say, as the command line changes it.

    :raises UsageError: an option is wrong.
    """
    from winarm.trial import project_options  # noqa: PLC0415 - as in run

    if args.timeout is not None and not 0 < args.timeout <= 10**6:
        raise UsageError(f"--timeout {args.timeout:g}: must be a number of seconds over 0.")
    abis = [abi for abi in map(PythonABI.spelled, args.python) if abi]
    if len(abis) > 1:
        raise UsageError("--python names more than one version; try the wheels with one at a time.")
    folders = [Path(word) for word in args.python if PythonABI.spelled(word) is None]
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(
                f"--python {folder} is neither a version of Python nor a folder.",
                cure="Write 3.13, 3.13t, or the path of a folder.",
            )
    own = project_options(settings)
    return replace(
        own,
        command=tuple(args.command) or own.command,
        requires=(*own.requires, *args.requires),
        find_links=tuple(args.find_links),
        extras=(*own.extras, *args.extra),
        copy=(*own.copy, *map(Path, args.copy)),
        skip=(*own.skip, *args.skip),
        timeout=args.timeout or own.timeout,
        runner=args.runner or own.runner,
        python_dirs=(*folders, *own.python_dirs),
        abi=abis[0] if abis else None,
    )
