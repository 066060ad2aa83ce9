"""The header fields of METADATA and WHEEL, and the rows of RECORD."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from winarm.target import NEWEST_PYTHON, TARGETS

#: Bytes of METADATA and WHEEL that are read for their fields.
MAX_HEADER = 2**20
#: Hashes that RECORD may use besides SHA-256 ("sha256 or better": the binary distribution format).
OTHER_STRONG = frozenset({"sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b",
                          "blake2s"})  # fmt: skip

#: Characters of a row of RECORD; a path in an archive has at most 65,535.
_LONGEST_ROW = 2**17
#: No version is longer, and Python does not convert a number of that many digits.
_LONGEST_VERSION = 1000

#: A field as email's parser has it; another line ends the fields.
_FIELD = re.compile(r"(?P<name>[!-9;-~]+):[ \t]*(?P<value>.*)", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")
#: Lines of fields that are read; METADATA of a large project has some hundreds.
_MOST_LINES = 20_000
#: A name, extras, and versions, which may be in parentheses.
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9._-]++)\s*+(\[[^]]*+\])?\s*+\(?(?P<versions>[^()@]*+)\)?\s*+(@.*)?",
    re.DOTALL,
)
#: Characters of all markers of one METADATA that are evaluated, for every target and Python.
_MOST_MARKERS = 2**15
#: The minor version of the first Python 3 that published wheels still name.
_OLDEST_MINOR = 8
_SEPARATORS = re.compile(r"[-_.]+")


class Row(NamedTuple):
    """One row of RECORD."""

    path: str
    #: `sha256`, or "".
    algorithm: str
    #: The digest as the row has it (urlsafe base64 without padding), or "".
    digest: str
    #: Bytes, or None where the row does not say.
    size: int | None
    #: What is wrong with the row, or "".
    problem: str = ""


def header_fields(text: bytes) -> dict[str, list[str]]:
    """Return the fields of METADATA or WHEEL, by their names in lower case.

    They end at the first empty line, or at a line that is not a field, as in email's parser, which
    installers use. A line that begins with a space or a tab continues the field before it.
    """
    lines = _LINE_END.split(text[:MAX_HEADER].decode("utf-8", "replace"), _MOST_LINES)
    fields: list[tuple[str, list[str]]] = []
    for line in lines[:_MOST_LINES]:
        if line[:1] in {" ", "\t"}:
            if fields:
                fields[-1][1].append(line.strip())
        elif match := _FIELD.fullmatch(line):
            fields.append((match["name"].lower(), [match["value"].strip()]))
        else:
            break
    found: dict[str, list[str]] = {}
    for name, parts in fields:
        found.setdefault(name, []).append("\n".join(parts))
    return found


def requirements(fields: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Return the distributions of Requires-Dist on Windows, as they are spelled, without extras'.

    :return: names, each with the versions that will do, as a specifier; a distribution that is
        required by several lines (for some Pythons each) is there as often.
    """
    found = []
    characters_left = _MOST_MARKERS
    for line in fields.get("requires-dist", []):
        plain, _, marker = line.partition(";")
        characters_left -= len(marker)
        match = _REQUIREMENT.fullmatch(plain)
        # Markers that are too many to be evaluated get the benefit of the doubt.
        if match is not None and (characters_left < 0 or _may_hold(marker)):
            found.append((match["name"], match["versions"]))
    return tuple(found)


def _may_hold(marker: str) -> bool:
    """Return whether a marker holds on Windows for some Python, without an extra."""
    if "extra" in marker:
        return False
    if not marker.strip():
        return True
    # Few wheels are asked, and start-up time counts.
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison  # noqa: PLC0415

    pythons = [f"3.{minor}" for minor in range(_OLDEST_MINOR, NEWEST_PYTHON.minor + 1)]
    try:
        parsed = Marker(marker)
        return any(
            parsed.evaluate(target.marker_environment(python))
            for target in TARGETS
            for python in pythons
        )
    except (InvalidMarker, UndefinedComparison):
        return True


def allows_version(specifier: str, version: str) -> bool:
    """Return whether a version will do; where that cannot be told, it will."""
    if not specifier or max(len(specifier), len(version)) > _LONGEST_VERSION:
        return True
    # Rarely needed, and start-up time counts.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    try:
        return SpecifierSet(specifier).contains(version.replace("_", "-"), prereleases=True)
    except (InvalidSpecifier, ValueError):
        return True


def is_utf8(text: bytes) -> bool:
    """Return whether a file of .dist-info is UTF-8, as every installer reads it."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def record_rows(text: bytes) -> Iterator[Row]:
    """Yield the rows of RECORD (PEP 376, PEP 427); a bad one says what is wrong with it."""
    # Line by line: as a whole, the text may take many times the memory of its bytes.
    lines = io.TextIOWrapper(io.BytesIO(text), "utf-8", "surrogateescape", newline="")
    reader = csv.reader(_bounded(lines))
    while True:
        try:
            yield from map(_row, reader)
        except csv.Error as error:
            yield Row("", "", "", None, f"a row cannot be split into cells ({error})")
        else:
            return


def installed_rows(record: str, text: bytes) -> Iterator[tuple[str, Row]]:
    """Yield the rows of an installed RECORD by their paths from where `record` is counted from."""
    root = posixpath.dirname(posixpath.dirname(record))
    for row in record_rows(text):
        yield posixpath.normpath(posixpath.join(root, row.path)), row


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines up to one that is too long.

    :raises csv.Error: there is one.
    """
    for line in lines:
        if len(line) > _LONGEST_ROW:
            raise csv.Error(f"it has over {_LONGEST_ROW} characters")
        yield line


def _row(cells: list[str]) -> Row:
    path = cells[0] if cells else ""
    if len(cells) != 3:  # noqa: PLR2004 - path, hash and size, as PEP 376 says
        return Row(path, "", "", None, f"a row has {len(cells)} cells, not 3")
    algorithm, _, digest = cells[1].partition("=")
    if not cells[2]:
        return Row(path, algorithm.lower(), digest, None)
    if not (cells[2].isascii() and cells[2].isdigit() and len(cells[2]) < 20):  # noqa: PLR2004
        return Row(path, algorithm.lower(), digest, None, f"the size {cells[2]!r} is not a number")
    return Row(path, algorithm.lower(), digest, int(cells[2]))


def plain_name(name: str) -> str:
    """Return the one spelling that stands for all of a distribution's name (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def same_name(one: str, other: str) -> bool:
    """Return whether two spellings name one distribution (PEP 503)."""
    return plain_name(one) == plain_name(other)


def same_version(one: str, other: str) -> bool:
    """Return whether two spellings name one version (PEP 440; `_` stands for `-` in file names)."""
    one, other = one.replace("_", "-"), other.replace("_", "-")
    if one == other:
        return True
    # Rarely needed, and start-up time counts.
    from packaging.version import Version  # noqa: PLC0415

    try:
        return max(len(one), len(other)) <= _LONGEST_VERSION and Version(one) == Version(other)
    except ValueError:
        return False
