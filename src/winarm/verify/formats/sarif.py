"""For code scanning: SARIF 2.1.0 (OASIS standard)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from winarm.errors import DOCUMENTATION
from winarm.verify.codes import Code
from winarm.verify.report import Finding, Report

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(reports: Sequence[Report], version: str, base: Path | None = None) -> str:
    """Return all reports as one SARIF log.

    :param version: of winarm.
    :param base: the folder to which paths are relative: the root of the sources, for services that
        show findings there.
    """
    used = sorted(
        {found.code for report in reports for found in report.findings}, key=lambda code: code.name
    )
    rules = {code: index for index, code in enumerate(used)}
    # The standard wants each artifact once, though a path may have been verified twice.
    paths = dict.fromkeys(_uri(report.path, base) for report in reports)
    uris = {uri: index for index, uri in enumerate(paths)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "winarm",
                        "version": version,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "artifacts": [{"location": {"uri": uri}} for uri in uris],
                "results": [
                    _result(report, uri, uris[uri], found, rules[found.code])
                    for report in reports
                    for uri in (_uri(report.path, base),)
                    for found in report.findings
                ],
                "columnKind": "utf16CodeUnits",
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=True)


def _rule(code: Code) -> dict[str, object]:
    rule = code.rule
    return {
        "id": code.name,
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": rule.cause},
        "help": {"text": f"{rule.cause}\n\n{rule.cure}"},
        "helpUri": f"{DOCUMENTATION}/verify.html#{code.name.lower()}",
        "defaultConfiguration": {"level": rule.severity.label},
    }


def _result(
    report: Report, uri: str, index: int, found: Finding, rule_index: int
) -> dict[str, object]:
    location: dict[str, object] = {
        "physicalLocation": {"artifactLocation": {"uri": uri, "index": index}}
    }
    if found.member:
        location["logicalLocations"] = [
            {"fullyQualifiedName": member, "kind": "member"} for member in found.members
        ]
    # A path keeps its case.
    words = f"{found.member}: {found.words}." if found.member else _sentence(found.words)
    return {
        "ruleId": found.code.name,
        "ruleIndex": rule_index,
        "level": found.severity.label,
        "message": {"text": f"{words} {found.cure}"},
        "locations": [location],
        "partialFingerprints": {"winarm/v1": _fingerprint(report, found)},
    }


def _uri(path: Path, base: Path | None) -> str:
    """Return a path as a URI, relative to `base` where it is in it."""
    if base is not None and path.is_absolute() and path.is_relative_to(base):
        path = path.relative_to(base)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), errors="surrogateescape")


def _fingerprint(report: Report, found: Finding) -> str:
    """Return what stays the same while a finding does, for tools that compare runs."""
    parts = (report.path.name, found.code.name, found.member, found.message)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
