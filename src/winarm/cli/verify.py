"""`winarm verify`: say whether a Windows machine will load what is in wheels and files."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.cli.console import Console
from winarm.cli.options import add_list
from winarm.errors import FileSystemError, OutputError, SourceError, UsageError
from winarm.host import Host
from winarm.target import parse_target
from winarm.verify.codes import Code, find_codes
from winarm.verify.formats import table
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Report, Verdict, judge
from winarm.verify.several import verify_all

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

    from winarm.verify.baseline import Baseline

DESCRIPTION = """\
Check that a Windows machine, ARM64 by default, can load what is in wheels, folders and files.

WHAT is a wheel, a folder of wheels, or a single .pyd, .dll, .exe, .lib, .a or .obj; or a
requirement (numpy==2.5.5) or an address, whose wheel for the target is fetched. With --tree it is
an installed environment or any other folder. Nothing is extracted, loaded or run.
"""

EPILOG = """\
examples:
  winarm verify dist/*                       every wheel of an upload
  winarm verify --target auto dist/*         each for the Windows platform it is tagged for
  winarm verify --require-target dist/*      fails when there is none for ARM64 Windows
  winarm verify numpy==2.5.5                 the wheel on the package index
  winarm verify --tree .venv/Lib/site-packages
  winarm verify --format json --output report.json dist/*
  winarm verify --explain WA401

exit status: 0 all is good, 1 there are findings, 2 a mistake in options or settings, or the
result cannot be written
"""

_WILDCARDS = frozenset("*?[")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: A requirement with a version; a name alone may be a folder that is not there.
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]/\\]*\])?\s*(===|[=~!<>]=|<|>)[^/\\]*", re.ASCII
)
_FORMATS = ("table", "json", "sarif", "github")
#: A larger file is not a report.
_MOST_BASELINE = 64 * 2**20


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    add = parser.add_argument
    add("paths", metavar="WHAT", nargs="*", help="what to verify; patterns are expanded")
    add("--tree", action="store_true", help="a folder is an installed tree, not one of wheels")
    add_list(
        parser,
        "--target",
        "TARGET",
        "win_arm64 (the default), win_amd64, win32, or auto for the one each wheel is tagged with",
    )
    add(
        "--require-target",
        action="store_true",
        help="fail when nothing is for a target that is named (with auto: for none at all)",
    )
    add("--format", choices=_FORMATS, default="table", help="how the result is written (table)")
    add("-o", "--output", metavar="FILE", help="write the result to FILE, in UTF-8")
    add("--select", metavar="CODES", help="report only these codes, or beginnings of codes")
    add("--ignore", metavar="CODES", help="do not report these codes, or beginnings of codes")
    add_list(parser, "--allow", "PATTERN", "members that may be for any machine")
    add_list(
        parser,
        "--with",
        "PATH",
        "a wheel or a folder that brings DLLs; not verified itself",
        dest="companions",
    )
    add_list(parser, "--external", "DLL", "a DLL that something else brings")
    add("--baseline", metavar="FILE", help="do not report what this report in JSON has")
    add("--fail-on", metavar="SEVERITY", help="error (the default), warning, note or never")
    add("--no-record", action="store_true", help="do not compare hashes with RECORD")
    add("--explain", metavar="CODES", help="explain codes, or families of codes (WA4)")
    add("--jobs", metavar="N", type=int, help="how many files to verify at once (all cores)")
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument(
        "-v", "--verbose", action="store_true", help="show every image, its machine and imports"
    )
    volume.add_argument("-q", "--quiet", action="store_true", help="show only what fails")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Verify what was asked for and return the exit status.

    :raises UsageError: an option is wrong, or there is nothing to verify.
    :raises SettingsError: [tool.winarm.verify] in this folder's pyproject.toml is wrong.
    :raises OutputError: the result cannot be written.
    """
    if args.explain:
        console.out(_explanation(args.explain))
        return 0
    options = _options(args)
    jobs = args.jobs if args.jobs is not None else host.cpus
    if jobs < 1:
        raise UsageError(f"--jobs {jobs}: it must be at least 1")
    baseline = _baseline(args.baseline) if args.baseline else None
    paths = _paths(args.paths, options, host, console, tree=args.tree)
    reports = list(verify_all(paths, options, jobs=jobs))
    if baseline is not None:
        reports = [baseline.without_known(report) for report in reports]
    verdict = judge(reports, options.fail_on, _required(args, options))
    _show(args, console, reports, verdict, options)
    if args.format == "github":
        append_summary(host, reports, options)
    return 0 if verdict.good else 1


def _show(
    args: argparse.Namespace,
    console: Console,
    reports: list[Report],
    verdict: Verdict,
    options: VerifyOptions,
) -> None:
    """Write the reports where they were asked for."""
    shown = reports
    if args.quiet and args.format in {"table", "github"}:
        shown = [
            replace(report, findings=failing)
            for report in reports
            if (failing := report.failing(options.fail_on))
        ]
    terminal = _terminal(console) if args.format == "table" and not args.output else None
    if terminal is not None:
        from winarm.verify.formats import terminal as pretty  # noqa: PLC0415 - needs rich

        if shown:
            terminal.print(pretty.render(shown, verbose=args.verbose, fail_on=options.fail_on))
    else:
        text = rendered(shown, args, verdict, options)
        if args.output:
            from winarm.storage import write_text  # noqa: PLC0415 - as in _settings

            cure = "Choose another file with --output."
            write_text(Path(args.output), f"{text}\n" if text else "", OutputError, cure=cure)
        elif text:
            console.out(text)
    unreported = not verdict.good and not any(r.reaches(options.fail_on) for r in reports)
    if args.format == "table" and not args.output and unreported:
        console.out(f"FAIL  {verdict.reason}")
    if args.output and not args.quiet:
        console.out(f"{verdict.reason}.")


def _required(args: argparse.Namespace, options: VerifyOptions) -> tuple[tuple[str, ...], ...]:
    """Return the platforms for which something must be there: one of each group."""
    if not args.require_target:
        return ()
    every = tuple(target.wheel_platform for target in (options.target, *options.also))
    if not options.skip_others:
        return tuple((platform,) for platform in every)
    named = [target for word in _words(args.target) if (target := parse_target(word))]
    return tuple((target.wheel_platform,) for target in named) or (every,)


def _explanation(words: str) -> str:
    found: dict[Code, None] = {}
    for word in _words([words]):
        codes = find_codes(word)
        if not codes:
            raise UsageError(f"{word} is not a finding; see docs/verify.md#findings")
        found.update(dict.fromkeys(codes))
    if not found:
        raise UsageError("--explain: name a code such as WA401, or a family such as WA4")
    from winarm.verify.formats import reference  # noqa: PLC0415 - as in rendered

    return reference.explain_all(list(found))


def _baseline(name: str) -> Baseline:
    from winarm.verify.baseline import Baseline, BaselineError  # noqa: PLC0415 - as in rendered

    path = Path(name)
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BASELINE:
            raise BaselineError(f"it is not a file of at most {_MOST_BASELINE >> 20} MiB")
        return Baseline.parse(path.read_bytes())
    except (OSError, ValueError) as error:
        cure = "Make one with: winarm verify … --format json --output FILE"
        raise UsageError(f"--baseline {name}: {error}.", cure=cure) from error


def _options(args: argparse.Namespace) -> VerifyOptions:
    """Return the project's settings, as the command line changes them."""
    options = _settings()
    if args.target:
        options = replace(options, **_checked("target", _words(args.target)))
    if args.select:
        options = replace(options, select=_checked("select", _words([args.select])))
    if args.ignore:
        ignore = (*options.ignore, *_checked("ignore", _words([args.ignore])))
        options = replace(options, ignore=ignore)
    if args.fail_on:
        options = replace(options, fail_on=_checked("fail-on", args.fail_on))
    return replace(
        options,
        allow=(*options.allow, *args.allow),
        external=(*options.external, *args.external),
        companions=_companions(args.companions),
        record=options.record and not args.no_record,
    )


def _companions(words: Iterable[str]) -> tuple[Path, ...]:
    found = tuple(path for word in words for path in expanded(word))
    for path in found:
        if not (path.is_dir() or (path.suffix.lower() == ".whl" and path.is_file())):
            raise UsageError(f"--with {path}: it is neither a wheel nor a folder")
    return found


def _settings() -> VerifyOptions:
    """Return what [tool.winarm.verify] in this folder asks for."""
    if not Path("pyproject.toml").exists():
        return VerifyOptions()
    # Importing the settings is a fifth of the start (30 of 150 ms), and few wheels are next to one.
    from winarm.config import read_table  # noqa: PLC0415

    try:
        options: VerifyOptions | None = read_table(Path(), "verify")
    except (SourceError, FileSystemError) as error:
        raise UsageError(error.what, why=error.why, cure=error.cure) from error
    return options or VerifyOptions()


def _checked(key: str, given: str | list[str]) -> Any:  # noqa: ANN401 - by the kind of the setting
    """Return what the value of an option means, by the kind of the setting of that name."""
    from winarm.config.values import InvalidValueError  # noqa: PLC0415 - as in _settings
    from winarm.config.verify import TABLE  # noqa: PLC0415

    try:
        return TABLE.definitions[key].kind.check(given, Path())
    except InvalidValueError as error:
        raise UsageError(f"--{key}: {error}") from None


def _words(texts: Iterable[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _paths(
    words: Sequence[str], options: VerifyOptions, host: Host, console: Console, *, tree: bool
) -> list[Path]:
    """Return the files to verify, in order and once each; what is on an index is fetched.

    :raises UsageError: there is none.
    :raises SourceError: a wheel cannot be fetched.
    """
    if not words:
        raise UsageError("nothing to verify: name a wheel, a file or a folder")
    found = [
        path
        for word in words
        for path in (_fetched(word, options, host, console) or expanded(word))
    ]
    if not tree:
        found = [inner for path in found for inner in _wheels_in(path)]
    return list(dict.fromkeys(found))


def _fetched(word: str, options: VerifyOptions, host: Host, console: Console) -> list[Path] | None:
    """Return the wheels that a requirement or an address means; None for anything else."""
    is_address = _ADDRESS.match(word)
    if not (is_address or _REQUIREMENT.fullmatch(word)) or (not is_address and Path(word).exists()):
        return None
    # What fetches takes longer to import than a wheel to verify.
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415

    from winarm.project.pip_config import pip_configuration  # noqa: PLC0415
    from winarm.project.releases import fetch_address, fetch_wheels  # noqa: PLC0415

    pip = pip_configuration(host)
    with console.status() as status:
        if is_address:
            return [fetch_address(host, word, pip, status.update)]
        try:
            requirement = Requirement(word)
        except InvalidRequirement as error:
            raise UsageError(f"{word!r} is neither a file nor a requirement.") from error
        targets = (options.target, *options.also)
        return fetch_wheels(host, requirement, targets, pip, status.update)


def expanded(word: str) -> list[Path]:
    """Return what a pattern matches; cmd.exe and PowerShell pass patterns unchanged."""
    if not word:
        raise UsageError("an empty name is not a file")
    path = Path(word)
    if path.exists() or not _WILDCARDS.intersection(word):
        return [path]
    from glob import glob  # noqa: PLC0415 - start-up time counts

    matches = sorted(map(Path, glob(word)))  # noqa: PTH207 - Path's takes no absolute pattern
    if not matches:
        raise UsageError(f"nothing matches {word}")
    return matches


def _wheels_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    wheels = sorted(path.glob("*.whl"))
    if not wheels:
        raise UsageError(
            f"there is no wheel in {path}", cure="--tree verifies it as an installed folder."
        )
    return wheels


def rendered(
    reports: list[Report], args: argparse.Namespace, verdict: Verdict, options: VerifyOptions
) -> str:
    """Return reports in the format that is asked for."""
    # Start-up time counts, so that only the format that is asked for is imported.
    if args.format == "json":
        from winarm.verify.formats import json  # noqa: PLC0415

        return json.render(reports, verdict, options.fail_on)
    if args.format == "sarif":
        from importlib.metadata import version  # noqa: PLC0415

        from winarm.verify.formats import sarif  # noqa: PLC0415

        return sarif.render(reports, version("winarm"), Path.cwd())
    if args.format == "github":
        from winarm.verify.formats import github  # noqa: PLC0415

        return github.render(reports)
    return table.render(reports, verbose=args.verbose, fail_on=options.fail_on) if reports else ""


def _terminal(console: Console) -> RichConsole | None:
    """Return rich's console on stdout, where rich is installed and stdout is a terminal."""
    if not console.is_terminal:
        return None
    try:
        from rich.console import Console as RichConsole  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return RichConsole(highlight=False)


def append_summary(host: Host, reports: list[Report], options: VerifyOptions) -> None:
    """Add to the page of the run; GitHub names the file in the environment."""
    from winarm.verify.formats import github  # noqa: PLC0415 - as in rendered

    name = host.variable("GITHUB_STEP_SUMMARY")
    if name is None:
        return
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(github.summary(reports, options.fail_on))
    except OSError as error:
        raise OutputError(name, error, cure="GITHUB_STEP_SUMMARY names it.") from error
