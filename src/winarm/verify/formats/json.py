"""For programs: JSON whose form `docs/verify-report.schema.json` describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from winarm.verify.codes import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winarm.verify.report import Report

#: Changes when a field goes or changes its meaning; new fields may come without.
VERSION = 1


def render(reports: Sequence[Report]) -> str:
    """Return all reports as one JSON object."""
    found = {
        "version": VERSION,
        "reports": [_report(report) for report in reports],
    }
    return json.dumps(found, indent=2, ensure_ascii=True)


def _report(report: Report) -> dict[str, object]:
    return {
        "path": report.path.as_posix(),
        "target": report.target,
        "ok": report.ok,
        "evidence": report.evidence.value,
        "pure": report.pure,
        "counts": {severity.label: report.count(severity) for severity in Severity},
        "findings": [
            {
                "code": found.code.name,
                "severity": found.severity.label,
                "title": found.code.rule.title,
                "member": found.member,
                "message": found.message,
                "cure": found.cure,
            }
            for found in report.findings
        ],
        "images": [
            {
                "member": image.member,
                "machine": image.machine,
                "size": image.size,
                "imports": list(image.imports),
                "delay_imports": list(image.delay_imports),
            }
            for image in report.images
        ],
    }
