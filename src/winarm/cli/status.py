"""`winarm status`: which packages of a stack run on Windows on Arm, and how to get the rest."""

from __future__ import annotations

import argparse
import importlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.cli.console import Console
from winarm.cli.options import add_list
from winarm.errors import OutputError, UsageError
from winarm.host import Host

if TYPE_CHECKING:
    from winarm.stack.inputs import StackInput
    from winarm.stack.status import StatusOptions

DESCRIPTION = """\
Say which packages of a stack run on Windows ARM64, version by version, and how to get the rest.

SOURCE is a name, a requirement, a lock file, a requirements file or a folder; without one, it is
the lock, pyproject.toml or requirements*.txt of this folder. Requirements are resolved by uv for
the target. No code of any package is run.
"""

EPILOG = """\
examples:
  winarm status                              the project in this folder
  winarm status -r requirements.txt --python 3.13
  winarm status grpcio pyarrow --no-deps
  winarm status uv.lock --format html -o status.html
  winarm status --names top.txt --since last.json --format json -o now.json

exit status: 0, 1 if --fail-on says so or nothing can be found out, 2 a mistake in options or files
"""

FORMATS = ("table", "json", "markdown", "html", "badge")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    add = parser.add_argument
    add("sources", metavar="SOURCE", nargs="*", help="what to look at (this folder)")
    add_input_options(parser)
    add(
        "--installed",
        metavar="ENV",
        nargs="?",
        const=Path(),
        type=Path,
        help="the packages of a virtual environment (the active one)",
    )
    add(
        "--names",
        metavar="FILE",
        type=Path,
        help="the newest version of each package named in FILE, one a line",
    )
    add("--since", metavar="FILE", type=Path, help="compare with an earlier JSON report")
    add(
        "--build-metadata",
        action="store_true",
        help="let build backends run where only they tell the requirements of a package",
    )
    add("--verify", action="store_true", help="fetch the wheels that are ready, and verify them")
    add("--format", choices=FORMATS, default="table", help="how the result is written (table)")
    add("-o", "--output", metavar="FILE", type=Path, help="write to FILE instead of stdout")
    add("--all", action="store_true", help="show every row of a long table")
    add(
        "--fail-on",
        choices=("missing",),
        help="exit with 1 if a package does not run as it is, for CI",
    )


def add_input_options(parser: argparse.ArgumentParser) -> None:
    """Describe the options that say which packages are meant, and where they come from."""
    add = parser.add_argument
    add_list(parser, "-r, --requirement", "FILE", "a requirements file", type=Path)
    add_list(parser, "--extra", "NAME", "an extra of the project")
    add_list(parser, "--group", "NAME", "a dependency group of the project")
    add("--python", metavar="X.Y", help="the target's Python, as 3.13 or 3.13t (winarm's own)")
    add("--no-deps", action="store_true", help="look at the named packages alone")
    add("--index-url", metavar="URL", help="the main index (that of pip or uv)")
    add_list(parser, "--extra-index-url", "URL", "a further index")
    add_list(parser, "-f, --find-links", "PLACE", "a folder or page of files")
    add("--no-index", action="store_true", help="take files from --find-links only")
    add("--offline", action="store_true", help="ask no index; take what is cached")
    add("--refresh", action="store_true", help="ask again what is cached")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Look at the stack, write the report and return the exit status.

    :raises WinarmError: the input is wrong, or an index does not answer.
    """
    from winarm.stack.formats.json import difference_from  # noqa: PLC0415 - `--help` needs none
    from winarm.stack.formats.table import summary  # noqa: PLC0415
    from winarm.stack.status import surveyed  # noqa: PLC0415
    from winarm.storage import write_text  # noqa: PLC0415

    asked, options = asked_for(args), options_of(args)
    with console.status() as status, surveyed(host, asked, options, status.update) as survey:
        report = survey.report
    difference = difference_from(args.since, report) if args.since else None
    # Only the format that is asked for is imported: html needs Jinja2.
    form = importlib.import_module(f"winarm.stack.formats.{args.format}")
    if args.format == "table":
        width = shutil.get_terminal_size((100, 24)).columns
        text = form.render(report, difference, width=width, every=args.all)
    else:
        text = form.render(report, difference)
    if args.output is not None:
        cure = "Choose another file with --output."
        write_text(args.output, text + "\n", OutputError, cure=cure)
        console.out(summary(report))
    elif args.format == "table":
        console.out(text)
    else:
        console.exact(text + "\n")
    return 1 if args.fail_on and any(package.missing for package in report.packages) else 0


def asked_for(args: argparse.Namespace) -> StackInput:
    """Return what the command line asks for.

    :raises UsageError: options contradict each other.
    """
    from winarm.stack.inputs import StackInput  # noqa: PLC0415 - as in run

    installed, names = getattr(args, "installed", None), getattr(args, "names", None)
    given = [
        *(["--installed"] if installed is not None else []),
        *(["--names"] if names is not None else []),
        *(["SOURCE or -r"] if args.sources or args.requirement else []),
    ]
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(given)} cannot be used together.", cure="Choose one of them."
        )
    return StackInput(
        sources=tuple(args.sources),
        requirement_files=tuple(args.requirement),
        extras=tuple(args.extra),
        groups=tuple(args.group),
        installed=installed,
        names=names,
    )


def options_of(args: argparse.Namespace) -> StatusOptions:
    """Return how the command line asks to look."""
    from winarm.stack.status import StatusOptions  # noqa: PLC0415 - as in run

    return StatusOptions(
        python=args.python,
        no_deps=args.no_deps,
        build_metadata=getattr(args, "build_metadata", False),
        verify=getattr(args, "verify", False),
        offline=args.offline,
        refresh=args.refresh,
        index=args.index_url,
        extra_indexes=tuple(args.extra_index_url),
        find_links=tuple(args.find_links),
        no_index=args.no_index,
    )
