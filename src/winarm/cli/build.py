"""`winarm build`: from any source to verified wheels."""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events
from winarm.config import TOOLCHAINS
from winarm.errors import BuildFailedError, UsageError

if TYPE_CHECKING:
    from winarm.cli.console import Console, Status
    from winarm.host import Host
    from winarm.pipeline.wheel import BuiltWheel

DESCRIPTION = """\
Build a win_arm64 wheel of a project with C or C++ code, on any machine, and verify it.

SRC is a folder, an sdist, or a requirement such as annoy==1.17.3. The project need not know
winarm: it is built unchanged, with its own build backend and requirements, in an isolated
environment. Without a toolchain on this machine, zig is fetched from the package index.
"""

EXAMPLES = """\
examples:
  winarm build                          the project in this folder
  winarm build annoy==1.17.3 -o dist    an sdist from the package index
  winarm build . --python 3.12 --python 3.13
  winarm build . -C winarm.allow-missing=pkg._speedups

exit status: 0 the wheels are good, 1 a build failed, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.description = DESCRIPTION
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "source", metavar="SRC", nargs="?", default=".", help="what to build (this folder)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("dist"),
        help="where the wheels go (dist)",
    )
    parser.add_argument(
        "--python",
        metavar="X.Y",
        action="append",
        help="the Python to build with and for, as 3.13, 3.13t or a path; may be given again "
        "(the one that runs winarm)",
    )
    parser.add_argument("--toolchain", choices=TOOLCHAINS, help="the toolchain to take (auto)")
    parser.add_argument(
        "-C",
        "--config-setting",
        metavar="KEY=VALUE",
        dest="config_settings",
        action="append",
        default=[],
        help="a setting for the build backend, or winarm.NAME=VALUE for winarm; may be given again",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show what every program prints, and what winarm changes",
    )


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Build for every Python that was asked for; stop at the first failure.

    :raises WinarmError: it could not be built.
    """
    from winarm.pipeline.isolated import build_wheel  # noqa: PLC0415 - `--help` needs none of it

    settings = config_settings(args)
    for python in args.python or [None]:
        with console.status() as status:
            listener = Listener(console, status, verbose=args.verbose)
            began = time.monotonic()
            try:
                built = build_wheel(
                    args.source,
                    args.output,
                    python=python,
                    config_settings=settings,
                    listener=listener,
                    host=host,
                )
            except BuildFailedError as error:
                if not args.verbose and error.output:
                    # The compiler's own words first, as they are.
                    console.err(error.output.rstrip())
                raise
        console.out(closing_line(built, time.monotonic() - began))
    return 0


def config_settings(args: argparse.Namespace) -> dict[str, str | list[str] | bool]:
    """Return the config settings of the command line, as a front-end hands them to a backend.

    :raises UsageError: one has no value.
    """
    settings: dict[str, str | list[str] | bool] = {}
    for written in args.config_settings:
        key, equals, value = written.partition("=")
        if not equals or not key:
            message = f"-C {written}: a config setting is written KEY=VALUE."
            raise UsageError(message)
        known = settings.get(key)
        if known is None:
            settings[key] = value
        else:
            settings[key] = [*(known if isinstance(known, list) else [str(known)]), value]
    if args.toolchain:
        settings["winarm.toolchain"] = args.toolchain
    return settings


def closing_line(built: BuiltWheel, seconds: float) -> str:
    """Return what a finished build says: the wheel, its size, the time, what was verified."""
    size = built.path.stat().st_size / 1000
    return f"{built.path} ({size:,.0f} kB, {seconds:.0f} s) {built.summary}"


#: How ninja counts, for CMake and Meson.
_NINJA = re.compile(rb"^\[(\d{1,6})/(\d{1,6})\]", re.MULTILINE)


class Listener:
    """Turns the events of a build into what people see."""

    def __init__(self, console: Console, status: Status, *, verbose: bool) -> None:
        self._console = console
        self._status = status
        self._verbose = verbose

    def __call__(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.Note(text):
                self._console.err(f"winarm: {text}")
            case events.Step(text) | events.Detail(text) if self._verbose:
                self._console.err(f"winarm: {text}")
            case events.Output(data) if self._verbose:
                self._console.raw(data)
            case _:
                pass
        if text := progress(event):
            self._status.update(text)


def progress(event: events.Event) -> str:
    """Return what the status line says from now on; empty where it stays as it is."""
    match event:
        case events.Step(what):
            return what
        case events.Working(_, _, done, _, total) if total:
            return f"compiled {done} of {total} files"
        case events.Working(doing, subject, done):
            return f"{doing} {Path(subject).name}, {done} compiled"
        case events.Output(data) if counts := _NINJA.findall(data):
            done, total = (int(number) for number in counts[-1])
            return f"made {done} of {total} files"
        case _:
            return ""
