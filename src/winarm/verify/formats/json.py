"""For programs: JSON whose form `docs/verify-report.schema.json` describes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from winarm.verify.codes import Severity
from winarm.verify.report import Report, Verdict, judge

#: Changes when a field goes or changes its meaning; new fields may come without.
VERSION = 1


def render(
    reports: Sequence[Report],
    verdict: Verdict | None = None,
    fail_on: Severity | None = Severity.ERROR,
) -> str:
    """Return all reports as one JSON object.

    :param verdict: on all of them; without one it is what `judge` says.
    :param fail_on: the severity from which on a report fails.
    """
    verdict = verdict or judge(reports, fail_on)
    found = {
        "version": VERSION,
        "verdict": verdict.word,
        "reason": verdict.reason,
        "fail_on": fail_on.label if fail_on is not None else "never",
        "reports": [_report(report, fail_on) for report in reports],
    }
    return json.dumps(found, indent=2, ensure_ascii=True)


def _report(report: Report, fail_on: Severity | None) -> dict[str, object]:
    return {
        "path": report.path.as_posix(),
        "verdict": judge([report], fail_on).word,
        "target": report.target,
        "for_target": report.for_target,
        "ok": report.ok,
        "evidence": report.evidence.value,
        "pure": report.pure,
        "counts": {severity.label: report.count(severity) for severity in Severity},
        "known": report.known,
        "findings": [
            {
                "code": found.code.name,
                "severity": found.severity.label,
                "title": found.code.rule.title,
                "member": found.member,
                "others": list(found.others),
                "more": found.more,
                "message": found.message,
                "cure": found.cure,
            }
            for found in report.findings
        ],
        "images": [
            {
                "member": image.member,
                "kind": "library" if image.is_library else "image",
                "machine": image.machine,
                "size": image.size,
                "imports": list(image.imports),
                "delay_imports": list(image.delay_imports),
            }
            for image in report.images
        ],
    }
