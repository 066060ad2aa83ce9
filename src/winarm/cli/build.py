"""`winarm build`: from any source to verified wheels."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from winarm.cli.console import Console, Listener
from winarm.cli.options import add_list
from winarm.config import TOOLCHAINS
from winarm.errors import BuildFailedError, FileSystemError, UsageError
from winarm.host import Host
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from winarm.environment.interpreter import Interpreter
    from winarm.pipeline.wheel import BuiltWheel

DESCRIPTION = """\
Build a win_arm64 wheel of a project with C or C++ code, on any machine, and verify it.

SRC is a folder, an sdist, or a requirement such as annoy==1.17.3; there may be several. A wheel for
the stable ABI, or without native code, is built once for all Pythons. The project need not know
winarm: it is built unchanged, with its own build backend and requirements, in an isolated
environment. Without a toolchain on this machine, zig is fetched from the package index.
"""

EPILOG = """\
examples:
  winarm build                          the project in this folder
  winarm build annoy==1.17.3 -o dist    an sdist from the package index
  winarm build . --python 3.12 --python 3.13
  winarm build annoy==1.17.3 -r requirements.txt
  winarm build . --test                 and import it on ARM64 Windows, or run its tests there
  winarm build . -C winarm.allow-missing=pkg._speedups

exit status: 0 the wheels are good, 1 a build failed, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.add_argument(
        "sources", metavar="SRC", nargs="*", help="what to build (this folder); may be several"
    )
    add_list(
        parser,
        "-r, --requirement",
        "FILE",
        "build every requirement of a requirements file",
        type=Path,
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("dist"),
        help="where the wheels go (dist)",
    )
    add_list(
        parser,
        "--python",
        "X.Y",
        "the Python to build with and for, as 3.13, 3.13t or a path (the one that runs winarm)",
    )
    parser.add_argument("--toolchain", choices=TOOLCHAINS, help="the toolchain to take (auto)")
    add_list(
        parser,
        "-C, --config-setting",
        "KEY=VALUE",
        "a setting for the build backend, or winarm.NAME=VALUE for winarm",
        dest="config_settings",
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help="try the wheel as `winarm test` does, and deliver it only if that succeeds",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show what every program prints, and what winarm changes",
    )


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Build each source for every Python that was asked for; stop at the first failure.

    Every Python and the folder for the wheels are looked at before anything is built.

    :raises WinarmError: it could not be built.
    """
    settings = config_settings(args)
    pythons = _pythons(args.python or [None], host, console)
    sources = _sources(args, host, pythons)
    _require_folder(args.output)
    for source in sources:
        wheels: list[Path] = []
        for python in pythons:
            fitting = next((wheel for wheel in wheels if _suits(wheel, python.abi)), None)
            if fitting is not None:
                console.out(f"{fitting} is for Python {python.abi.version}, too")
                continue
            began = time.monotonic()
            built = _built(args, source, python, settings, host=host, console=console)
            wheels.append(built.path)
            console.out(closing_line(built, time.monotonic() - began))
    return 0


def _built(
    args: argparse.Namespace,
    source: str,
    python: Interpreter,
    settings: dict[str, str | list[str] | bool],
    *,
    host: Host,
    console: Console,
) -> BuiltWheel:
    from winarm.pipeline.isolated import build_with  # noqa: PLC0415 - a quarter of a second

    approve = None
    if args.test:
        from winarm.trial import try_built  # noqa: PLC0415 - as above

        approve = try_built
    with console.status() as status:
        try:
            return build_with(
                python,
                source,
                args.output,
                config_settings=settings,
                listener=Listener(console, status, verbose=args.verbose),
                host=host,
                approve=approve,
            )
        except BuildFailedError as error:
            if not args.verbose and error.output:
                # The compiler's own words first, as they are.
                console.err(error.output.rstrip())
            raise


def _pythons(wanted: Sequence[str | None], host: Host, console: Console) -> list[Interpreter]:
    """Return every Python that is asked for, once each.

    :raises WinarmError: one is not there, or cannot be built with.
    """
    from winarm.environment.find_python import find_python  # noqa: PLC0415 - as in _built

    found = [
        find_python(host, one, fetching=lambda text: console.err(f"winarm: {text}"))
        for one in wanted
    ]
    return list({python.abi: python for python in found}.values())


def _sources(args: argparse.Namespace, host: Host, pythons: Sequence[Interpreter]) -> list[str]:
    """Return everything that is to be built, in order.

    :raises UsageError: a requirements file cannot be understood, or has what is not built.
    """
    sources = list(args.sources)
    for path in args.requirement:
        from winarm.stack.requirement_files import read_requirements  # noqa: PLC0415 - as in _built
        from winarm.stack.wanted import TargetMarkers  # noqa: PLC0415

        file = read_requirements(path, host.environ)
        if file.elsewhere:
            raise UsageError(
                f"{file.elsewhere[0]} is not a requirement of the package index.",
                cure="Name the folder or the file itself as SRC.",
            )
        if any(line.sha256 for line in file.lines):
            raise UsageError(
                f"{path} has checksums, which winarm build does not compare.",
                cure=f"winarm wheelhouse -r {path} does.",
            )
        markers = [TargetMarkers(WIN_ARM64, python.abi) for python in pythons]
        for line in file.lines:
            requirement = line.requirement
            if any(one.hold(requirement.marker) for one in markers):
                requirement.marker = None
                sources.append(str(requirement))
    if not sources and args.requirement:
        raise UsageError(
            "no requirement of the file applies to the target.",
            cure="Check its environment markers.",
        )
    return list(dict.fromkeys(sources or ["."]))


def _require_folder(folder: Path) -> None:
    """Check that the folder for the wheels is there or can be made. A failed build leaves none.

    :raises UsageError: it, or what it is in, is a file.
    :raises FileSystemError: it cannot be written.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise UsageError(
            f"-o {folder}: {there} is a file, not a folder.", cure="Choose another folder."
        )
    try:
        with TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise FileSystemError(folder, error) from error


def _suits(wheel: Path, python: PythonABI) -> bool:
    """Return whether pip would take a wheel for that Python on the target."""
    from winarm.stack.files import IndexedFile, Suitability  # noqa: PLC0415 - as in _built

    file = IndexedFile(wheel.name, "", "")
    return Suitability(WIN_ARM64, python).rank(file) is not None


def config_settings(args: argparse.Namespace) -> dict[str, str | list[str] | bool]:
    """Return the config settings of the command line, as a front-end hands them to a backend.

    :raises UsageError: one has no value.
    """
    settings: dict[str, str | list[str] | bool] = {}
    for written in args.config_settings:
        key, equals, value = written.partition("=")
        if not equals or not key:
            raise UsageError(f"-C {written}: a config setting is written KEY=VALUE.")
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
