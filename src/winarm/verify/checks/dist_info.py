"""The files of .dist-info must be there and agree with the wheel's name and content.

RECORD must list every file of a wheel once, and files of an environment must be as it says.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from math import prod

from winarm.verify.checks.layout import path_escapes
from winarm.verify.codes import Code
from winarm.verify.facts import Shape
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.archive import Archive
from winarm.verify.wheels.core_metadata import index_faults, metadata_faults, private_parts
from winarm.verify.wheels.filename import STABLE_TAGS, WheelName
from winarm.verify.wheels.metadata import (
    OTHER_STRONG,
    Row,
    header_fields,
    installed_rows,
    is_utf8,
    record_rows,
    same_name,
    same_version,
)

#: Single tags that a compressed one may stand for; wheels have about ten.
_MOST_TAGS = 10_000
#: Characters of one that are looked at.
_LONGEST_TAG = 1000
#: Since which Metadata-Version a License-File is in the folder of licences (PEP 639).
_LICENSES_SINCE = "2.4"
_MOST_NAMED = 4
#: Installers take every 1.x, and refuse what is not numbers.
_WHEEL_VERSION = re.compile(r"1(\.[0-9]{1,9})+")
#: `>=3.10`, what most wheels require.
_AT_LEAST = re.compile(r">=\s*3(?:\.(?P<minor>[0-9]{1,3}))?")
#: Python tags of one version, or of all of Python 3: of CPython, PyPy, GraalPy, or of any Python.
_PYTHON_TAG = re.compile(r"(?P<kind>cp|pp|graalpy|py)3(?P<minor>[0-9]{0,3})")
#: Releases of a Python that are tried, and later Pythons; nothing has more.
_RELEASES = 30
_LATEST_MINOR = 40
_LONGEST_SPECIFIER = 1000
_MOST_ENTRY_POINTS = 2**18
#: What an entry point's name and a script's value are (the entry points specification).
_ENTRY_NAME = re.compile(r"[\w.-]+")
_SCRIPT = re.compile(r"{0}(\.{0})*:{0}(\.{0})*\s*(\[[^\]]*\])?".format(r"[^\W\d]\w*"))
#: Parts of the .data folder (binary distribution format).
_DATA_PARTS = frozenset({"purelib", "platlib", "headers", "scripts", "data"})
#: In .dist-info, and never in RECORD: it, and its signatures.
_UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
#: Rows beyond two for each file, after which RECORD is not read further.
_MORE_ROWS = 100
#: Rows of one RECORD beyond two for each file, after which it is not read further.
_MORE_INSTALLED_ROWS = 10_000
_STRONG = OTHER_STRONG | {"sha256"}


def check_metadata(subject: Subject) -> Iterator[Finding]:
    """Find contradictions between file name, WHEEL, METADATA, RECORD and what is in the wheel."""
    if subject.archive is None or subject.name is None:
        return
    folders = subject.dist_info_folders
    if subject.dist_info is None:
        has = ", ".join(folders) or "none"
        wanted = f"{subject.name.distribution}-{subject.name.version}.dist-info"
        yield finding(Code.WA616, "", f"there is no {wanted}; the wheel has {has}")
        return
    # PyPI looks there and nowhere else; installers compare names and versions by meaning.
    if subject.dist_info != f"{subject.name.distribution}-{subject.name.version}.dist-info":
        words = f"{subject.dist_info} does not spell name and version as the file name does"
        yield finding(Code.WA616, "", words)
    if len(folders) > 1:
        yield finding(Code.WA616, "", f"there are several: {', '.join(folders)}")
    yield from _wheel_file(subject, subject.name, subject.dist_info)
    yield from _metadata_file(subject, subject.name, subject.dist_info)
    yield from _entry_points(subject, subject.dist_info)
    yield from _data_folder(subject)
    yield from _record(subject, subject.archive, subject.dist_info)


def _missing(subject: Subject, code: Code, member: str) -> Iterator[Finding]:
    # One that is there and could not be read has a finding of its own.
    if member not in subject.names:
        yield finding(code, "", f"there is no {member}")


def _wheel_file(subject: Subject, name: WheelName, dist_info: str) -> Iterator[Finding]:
    member = f"{dist_info}/WHEEL"
    if member not in subject.texts:
        yield from _missing(subject, Code.WA613, member)
        return
    if not is_utf8(subject.texts[member]):
        yield finding(Code.WA613, member, "it is not UTF-8")
    found = header_fields(subject.texts[member])
    version = found.get("wheel-version", [""])[0]
    if b"Wheel-Version:" not in subject.texts[member]:
        # uv compares the letters.
        yield finding(Code.WA613, member, "it has no field that is spelled Wheel-Version")
    elif not _WHEEL_VERSION.fullmatch(version):
        yield finding(Code.WA613, member, f"Wheel-Version is {version or 'missing'}, not 1.x")
    pure = found.get("root-is-purelib", [""])[0].lower()
    if pure not in {"true", "false"}:
        yield finding(Code.WA613, member, f"Root-Is-Purelib is {pure or 'missing'}")
    elif pure == "true" and subject.checked:
        yield finding(Code.WA603, member, f"{min(subject.checked)} is native code")
    expanded = (tag for compressed in found.get("tag", []) for tag in _expand(compressed.lower()))
    tags = frozenset(islice(expanded, _MOST_TAGS))
    if tags != name.tags:
        inside = ", ".join(sorted(tags - name.tags)) or f"no {', '.join(sorted(name.tags - tags))}"
        yield finding(Code.WA602, member, f"it has {inside}, against the file name")


def _expand(tag: str) -> Iterator[str]:
    parts = tag.split("-")
    # Python, ABI and platform (PEP 425); a compressed tag means the product of its parts.
    count = prod(part.count(".") + 1 for part in parts)
    if len(parts) != 3 or count > _MOST_TAGS or len(tag) > _LONGEST_TAG:  # noqa: PLR2004
        yield tag
        return
    pythons, abis, platforms = (part.split(".") for part in parts)
    yield from (f"{py}-{abi}-{plat}" for py in pythons for abi in abis for plat in platforms)


def _metadata_file(subject: Subject, name: WheelName, dist_info: str) -> Iterator[Finding]:
    member = f"{dist_info}/METADATA"
    if member not in subject.texts:
        yield from _missing(subject, Code.WA614, member)
        return
    text = subject.texts[member]
    if not is_utf8(text):
        yield finding(Code.WA619, member, "it is not UTF-8")
    found = header_fields(text)
    inside = found.get("name", [""])[0]
    if not same_name(inside, name.distribution):
        yield finding(Code.WA614, member, f"its Name is {inside or 'missing'}")
    inside = found.get("version", [""])[0]
    if not same_version(inside, name.version):
        yield finding(Code.WA614, member, f"its Version is {inside or 'missing'}")
    yield from _rules_of_indexes(subject, member, text, found)
    if requires := found.get("requires-python", [""])[0]:
        yield from _requires_python(member, requires, name)


def _rules_of_indexes(
    subject: Subject, member: str, text: bytes, found: Mapping[str, list[str]]
) -> Iterator[Finding]:
    for code, faults in (
        (Code.WA619, metadata_faults(text, found)),
        (Code.WA625, index_faults(found)),
        (Code.WA626, private_parts(found)),
    ):
        yield from (finding(code, member, words) for words in faults)
    version = found.get("metadata-version", [""])[0]
    if version >= _LICENSES_SINCE:
        folder = f"{subject.dist_info}/licenses"
        licences = dict.fromkeys(found.get("license-file", []))
        missing = (path for path in licences if f"{folder}/{path}" not in subject.names)
        for path in islice(missing, _MOST_NAMED):
            yield finding(Code.WA619, member, f"its License-File {path} is not in {folder}")


def _entry_points(subject: Subject, dist_info: str) -> Iterator[Finding]:
    member = f"{dist_info}/entry_points.txt"
    text = subject.texts.get(member)
    if text is None or not text.strip():
        return
    if not is_utf8(text) or len(text) > _MOST_ENTRY_POINTS:
        yield finding(Code.WA622, member, "it is not UTF-8, or very long")
        return
    lines = filter(None, map(str.strip, text.decode("utf-8").splitlines()))
    if wrong := next((one for one in lines if one[0] not in "#[" and "=" not in one), ""):
        # importlib.metadata reads it line by line.
        yield finding(Code.WA622, member, f"{wrong!r} is neither a section nor NAME = VALUE")
        return
    # Most wheels have none, and start-up time counts.
    import configparser  # noqa: PLC0415

    parser = configparser.ConfigParser(delimiters="=", interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text.decode("utf-8"))
    except configparser.Error as error:
        yield finding(Code.WA622, member, f"{error}".partition("\n")[0])
        return
    for section in ("console_scripts", "gui_scripts"):
        for name, value in parser.items(section) if parser.has_section(section) else ():
            if not _ENTRY_NAME.fullmatch(name):
                yield finding(Code.WA622, member, f"{name!r} in {section} is not a script's name")
            elif not _SCRIPT.fullmatch(value.strip()):
                words = f"{name} = {value} in {section} is not MODULE:FUNCTION"
                yield finding(Code.WA622, member, words)


def _requires_python(member: str, requires: str, name: WheelName) -> Iterator[Finding]:
    """Find a wheel that its own Requires-Python keeps off the Pythons in its tags."""
    tags = [match for tag in name.pythons if (match := _PYTHON_TAG.fullmatch(tag))]
    allowed = allowed_minors(requires)
    if allowed is None:
        yield finding(Code.WA619, member, f"its Requires-Python {requires!r} is not a specifier")
        return
    stable = any(tag in STABLE_TAGS for tag in name.abis)
    excluded = [tag for tag in tags if not _some_python(tag, allowed, stable=stable)]
    # `py2.py3` and its like are wide on purpose.
    wrong = [tag for tag in excluded if tag["kind"] != "py"]
    if tags and len(excluded) == len(name.pythons):
        wrong = excluded
    if wrong:
        words = f"its Requires-Python {requires} excludes {', '.join(tag[0] for tag in wrong)}"
        yield finding(Code.WA620, member, words)


def _some_python(tag: re.Match[str], allowed: frozenset[int], *, stable: bool) -> bool:
    """Return whether a Python that takes the tag is allowed."""
    minor = int(tag["minor"] or 0)
    # Later Pythons take what is for any implementation or version, or for the stable ABI.
    later = stable or tag["kind"] == "py" or not tag["minor"]
    return minor in allowed or (later and minor <= max(allowed, default=-1))


def allowed_minors(requires: str) -> frozenset[int] | None:
    """Return the minor versions of Python 3 of which a release fulfils a specifier, or None."""
    if match := _AT_LEAST.fullmatch(requires.strip()):
        return frozenset(range(int(match["minor"] or 0), _LATEST_MINOR))
    # Few wheels have more than that, and start-up time counts.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    try:
        if len(requires) > _LONGEST_SPECIFIER:
            return None
        specifiers = SpecifierSet(requires)
    except InvalidSpecifier:
        return None
    # Between two numbers that it names, all releases are alike.
    named = [int(number) for number in re.findall(r"\d{1,2}", requires)]
    releases = {0, *named, *(one + 1 for one in named)}.intersection(range(_RELEASES))
    return frozenset(
        minor
        for minor in range(_LATEST_MINOR)
        if any(
            specifiers.contains(f"3.{minor}.{release}", prereleases=True) for release in releases
        )
    )


def _data_folder(subject: Subject) -> Iterator[Finding]:
    seen = set()
    for member in subject.names:
        if ".data/" not in member:
            continue
        top, _, rest = member.partition("/")
        part, separator, _ = rest.partition("/")
        if top.endswith(".data") and rest and (top, part) not in seen:
            seen.add((top, part))
            if top != (subject.dist_info or "").removesuffix(".dist-info") + ".data":
                yield finding(Code.WA618, member, f"{top} is not this wheel's")
            elif part not in _DATA_PARTS or not separator:
                yield finding(Code.WA618, member, f"{part!r} is not a part of a wheel's data")


def _record(subject: Subject, archive: Archive, dist_info: str) -> Iterator[Finding]:
    """Compare RECORD with what is in the wheel."""
    text = subject.texts.get(f"{dist_info}/RECORD")
    if text is None:
        yield from _missing(subject, Code.WA607, f"{dist_info}/RECORD")
        return
    unlisted = {f"{dist_info}/{name}" for name in _UNLISTED}
    seen: set[str] = set()
    most = 2 * len(subject.names) + _MORE_ROWS
    for number, written in enumerate(record_rows(text)):
        row = written
        # PyQt6's wheels have that for RECORD alone, which installers write again.
        if "\\" in row.path and (path := row.path.replace("\\", "/")) in unlisted:
            yield finding(Code.WA621, path, f"RECORD calls it {row.path}")
            row = row._replace(path=path)
        if number > most:
            words = f"in RECORD: it has over {most} rows for {len(subject.names)} files"
            yield finding(Code.WA612, f"{dist_info}/RECORD", words)
            break
        if row.path and row.path in seen:
            yield finding(Code.WA611, row.path, "RECORD has it twice")
        else:
            found = _compare(subject, row, listed=row.path not in unlisted)
            if found is not None:
                yield found
        seen.add(row.path)
    for entry in archive.entries:
        if not (entry.is_folder or entry.name in seen or entry.name in unlisted):
            yield finding(Code.WA609, entry.name, "RECORD does not have it")


def _compare(subject: Subject, row: Row, *, listed: bool) -> Finding | None:
    there = row.path in subject.names
    problem = row.problem or ("" if there else path_escapes(row.path))
    if problem or not row.path:
        return finding(Code.WA612, row.path, f"in RECORD: {problem or 'a row has no path'}")
    if not there:
        return finding(Code.WA610, row.path, "RECORD has it, the wheel does not")
    if listed and row.algorithm not in _STRONG:
        words = f"its hash in RECORD is {row.algorithm or 'missing'}, not SHA-256 or better"
        return finding(Code.WA612, row.path, words)
    if listed and (difference := _difference(subject, row, row.path, "RECORD")):
        return finding(Code.WA608, row.path, difference)
    return None


def _difference(subject: Subject, row: Row, path: str, record: str) -> str:
    """Return how a file differs from its row in `record`, or ""."""
    size, digest = subject.sizes.get(path), subject.digests.get(path)
    if size is not None and row.size is not None and size != row.size:
        return f"it has {size} bytes, {record} says {row.size}"
    # Files of a folder have no other digest.
    comparable = subject.shape is Shape.WHEEL or row.algorithm == "sha256"
    if digest is not None and comparable and row.digest.rstrip("=") != _spelled(digest):
        return f"its {row.algorithm} is not the one in {record}"
    return ""


def _spelled(digest: bytes) -> str:
    """Return a digest as RECORD spells it: urlsafe base64 without padding."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def check_installed(subject: Subject) -> Iterator[Finding]:
    """Compare the files of a folder with the RECORD of each distribution in it.

    Installers add rows of their own, without hashes for what they compile, and with paths that
    lead to scripts elsewhere: only rows with a hash, and files within the folder, are compared.
    """
    if subject.shape is not Shape.TREE or not subject.options.record:
        return
    most = 2 * len(subject.sizes) + _MORE_INSTALLED_ROWS
    rows = {
        record: dict(islice(installed_rows(record, text), most))
        for record, text in subject.texts.items()
    }
    # What a distribution vendors comes with a RECORD too, of files that were left out.
    vendored = {path for record, own in rows.items() for path in own if path != record}
    for record in sorted(rows.keys() - vendored):
        for path, row in rows[record].items():
            if not row.digest or path.startswith(("../", "/")):
                continue
            if path not in subject.sizes:
                yield finding(Code.WA610, path, f"{record} has it, the folder does not")
            elif difference := _difference(subject, row, path, record):
                yield finding(Code.WA608, path, difference)
