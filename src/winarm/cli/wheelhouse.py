"""`winarm wheelhouse`: every wheel that a stack needs, fetched or built, in one folder."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from winarm.cli.console import Console, Listener, live_lines
from winarm.cli.options import add_list
from winarm.cli.status import add_input_options, asked_for, options_of
from winarm.errors import UsageError, WinarmError
from winarm.host import Host

if TYPE_CHECKING:
    from winarm.config.packages import PackageSettings
    from winarm.stack.places import Places
    from winarm.stack.wheelhouse.make import Progress
    from winarm.stack.wheelhouse.plan import WheelhousePlan
    from winarm.stack.wheelhouse.result import WheelhouseResult
    from winarm.trial import TrialOptions

DESCRIPTION = """\
Fetch or build every wheel that a stack needs on Windows ARM64, into one folder with a lock.

Wheels that are ready are fetched and verified, pure ones are taken as they are, and the missing
ones are built in the pinned version. What is there and good is not made again.
"""

EPILOG = """\
examples:
  winarm wheelhouse -r requirements.txt -o wheelhouse --python 3.13
  winarm wheelhouse uv.lock --fail-fast
  winarm wheelhouse -r requirements.txt --plan plan.json       only plan
  winarm wheelhouse --plan plan.json --only annoy -o part      one part, on any machine
  winarm wheelhouse --plan plan.json --merge part1 part2 -o wheelhouse

on the ARM64 machine:
  pip install --no-index --find-links wheelhouse --require-hashes -r wheelhouse/requirements.txt

exit status: 0 complete, 1 something is missing, 2 a mistake in options or files
"""

#: The file with settings of packages that is read where no other is named.
SETTINGS_FILE = "wheelhouse.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    add = parser.add_argument
    add("sources", metavar="SOURCE", nargs="*", help="as of winarm status (this folder)")
    add_input_options(parser)
    add(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("wheelhouse"),
        help="the folder (wheelhouse)",
    )
    add(
        "--settings",
        metavar="FILE",
        type=Path,
        help=f"settings of packages, [packages.NAME] ({SETTINGS_FILE}, if it is there, and "
        "[tool.winarm.packages] of this folder)",
    )
    add("--jobs", metavar="N", type=int, help="compilations at once, of all builds (all cores)")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--keep-going",
        action="store_true",
        help="go on after a failure (the default)",
    )
    ends.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    add("--test", action="store_true", help="import every native wheel on the target's Python")
    add("--plan", metavar="FILE", type=Path, help="write the plan to FILE, and make nothing")
    add_list(parser, "--only", "NAME", "with --plan: do this part of the plan in FILE")
    add(
        "--merge",
        metavar="DIR",
        type=Path,
        nargs="+",
        help="with --plan: put the parts of the plan in FILE together",
    )


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Make the wheelhouse, or the part of it that is asked for, and return the exit status.

    :raises WinarmError: the input is wrong, or the folder cannot be written.
    """
    from winarm.stack.wheelhouse import plan as plans  # noqa: PLC0415 - `--help` needs none of it

    if (args.only or args.merge) and args.plan is None:
        raise UsageError(
            f"{'--only' if args.only else '--merge'} needs a plan.",
            cure="Name the plan's file: --plan FILE.",
        )
    if args.only and args.merge:
        raise UsageError(
            "--only and --merge cannot be used together.",
            cure="Make the parts first, then merge them.",
        )
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(
            f"--jobs must be at least 1, not {args.jobs}.", cure="Leave it out to use all cores."
        )
    if args.merge:
        from winarm.stack.wheelhouse.result import merge_wheelhouses  # noqa: PLC0415

        merged = merge_wheelhouses(plans.read_plan(args.plan), args.merge, args.output)
        return _closed(merged, console)
    if args.only:
        plan = plans.read_plan(args.plan).only(args.only)
        return _made(args, host, console, plan, _places(args, host))
    plan, places = _planned(args, host, console)
    if args.plan is not None:
        plans.write_plan(plan, args.plan)
        counts = ", ".join(f"{len(plan.named(one))} to {one}" for one in plans.Action)
        console.out(f"{args.plan}: {counts}")
        return 1 if plan.named(plans.Action.FAIL) else 0
    return _made(args, host, console, plan, places)


def _places(args: argparse.Namespace, host: Host) -> Places:
    from winarm.stack.places import configured_places  # noqa: PLC0415 - as in run

    return configured_places(host).with_options(
        index=args.index_url,
        extra=tuple(args.extra_index_url),
        links=tuple(args.find_links),
        no_index=args.no_index,
    )


def _planned(
    args: argparse.Namespace, host: Host, console: Console
) -> tuple[WheelhousePlan, Places]:
    from winarm.stack.status import surveyed  # noqa: PLC0415 - as in run
    from winarm.stack.wheelhouse.plan import plan_of  # noqa: PLC0415

    settings = package_settings(args.settings)
    pins = {name: one.version for name, one in settings.items() if one.version}
    with (
        console.status() as status,
        surveyed(host, asked_for(args), options_of(args), status.update, pins) as survey,
    ):
        return plan_of(survey, settings), survey.places


