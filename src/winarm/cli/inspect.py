"""`winarm inspect`: show what a Windows image is, as pefile and winarm read it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from winarm.cli.console import Console
from winarm.coff.sniff import Nature, identify
from winarm.errors import FileSystemError, UsageError, printable
from winarm.host import Host
from winarm.verify.inspection import Inspection, InspectionError, inspect_bounded
from winarm.verify.options import Limits
from winarm.verify.wheels.archive import Archive, read_archive
from winarm.verify.wheels.content import METHODS, Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError, Entry

DESCRIPTION = """\
Show what a Windows image is: headers, sections, imports, exports, resources, manifest, debug
records and version information as pefile reads them, next to what winarm says of it; and where the
two disagree.

FILE is a .pyd, .dll or .exe. WHEEL shows every image in a wheel, WHEEL:MEMBER one.
"""

EPILOG = """\
examples:
  winarm inspect build/_x.cp313-win_arm64.pyd
  winarm inspect dist/x-1.0-cp313-cp313-win_arm64.whl:x/_x.cp313-win_arm64.pyd
  winarm inspect --format json dist/x-1.0-cp313-cp313-win_arm64.whl

exit status: 0 the readers agree, 1 they disagree or cannot read an image, 2 wrongly used
"""

#: Changes when a field goes or changes its meaning; new fields may come without.
VERSION = 1
#: pefile holds the whole image in memory.
_MOST_BYTES = 512 * 2**20
#: Symbols of a DLL that are shown.
_SHOWN = 8
_IMAGES = (".pyd", ".dll", ".exe")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    add = parser.add_argument
    add("file", metavar="FILE", help="an image, a wheel, or WHEEL:MEMBER")
    add("--format", choices=("text", "json"), default="text", help="how it is written (text)")
    add("--all", action="store_true", help="show every symbol")
    add(
        "--timeout",
        metavar="SECONDS",
        type=float,
        default=60.0,
        help="how long pefile may take for one image (60)",
    )


def run(args: argparse.Namespace, host: Host, console: Console) -> int:  # noqa: ARG001 - as all verbs
    """Show one image, or all of a wheel, and return the exit status.

    :raises UsageError: there is no such file or member, or it is not an image.
    :raises FileSystemError: the file cannot be read.
    """
    if not args.timeout > 0:
        raise UsageError(f"--timeout {args.timeout:g}: it must be above 0")
    try:
        found = [(name, _inspected(data, args.timeout)) for name, data in _images(args.file)]
    except OSError as error:
        raise FileSystemError(
            args.file, error, cure="Check the path and its permissions."
        ) from error
    if args.format == "json":
        images = [_as_json(args.file, name, what) for name, what in found]
        console.out(json.dumps({"version": VERSION, "images": images}, indent=2))
    else:
        blocks = ["\n".join(_lines(name, what, every=args.all)) for name, what in found]
        console.out("\n\n".join(blocks))
    return 0 if all(not isinstance(what, str) and _is_sound(what) for _, what in found) else 1


def _inspected(data: bytes | str, seconds: float) -> Inspection | str:
    """Return what both readers say of an image, or why they cannot be asked."""
    try:
        return inspect_bounded(data, seconds) if isinstance(data, bytes) else data
    except InspectionError as error:
        return f"{error}"


def _is_sound(what: Inspection) -> bool:
    return not (what.disagreements or "error" in what.winarm or "error" in what.pefile)


def _images(spec: str) -> Iterator[tuple[str, bytes | str]]:
    """Yield the images that `spec` names with their content, or why they cannot be read."""
    at = spec.lower().rfind(".whl:")
    wheel, member = (spec[: at + 4], spec[at + 5 :]) if at >= 0 else (spec, "")
    path = Path(wheel)
    if not path.is_file():
        raise UsageError(
            f"there is no file {wheel}.", cure="Name an image, a wheel, or WHEEL:MEMBER."
        )
    if path.suffix.lower() == ".whl":
        yield from _members(path, member)
        return
    if path.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {_MOST_BYTES >> 20} MiB.")
    data = path.read_bytes()
    nature = identify(data)
    if nature is not Nature.IMAGE:
        raise UsageError(
            f"{path.name} is {nature.value}, not a Windows image.",
            cure=f"winarm verify {path} says what it is for.",
        )
    yield path.name, data


def _members(path: Path, wanted: str) -> Iterator[tuple[str, bytes | str]]:
    with path.open("rb") as file:
        try:
            archive = read_archive(file, Limits().members)
        except ArchiveError as error:
            raise UsageError(f"{path.name} is not a readable wheel: {error}.") from error
        entries = [
            entry
            for entry in archive.entries
            if (entry.name == wanted if wanted else entry.name.lower().endswith(_IMAGES))
        ]
        if not entries:
            what = f"no member {wanted}" if wanted else "no image"
            raise UsageError(
                f"there is {what} in {path.name}.", cure=f"python -m zipfile -l {path}"
            )
        for entry in entries:
            yield printable(entry.name), _content(file, archive, entry)


def _content(file: IO[bytes], archive: Archive, entry: Entry) -> bytes | str:
    offset = archive.data_offsets.get(entry.header_offset)
    if offset is None or entry.method not in METHODS or entry.is_encrypted:
        return "it cannot be unpacked"
    if entry.size > _MOST_BYTES:
        return f"it is larger than {_MOST_BYTES >> 20} MiB"
    try:
        return Content(file, entry, offset).read_all()
    except DamagedError as error:
        return f"{error}"


def _as_json(file: str, name: str, what: Inspection | str) -> dict[str, Any]:
    if isinstance(what, str):
        return {"file": file, "name": name, "error": what}
    return {"file": file, "name": name, **asdict(what)}


def _lines(name: str, what: Inspection | str, *, every: bool) -> Iterator[str]:
    """Yield the lines of one image."""
    if isinstance(what, str):
        yield f"{name}: {what}"
        return
    own, theirs = what.winarm, what.pefile
    loads = ", ".join(own.get("loads_on", ())) or "no Windows Python"
    machine = own.get("machine") or f"not readable: {own['error']}"
    yield f"{name}: {machine}, {what.size / 1024:,.0f} KiB, loads on {loads}"
    yield from (f"  winarm: {defect}" for defect in own.get("defects", ()))
    yield from (f"  disagreement: {words}" for words in what.disagreements)
    if "error" in theirs:
        yield f"  pefile: {theirs['error']}"
        return
    yield from _headers(theirs)
    yield from _symbol_tables(theirs, every=every)
    yield from _extras(theirs)


def _headers(theirs: dict[str, Any]) -> Iterator[str]:
    yield "headers"
    for key, value in theirs["headers"].items():
        yield f"  {key.replace('_', ' '):22}{_shown(key, value)}"
    yield "sections"
    for section in theirs["sections"]:
        flags = " ".join(section["characteristics"])
        place = f"{section['address']:#x} +{section['virtual_size']:#x}"
        raw = f"file {section['offset']:#x} +{section['raw_size']:#x}"
        yield printable(f"  {section['name']:10}{place:24}{raw:28}{flags}")


def _symbol_tables(theirs: dict[str, Any], *, every: bool) -> Iterator[str]:
    for title in ("imports", "delay_imports"):
        if theirs[title]:
            yield title.replace("_", " ")
        for entry in theirs[title]:
            yield printable(f"  {entry['dll']}: {_symbols(entry['symbols'], every=every)}")
    names = [
        f"{one['name'] or one['ordinal']}" + (f" -> {one['forwarder']}" if one["forwarder"] else "")
        for one in theirs["exports"]
    ]
    if names:
        yield "exports"
        yield printable(f"  {_symbols(names, every=every)}")


def _extras(theirs: dict[str, Any]) -> Iterator[str]:
    blocks = {
        "resources": [f"{r['type']} {r['name']}, {r['size']} bytes" for r in theirs["resources"]],
        "manifest": (theirs["manifest"] or "").splitlines(),
        "debug": [f"{one['type']} {one.get('pdb_path', '')}".rstrip() for one in theirs["debug"]],
        "version information": [f"{k}: {v}" for k, v in theirs["version_information"].items()],
        "pefile warns": theirs["warnings"],
    }
    for title, lines in blocks.items():
        if lines:
            yield title
            yield from (printable(f"  {line}") for line in lines)
    for key in ("thread_local_storage", "dot_net", "signature_bytes"):
        if theirs[key]:
            yield f"{key.replace('_', ' ')}: {theirs[key]}"


def _shown(key: str, value: Any) -> str:  # noqa: ANN401 - a value of JSON
    if isinstance(value, list):
        return " ".join(value)
    hexadecimal = isinstance(value, int) and not key.endswith("stamp")
    return f"{value:#x}" if hexadecimal else f"{value}"


def _symbols(symbols: list[Any], *, every: bool) -> str:
    shown = symbols if every else symbols[:_SHOWN]
    more = len(symbols) - len(shown)
    words = ", ".join(f"{symbol}" if isinstance(symbol, str) else f"#{symbol}" for symbol in shown)
    return words + (f" and {more} more" if more else "")
