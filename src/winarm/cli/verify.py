"""`winarm verify`: say whether a Windows machine will load what is in wheels and files."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.config import read_verify_options
from winarm.config.values import InvalidValueError
from winarm.config.verify import CodePrefixes, FailOn, TargetNames
from winarm.errors import FileSystemError, SourceError, UsageError
from winarm.verify.codes import Code, find_code
from winarm.verify.formats import table
from winarm.verify.options import VerifyOptions
from winarm.verify.several import verify_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console as RichConsole

    from winarm.cli.console import Console
    from winarm.config.values import Kind
    from winarm.host import Host
    from winarm.verify.report import Report

DESCRIPTION = """\
Check that a Windows machine, ARM64 by default, can load what is in wheels, folders and files.

PATH is a wheel, a folder of wheels, or a single .pyd, .dll, .exe, .lib, .a or .obj; with --tree
it is an installed environment or any other folder. Nothing is extracted, loaded or run.
"""

EPILOG = """\
examples:
  winarm verify dist/*                       every wheel of an upload
  winarm verify --target auto dist/*         each for the Windows platform it is tagged for
  winarm verify --tree .venv/Lib/site-packages
  winarm verify --explain WA401

exit status: 0 all is good, 1 there are findings, 2 a mistake in options or settings
"""

_WILDCARDS = frozenset("*?[")
_FORMATS = ("table", "json", "sarif", "github")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="*", help="what to verify; patterns are expanded")
    add("--tree", action="store_true", help="a folder is an installed tree, not one of wheels")
    add(
        "--target",
        metavar="TARGET",
        action="append",
        help="win_arm64 (the default), win_amd64, win32, or auto for the one each wheel is "
        "tagged with; may be given again",
    )
    add("--format", choices=_FORMATS, default="table", help="how the result is written (table)")
    add("--select", metavar="CODES", help="report only these codes, or beginnings of codes")
    add("--ignore", metavar="CODES", help="do not report these codes, or beginnings of codes")
    add("--allow", metavar="PATTERN", action="append", help="members that may be for any machine")
    add("--external", metavar="DLL", action="append", help="a DLL that something else brings")
    add("--fail-on", metavar="SEVERITY", help="error (the default), warning or note")
    add("--no-record", action="store_true", help="do not compare hashes with RECORD")
    add("--explain", metavar="CODE", help="say what a code means, its usual cause and its cure")
    add("--jobs", metavar="N", type=int, help="how many files to verify at once (all cores)")
    add("-v", "--verbose", action="store_true", help="show every image, its machine and imports")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Verify what was asked for and return the exit status.

    :raises UsageError: an option is wrong, or there is nothing to verify.
    :raises SettingsError: [tool.winarm.verify] in this folder's pyproject.toml is wrong.
    """
    if args.explain:
        console.out(_explanation(args.explain))
        return 0
    options = _options(args)
    paths = _paths(args.paths, tree=args.tree)
    jobs = args.jobs if args.jobs is not None else host.cpus
    if jobs < 1:
        message = f"--jobs {jobs}: at least one file must be verified at a time"
        raise UsageError(message)
    reports = list(verify_all(paths, options, jobs=jobs))
    terminal = _terminal() if args.format == "table" else None
    if terminal is not None:
        from winarm.verify.formats import terminal as pretty  # noqa: PLC0415 - needs rich

        terminal.print(pretty.render(reports, verbose=args.verbose, fail_on=options.fail_on))
    else:
        console.out(_rendered(reports, args, options))
    if args.format == "github":
        _append_summary(host, reports, options)
    return 1 if any(report.reaches(options.fail_on) for report in reports) else 0


def _explanation(word: str) -> str:
    code = find_code(word)
    if code is None:
        names = [code.name for code in Code]
        message = f"--explain {word}: there is no such code; they are {names[0]} to {names[-1]}"
        raise UsageError(message)
    from winarm.verify.formats import reference  # noqa: PLC0415 - as in _rendered

    return reference.explain(code)


def _options(args: argparse.Namespace) -> VerifyOptions:
    """Return the project's settings, as the command line changes them."""
    try:
        options = read_verify_options(Path()) or VerifyOptions()
    except (SourceError, FileSystemError) as error:
        raise UsageError(error.what, why=error.why, cure=error.cure) from error
    codes = CodePrefixes()
    if args.target:
        targets = _checked("--target", TargetNames(), args.target)
        options = replace(options, **targets._asdict())
    if args.select:
        options = replace(options, select=_checked("--select", codes, [args.select]))
    if args.ignore:
        ignore = (*options.ignore, *_checked("--ignore", codes, [args.ignore]))
        options = replace(options, ignore=ignore)
    if args.fail_on:
        options = replace(options, fail_on=_checked("--fail-on", FailOn(), args.fail_on))
    return replace(
        options,
        allow=(*options.allow, *(args.allow or ())),
        external=(*options.external, *(args.external or ())),
        record=options.record and not args.no_record,
    )


def _checked(option: str, kind: Kind, given: str | list[str]) -> Any:  # noqa: ANN401 - by kind
    """Return what the value of an option means, by the kind of its setting."""
    try:
        return kind.check(_words(given) if isinstance(given, list) else given, Path())
    except InvalidValueError as error:
        message = f"{option}: {error}"
        raise UsageError(message) from None


def _words(texts: Iterable[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _paths(words: Sequence[str], *, tree: bool) -> list[Path]:
    """Return the files to verify, in order and once each.

    :raises UsageError: there is none.
    """
    if not words:
        message = "nothing to verify: name a wheel, a file or a folder"
        raise UsageError(message)
    found = [path for word in words for path in _expanded(word)]
    if not tree:
        found = [inner for path in found for inner in _wheels_in(path)]
    return list(dict.fromkeys(found))


def _expanded(word: str) -> list[Path]:
    """Return what a pattern matches; cmd.exe and PowerShell hand patterns on as they are."""
    path = Path(word)
    if path.exists() or not _WILDCARDS.intersection(word):
        return [path]
    from glob import glob  # noqa: PLC0415 - start-up time counts

    matches = sorted(map(Path, glob(word)))  # noqa: PTH207 - Path's takes no absolute pattern
    if not matches:
        message = f"nothing matches {word}"
        raise UsageError(message)
    return matches


def _wheels_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    wheels = sorted(path.glob("*.whl"))
    if not wheels:
        message = f"there is no wheel in {path}"
        raise UsageError(message, cure="--tree verifies it as an installed folder.")
    return wheels


def _rendered(reports: list[Report], args: argparse.Namespace, options: VerifyOptions) -> str:
    # Start-up time counts, so that only the format that is asked for is imported.
    if args.format == "json":
        from winarm.verify.formats import json  # noqa: PLC0415

        return json.render(reports)
    if args.format == "sarif":
        from importlib.metadata import version  # noqa: PLC0415

        from winarm.verify.formats import sarif  # noqa: PLC0415

        return sarif.render(reports, version("winarm"))
    if args.format == "github":
        from winarm.verify.formats import github  # noqa: PLC0415

        return github.render(reports)
    return table.render(reports, verbose=args.verbose, fail_on=options.fail_on)


def _terminal() -> RichConsole | None:
    """Return rich's console on stdout, where rich is installed and stdout is a terminal."""
    if not sys.stdout.isatty():
        return None
    try:
        from rich.console import Console as RichConsole  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return RichConsole(highlight=False)


def _append_summary(host: Host, reports: list[Report], options: VerifyOptions) -> None:
    """Add to the page of the run; GitHub names the file in the environment."""
    from winarm.verify.formats import github  # noqa: PLC0415 - as in _rendered

    name = host.variable("GITHUB_STEP_SUMMARY")
    if name is None:
        return
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(github.summary(reports, options.fail_on))
    except OSError as error:
        raise FileSystemError(name, error, cure="GITHUB_STEP_SUMMARY names it.") from error
