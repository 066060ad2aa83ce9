"""`winarm doctor`: what this machine can build with, and what would help where it cannot."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.config import TOOLCHAINS, read_settings
from winarm.errors import EXIT_FAILURE
from winarm.locate import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from winarm.cli.console import Console
    from winarm.host import Host
    from winarm.locate import ToolchainSearch
    from winarm.locate.probe import Proof
    from winarm.pipeline.survey import Place, Survey
    from winarm.trial.search import RunnerFinding

DESCRIPTION = """\
Show the toolchains, Windows SDKs, sysroots, Pythons and build backends that are here, which
toolchain a build would take and why, and for everything that is missing how to get it.
"""

EXAMPLES = """\
examples:
  winarm doctor                       what is here
  winarm doctor --probe               and whether each toolchain really makes ARM64 code
  winarm doctor --toolchain msvc      why msvc is not taken

exit status: 0 something can build, 1 nothing can, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.description = DESCRIPTION
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--toolchain", choices=TOOLCHAINS, help="the toolchain to ask about (auto)")
    parser.add_argument(
        "--probe", action="store_true", help="have each toolchain make a DLL and look at it"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Look at the machine and show it.

    :raises WinarmError: the settings are wrong.
    """
    from winarm.pipeline.survey import survey  # noqa: PLC0415 - `--help` needs none of it
    from winarm.trial.search import search_runners  # noqa: PLC0415 - as above

    asked = {"winarm.toolchain": args.toolchain} if args.toolchain else None
    settings = read_settings(Path.cwd(), asked, host)
    with console.status() as status:
        status.update("looking at this machine")
        found = survey(host, settings, prove=args.probe)
        runners = search_runners(host)
    if args.json:
        document = {**as_json(found), "runners": _runners_json(runners)}
        console.exact(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        console.out("\n".join((*lines(found), "", *_about_runners(runners))))
    return 0 if found.can_build else EXIT_FAILURE


def lines(found: Survey) -> Iterator[str]:
    """Return the report for people."""
    yield f"host        {found.system} {found.machine}, winarm {found.winarm}"
    yield ""
    for finding in found.findings:
        yield from _about_toolchain(finding, found)
    yield ""
    for title, places in (("libraries", found.libraries), ("Pythons", found.pythons)):
        yield title
        for place in places:
            yield from _about_place(place)
    installed = [f"{place.name} {place.version}" for place in found.backends if place.version]
    yield f"backends    {', '.join(installed) or 'none installed'} (builds install their own)"
    yield ""
    yield conclusion(found)


def conclusion(found: Survey) -> str:
    """Return what a build would take, and why."""
    toolchain = found.chosen
    if toolchain is None and found.can_build:
        return "Ready: `winarm build` will fetch zig from the package index (100 MB, once)."
    if toolchain is None:
        return _what_would_help(found)
    before = [f.kind for f in found.findings if f.toolchain is None]
    passed = before[: [f.kind for f in found.findings].index(toolchain.kind)]
    why = (
        "it is asked for"
        if found.wanted != "auto"
        else f"{', '.join(passed)} not found"
        if passed
        else "the first in order"
    )
    words = f"{found.wanted} takes {toolchain.kind} {toolchain.version}: {why}."
    if found.can_build:
        return words
    return f"{words} Nothing can be built yet: see what is marked with an x."


def _what_would_help(found: Survey) -> str:
    eligible = kinds(found.wanted)
    # The quickest to get comes last in the order of `auto`.
    cures = [f"{f.kind}: {f.cure}" for f in found.findings if f.cure and f.kind in eligible][::-1]
    words = "No toolchain makes ARM64 Windows code here."
    if found.wanted != "auto":
        others = " and ".join(f.kind for f in found.findings if f.toolchain)
        there = f"There is {others}" if others else "Nor is any other"
        words = f"{found.wanted} is asked for, and it is not here. {there}."
    return "\n  ".join((f"{words} What would help:", *cures)) if cures else words


def _about_toolchain(finding: ToolchainSearch, found: Survey) -> Iterator[str]:
    toolchain, proof = finding.toolchain, found.proofs.get(finding.kind)
    if toolchain is None:
        yield _row("x", finding.kind, "not found")
    else:
        yield _row("+", finding.kind, f"{toolchain.version}, {toolchain.origin}")
        yield from (_below(note) for note in toolchain.notes)
    if proof is not None:
        yield _below(proof.summary if proof.ok else f"x {proof.summary}")
        yield from (_below(f"  {line}") for line in proof.output.splitlines()[-10:])
    yield from (_below(f"- {miss}") for miss in finding.misses)
    if toolchain is None and finding.cure:
        yield _below(f"> {_cure(finding, found)}")


def _cure(finding: ToolchainSearch, found: Survey) -> str:
    if finding.kind == "zig" and found.can_fetch:
        return "nothing to do: `winarm build` fetches zig"
    return finding.cure


def _about_place(place: Place) -> Iterator[str]:
    if place.problem:
        yield _row("x", place.name, place.problem)
        if place.cure:
            yield _below(f"> {place.cure}")
    else:
        yield _row("+", place.name, f"{place.version}  {place.where}")


def _about_runners(found: Sequence[RunnerFinding]) -> Iterator[str]:
    yield "runners of winarm test"
    for finding in found:
        if finding.runner is not None:
            yield _row("+", finding.name, finding.runner.place)
            continue
        yield _row("x", finding.name, finding.miss)
        if finding.cure:
            yield _below(f"> {finding.cure}")
    yield _row(" ", "ssh", "winarm test --runner ssh:HOST uses a Windows-on-Arm machine")


def _runners_json(found: Sequence[RunnerFinding]) -> list[dict[str, str | bool]]:
    return [
        {
            "name": finding.name,
            "found": finding.runner is not None,
            "place": finding.runner.place if finding.runner else "",
            "miss": finding.miss,
            "cure": finding.cure,
        }
        for finding in found
    ]


def _row(mark: str, name: str, text: str) -> str:
    return f"{mark} {name:<12}{text}"


def _below(text: str) -> str:
    return f"    {text}"


def as_json(found: Survey) -> dict[str, object]:
    """Return the report as JSON has it."""
    return {
        "host": {"system": found.system, "machine": found.machine, "winarm": found.winarm},
        "wanted": found.wanted,
        "chosen": found.chosen.kind if found.chosen else None,
        "can_build": found.can_build,
        "toolchains": [
            _toolchain_json(finding, found.proofs.get(finding.kind)) for finding in found.findings
        ],
        "libraries": _places_json(found.libraries),
        "pythons": _places_json(found.pythons),
        "backends": {place.name: place.version or None for place in found.backends},
    }


def _toolchain_json(finding: ToolchainSearch, proof: Proof | None) -> dict[str, object]:
    toolchain = finding.toolchain
    return {
        "kind": finding.kind,
        "found": toolchain is not None,
        "version": toolchain.version if toolchain else None,
        "origin": toolchain.origin if toolchain else None,
        "notes": list(toolchain.notes) if toolchain else [],
        "misses": list(finding.misses),
        "cure": finding.cure,
        "proof": {"ok": proof.ok, "summary": proof.summary} if proof else None,
    }


def _places_json(places: Sequence[Place]) -> list[dict[str, str]]:
    names = ("name", "version", "where", "problem", "cure")
    return [{name: getattr(place, name) for name in names} for place in places]
