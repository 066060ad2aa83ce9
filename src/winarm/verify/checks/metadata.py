"""The files of .dist-info must be there and agree with the wheel's name and content."""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.wheels.metadata import header_fields, same_name, same_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.options import VerifyOptions
    from winarm.verify.subject import Subject
    from winarm.verify.wheels.filename import WheelName

#: Single tags that a compressed one may stand for; wheels have some ten.
_MOST_TAGS = 10_000
#: Characters of one that are looked at.
_LONGEST_TAG = 1000
#: Parts of the .data folder (binary distribution format).
_DATA_PARTS = frozenset({"purelib", "platlib", "headers", "scripts", "data"})


def check_metadata(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find contradictions between file name, WHEEL, METADATA and layout."""
    if subject.archive is None or subject.name is None:
        return
    folders = subject.dist_info_folders
    if subject.dist_info is None:
        has = ", ".join(folders) or "none"
        wanted = f"{subject.name.distribution}-{subject.name.version}.dist-info"
        yield finding(Code.WA616, "", f"there is no {wanted}; the wheel has {has}")
        return
    if len(folders) > 1:
        yield finding(Code.WA616, "", f"there are several: {', '.join(folders)}")
    yield from _wheel_file(subject, subject.name, subject.dist_info)
    yield from _metadata_file(subject, subject.name, subject.dist_info)
    yield from _data_folder(subject)


def _wheel_file(subject: Subject, name: WheelName, dist_info: str) -> Iterator[Finding]:
    member = f"{dist_info}/WHEEL"
    if member not in subject.texts:
        yield finding(Code.WA613, "", f"there is no {member}")
        return
    found = header_fields(subject.texts[member])
    version = found.get("wheel-version", [""])[0]
    if version.partition(".")[0] != "1":
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
    # Python, ABI and platform (PEP 425); a compressed tag stands for the product of its parts.
    count = prod(part.count(".") + 1 for part in parts)
    if len(parts) != 3 or count > _MOST_TAGS or len(tag) > _LONGEST_TAG:  # noqa: PLR2004
        yield tag
        return
    pythons, abis, platforms = (part.split(".") for part in parts)
    yield from (f"{py}-{abi}-{plat}" for py in pythons for abi in abis for plat in platforms)


def _metadata_file(subject: Subject, name: WheelName, dist_info: str) -> Iterator[Finding]:
    member = f"{dist_info}/METADATA"
    if member not in subject.texts:
        yield finding(Code.WA614, "", f"there is no {member}")
        return
    found = header_fields(subject.texts[member])
    inside = found.get("name", [""])[0]
    if not same_name(inside, name.distribution):
        yield finding(Code.WA614, member, f"its Name is {inside or 'missing'}")
    inside = found.get("version", [""])[0]
    if not same_version(inside, name.version):
        yield finding(Code.WA614, member, f"its Version is {inside or 'missing'}")


def _data_folder(subject: Subject) -> Iterator[Finding]:
    seen = set()
    for member in subject.names:
        top, _, rest = member.partition("/")
        part, separator, _ = rest.partition("/")
        if top.endswith(".data") and rest and (top, part) not in seen:
            seen.add((top, part))
            if top != (subject.dist_info or "").removesuffix(".dist-info") + ".data":
                yield finding(Code.WA618, member, f"{top} is not this wheel's")
            elif part not in _DATA_PARTS or not separator:
                yield finding(Code.WA618, member, f"{part!r} is no part of a wheel's data")