def _made(
    args: argparse.Namespace, host: Host, console: Console, plan: WheelhousePlan, places: Places
) -> int:
    from winarm.stack.client import index_client  # noqa: PLC0415 - as in run
    from winarm.stack.wheelhouse.make import WheelhouseOptions, make_wheelhouse  # noqa: PLC0415

    trial = trial_options(host, plan) if args.test else None
    options = WheelhouseOptions(jobs=args.jobs, fail_fast=args.fail_fast)
    with (
        index_client(host, places, offline=args.offline) as client,
        Display(console, len(plan.packages)) as display,
    ):
        result = make_wheelhouse(
            host, plan, args.output, client, options=options, listener=display.show
        )
    if trial:
        result = _tried(args, host, console, result, trial)
    return _closed(result, console)


def trial_options(host: Host, plan: WheelhousePlan) -> TrialOptions:
    """Return how the wheels are tried; refuse what cannot be, before what may take hours."""
    from winarm.config import read_settings  # noqa: PLC0415 - as in run
    from winarm.stack.status import target_python  # noqa: PLC0415
    from winarm.trial import TrialOptions, find_runner, project_options  # noqa: PLC0415

    own = project_options(read_settings(Path.cwd(), None, host))
    find_runner(host, own.runner)
    # What else a project says of its tests is not for the wheels of others.
    return TrialOptions(
        runner=own.runner,
        python_dirs=own.python_dirs,
        python_source=own.python_source,
        abi=target_python(plan.python),
    )


def _tried(
    args: argparse.Namespace,
    host: Host,
    console: Console,
    result: WheelhouseResult,
    trial: TrialOptions,
) -> WheelhouseResult:
    from winarm.stack.wheelhouse.result import tried, write_results  # noqa: PLC0415 - as in run
    from winarm.trial import TrialResult, test_wheels  # noqa: PLC0415

    try:
        with console.status() as status:
            listener = Listener(console, status, verbose=False)

            def tries(wheels: Sequence[Path], others: tuple[Path, ...]) -> TrialResult:
                options = replace(trial, others=others)
                return test_wheels(wheels, options, host=host, listener=listener)

            result = tried(result, args.output.resolve(), tries)
    except WinarmError:
        # What was made is worth knowing all the same.
        _closed(result, console)
        raise
    write_results(result, args.output)
    return result


def _closed(result: WheelhouseResult, console: Console) -> int:
    from winarm.stack.wheelhouse.result import table  # noqa: PLC0415 - as in run

    console.out("\n".join(table(result)))
    return 0 if result.ok else 1


def package_settings(path: Path | None) -> Mapping[str, PackageSettings]:
    """Return the settings of packages: of this folder's pyproject.toml, then of the file.

    :raises SettingsError: settings are wrong.
    :raises UsageError: the file cannot be understood.
    """
    from winarm.config import read_table  # noqa: PLC0415 - as in run
    from winarm.config.packages import Packages  # noqa: PLC0415
    from winarm.config.values import InvalidValueError  # noqa: PLC0415
    from winarm.pyproject import MAX_PYPROJECT  # noqa: PLC0415
    from winarm.storage import read_bounded  # noqa: PLC0415

    settings: dict[str, PackageSettings] = dict(read_table(Path(), "packages") or {})
    if path is None and not Path(SETTINGS_FILE).is_file():
        return settings
    path = path or Path(SETTINGS_FILE)
    content = read_bounded(path, MAX_PYPROJECT, cure="Name a file with tables [packages.NAME].")
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{path} is not valid TOML: {error}.", cure="Correct the file there."
        ) from None
    unknown = sorted(set(document) - {"packages"})
    if unknown:
        raise UsageError(
            f"{path} has {unknown[0]!r}; only tables [packages.NAME] belong there.",
            cure="Correct the file there.",
        )
    try:
        settings |= Packages(f"{path} [packages]").check(document.get("packages", {}), Path())
    except InvalidValueError as error:
        raise UsageError(f"{path}: {error}", cure="Correct the file there.") from None
    return settings


class Display:
    """Shows what runs, what is done, and the time: live on a terminal, in lines elsewhere."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0
        self._live: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._console.rich:
            self._live = live_lines(self._console.rich)
            self._live.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Take away what is live."""
        if self._live:
            self._live.stop()

    def show(self, progress: Progress) -> None:
        """Show what happens to a package."""
        package, outcome = progress.package, progress.outcome
        if outcome is None:
            if self._live:
                text = f"{package.title}: {progress.doing}"
                if package.name not in self._tasks:
                    self._tasks[package.name] = self._live.add_task(text)
                self._live.update(self._tasks[package.name], description=text)
            return
        self._done += 1
        if self._live and package.name in self._tasks:
            self._live.remove_task(self._tasks.pop(package.name))
        seconds = f" ({outcome.seconds:.0f} s)" if outcome.seconds >= 1 else ""
        self._console.err(
            f"[{self._done}/{self._total}] {package.title}: {outcome.outcome}{seconds}"
        )
