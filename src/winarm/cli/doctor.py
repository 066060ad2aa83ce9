"""`winarm doctor`: what this machine can build with, and what would help where it cannot."""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from winarm.cli.console import Console
from winarm.config import TOOLCHAINS, read_settings
from winarm.errors import EXIT_FAILURE
from winarm.host import Host
from winarm.locate import Toolchain, kinds
from winarm.search import Search

if TYPE_CHECKING:
    from winarm.locate.probe import Proof
    from winarm.pipeline.survey import Place, Survey
    from winarm.trial.runner import Runner

T = TypeVar("T")

DESCRIPTION = """\
Show the toolchains, Windows SDKs, sysroots, Pythons and build backends that are here, which
toolchain a build would take and why, and for everything that is missing how to get it.
"""

EPILOG = """\
examples:
  winarm doctor                       what is here
  winarm doctor --probe               and whether each toolchain really makes ARM64 code
  winarm doctor --toolchain msvc      why msvc is not taken

exit status: 0 something can build, 1 nothing can, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
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
        proving = "having each toolchain make a DLL; zig makes its C library first, once"
        status.update(proving if args.probe else "looking at this machine")
        found = survey(host, settings, prove=args.probe)
        runners = search_runners(host)
    if args.json:
        document = {**as_json(found), "runners": _runners_json(runners)}
        console.exact(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        console.out("\n".join(_cures_once((*lines(found), "", *_about_runners(runners)))))
    return 0 if found.can_build else EXIT_FAILURE


def lines(found: Survey) -> Iterator[str]:
    """Return the report for people."""
    yield f"host        {found.system} {found.machine}, winarm {found.winarm}"
    yield ""
    for kind in found.toolchains:
        yield from _about_toolchain(kind, found)
    yield ""
    for title, places in (("libraries", found.libraries), ("Pythons", found.pythons)):
        yield title
        for name, place in places.items():
            yield from _about(name, place, lambda it: f"{it.version}  {it.where}")
    installed = [f"{name} {version}" for name, version in found.backends.items() if version]
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
    before = itertools.takewhile(lambda kind: kind != toolchain.kind, found.toolchains)
    passed = [kind for kind in before if found.toolchains[kind].found is None]
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
    searches = found.toolchains.items()
    cures = [f"{kind}: {s.cure}" for kind, s in searches if s.cure and kind in eligible][::-1]
    words = "No toolchain makes ARM64 Windows code here."
    if found.wanted != "auto":
        others = " and ".join(kind for kind, search in searches if search.found)
        there = f"There is {others}" if others else "Nor is any other"
        words = f"{found.wanted} is asked for, and it is not here. {there}."
    return "\n  ".join((f"{words} What would help:", *cures)) if cures else words


def _about_toolchain(kind: str, found: Survey) -> Iterator[str]:
    search, proof = found.toolchains[kind], found.proofs.get(kind)
    toolchain = search.found
    if toolchain is None:
        yield _row("x", kind, "not found")
    else:
        yield _row("+", kind, f"{toolchain.version}, {toolchain.origin}")
        yield from (_below(note) for note in toolchain.notes)
    if proof is not None:
        yield _below(proof.summary if proof.ok else f"x {proof.summary}")
        yield from (_below(f"  {line}") for line in proof.output.splitlines()[-10:])
    yield from (_below(f"- {miss}") for miss in search.misses)
    if toolchain is None and search.cure:
        fetched = kind == "zig" and found.can_fetch
        cure = "nothing to do: `winarm build` fetches zig" if fetched else search.cure
        yield _below(f"> {cure}")


def _about(name: str, search: Search[T], described: Callable[[T], str]) -> Iterator[str]:
    if search.found is not None:
        yield _row("+", name, described(search.found))
        return
    yield _row("x", name, search.why)
    if search.cure:
        yield _below(f"> {search.cure}")


def _about_runners(found: Mapping[str, Search[Runner]]) -> Iterator[str]:
    yield "runners of winarm test"
    for name, runner in found.items():
        yield from _about(name, runner, lambda it: it.place)
    yield _row(" ", "ssh", "winarm test --runner ssh:HOST uses a Windows-on-Arm machine")


def _cures_once(report: Iterable[str]) -> Iterator[str]:
    """Leave out cures that are shown above: one sysroot helps clang-cl and the libraries."""
    shown = set[str]()
    for line in report:
        if line not in shown:
            yield line
        if line.startswith(_below(">")):
            shown.add(line)


def _runners_json(found: Mapping[str, Search[Runner]]) -> list[dict[str, str | bool]]:
    return [
        {
            "name": name,
            "found": search.found is not None,
            "place": search.found.place if search.found else "",
            "miss": search.why,
            "cure": search.cure,
        }
        for name, search in found.items()
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
            _toolchain_json(kind, search, found.proofs.get(kind))
            for kind, search in found.toolchains.items()
        ],
        "libraries": _places_json(found.libraries),
        "pythons": _places_json(found.pythons),
        "backends": dict(found.backends),
    }


def _toolchain_json(kind: str, search: Search[Toolchain], proof: Proof | None) -> dict[str, object]:
    toolchain = search.found
    return {
        "kind": kind,
        "found": toolchain is not None,
        "version": toolchain.version if toolchain else None,
        "origin": toolchain.origin if toolchain else None,
        "notes": list(toolchain.notes) if toolchain else [],
        "misses": list(search.misses),
        "cure": search.cure,
        "proof": {"ok": proof.ok, "summary": proof.summary} if proof else None,
    }


def _places_json(places: Mapping[str, Search[Place]]) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "version": search.found.version if search.found else "",
            "where": search.found.where if search.found else "",
            "problem": "" if search.found else search.why,
            "cure": "" if search.found else search.cure,
        }
        for name, search in places.items()
    ]
