"""`winarm ci`: a workflow that builds, tests and publishes wheels of the project at hand."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from winarm.cli.console import Console
from winarm.cli.options import add_list
from winarm.errors import UsageError
from winarm.host import Host
from winarm.project.facts import Facts, text_of
from winarm.storage import write_text

DESCRIPTION = """\
Write a GitHub workflow for the project at hand: the sdist, wheels of all platforms by cibuildwheel,
win_arm64 wheels by winarm, tests on ARM64 Windows, verification of everything, and publishing
to TestPyPI and PyPI by trusted publishing.

What the workflow needs to know is read from the project's files, and shown; edit the result as you
like, it is yours.
"""

EPILOG = """\
examples:
  winarm ci github                          write .github/workflows/wheels.yml
  winarm ci github -o -                     print it
  winarm ci github --only-win-arm64         write win-arm64.yml there, for a project that builds
                                            its other wheels already
  winarm ci github --test-command 'python -m pytest {project}/tests' --test-requires pytest

exit status: 0 it is written, 1 it cannot be, 2 a mistake in options
"""

#: Where GitHub looks for workflows, and those that are written there.
WORKFLOWS = Path(".github", "workflows")
WHOLE, PART = "wheels.yml", "win-arm64.yml"

#: What a workflow has that builds wheels for many platforms, or publishes them.
_RELEASES = re.compile(r"cibuildwheel|pypi-publish|twine upload|uv publish")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.add_argument("service", choices=("github",), help="the service that runs it")
    parser.add_argument(
        "source", metavar="SRC", nargs="?", type=Path, default=Path(), help="the project's folder"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"where to write it, - to print it (a file in {WORKFLOWS})",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--only-win-arm64",
        action="store_true",
        help="leave out the sdist, other platforms and publishing",
    )
    add_list(parser, "--python", "X.Y", "build for this Python")
    parser.add_argument("--test-command", metavar="COMMAND", help="what tests the installed wheel")
    parser.add_argument("--test-requires", metavar="WORDS", help="what the tests need, as for pip")


def run(args: argparse.Namespace, _host: Host, console: Console) -> int:
    """Write the workflow and say what was assumed.

    :raises UsageError: there is no project, or one of Rust or of Python alone, or the file is
        there already.
    :raises WinarmError: the project cannot be read, or the file cannot be written.
    """
    from winarm.project.facts import read_facts  # noqa: PLC0415 - `--help` needs none of it
    from winarm.stack.sources import read_sdist, source_facts  # noqa: PLC0415 - as above

    if not any((args.source / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise UsageError(
            f"{args.source} has neither a pyproject.toml nor a setup.py.",
            cure="Name the project's folder: winarm ci github DIR",
        )
    facts = read_facts(args.source)
    if facts.rust_tool:
        raise UsageError(
            f"{facts.name} is built with {facts.rust_tool}, and winarm does not build Rust.",
            cure="`maturin generate-ci github` writes such a workflow for maturin; cibuildwheel "
            "builds with setuptools-rust on windows-11-arm. `winarm verify` checks their wheels.",
        )
    if not source_facts(read_sdist(args.source)).native:
        raise UsageError(
            f"{facts.name} has nothing to compile, so no platform needs a wheel of its own.",
            cure="`python -m build` makes the one wheel that runs everywhere, on Windows on Arm "
            "too.",
        )
    values = template_values(facts, args)
    text = workflow(values)
    usual = args.source / WORKFLOWS / (PART if args.only_win_arm64 else WHOLE)
    target = Path(args.output) if args.output and args.output != "-" else usual
    others = _releasing(target)
    if args.output == "-":
        console.exact(text)
    else:
        _write(target, text, args)
        console.out(f"wrote {target}")
    for line in assumptions(facts, values, target.name):
        console.err(f"winarm: {line}")
    if others and values["whole"]:
        there = " and ".join(others)
        console.err(f"winarm: {there} builds or publishes wheels already: see --only-win-arm64")
    return 0


def template_values(facts: Facts, args: argparse.Namespace) -> dict[str, object]:
    """Return what the template is filled with.

    :raises UsageError: no Python is left to build for.
    """
    pythons = tuple(args.python or facts.pythons)
    if facts.stable_abi and not args.python:
        # One wheel, built with the oldest, serves those after it.
        pythons = tuple(p for p in pythons if _minor(p) >= _minor(facts.stable_abi))
    if not pythons:
        raise UsageError(
            f"{facts.name} is built for no Python that winarm supports.",
            cure="Name one that it should support: --python 3.13",
        )
    tests = facts.tests
    requires = shlex.split(args.test_requires) if args.test_requires else tests.requires
    return {
        "pythons": " ".join(pythons),
        "abi3": bool(facts.stable_abi),
        "submodules": facts.has_submodules,
        "history": facts.version_from_history,
        "test_command": tests.command if args.test_command is None else args.test_command,
        "test_requires": " ".join(requires),
        "test_extras": ",".join(tests.extras),
        "whole": not args.only_win_arm64,
        # The workflow and the actions of the same winarm.
        "version": version("winarm"),
    }


def workflow(values: dict[str, object]) -> str:
    """Return the text of the workflow."""
    import jinja2  # noqa: PLC0415 - only this verb needs it

    environment = jinja2.Environment(
        # GitHub's own expressions are in double braces.
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - it is YAML; texts go through `quoted`
    )
    environment.filters["quoted"] = _quoted
    template = files("winarm.cli").joinpath("github.yml.jinja").read_text("utf-8")
    return environment.from_string(template).render(values)


def _quoted(text: str) -> str:
    """Return a text as YAML has it, which GitHub reads as it is, also where it has `${{`."""
    # JSON's strings are YAML's.
    return json.dumps(text.replace("${{", "${{ '${{' }}"), ensure_ascii=False)


def assumptions(facts: Facts, values: dict[str, object], name: str) -> Iterator[str]:
    """Return what the workflow called `name` takes for granted, for people to check."""
    origin = "requires-python, [tool.cibuildwheel], and what winarm supports"
    yield f"assumed: Pythons {values['pythons']} ({origin})"
    if facts.stable_abi:
        yield f"assumed: one abi3 wheel for {facts.stable_abi} and later"
    if values["test_command"]:
        origin = facts.tests.origin if values["test_command"] == facts.tests.command else "options"
        yield f"assumed: tests from {origin}: {values['test_command']}"
    else:
        yield "assumed: no tests, so each wheel is only imported; --test-command names some"
    if facts.has_submodules:
        yield "assumed: submodules are checked out (.gitmodules)"
    if facts.version_from_history:
        yield "assumed: the whole history is checked out (the version comes from it)"
    if values["whole"]:
        yield (
            "to do before the first release: on PyPI and TestPyPI, add this repository and its "
            f"workflow {name} as a trusted publisher, with the environments pypi and testpypi"
        )
    else:
        yield (
            "to do for a release: move the job win-arm64 into the workflow that publishes; its "
            "artifact dist-win_arm64 has the wheels"
        )


def _minor(version: str) -> int:
    return int(version.partition(".")[2].rstrip("t"))


def _releasing(target: Path) -> list[str]:
    """Return the names of other workflows beside `target` that build or publish wheels."""
    beside = sorted(path for path in target.parent.glob("*.y*ml") if path.name != target.name)
    return [path.name for path in beside if _RELEASES.search(text_of(path))]


def _write(path: Path, text: str, args: argparse.Namespace) -> None:
    if path.exists() and not args.force:
        cure = "Replace it with --force, or name another file with -o."
        if not args.only_win_arm64:
            cure = f"--only-win-arm64 writes the part for Windows on Arm alone. {cure}"
        raise UsageError(f"{path} is there already.", cure=cure)
    write_text(path, text)
