"""The report as JSON, which later runs compare with (docs/status-report.schema.json)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from winarm.errors import UsageError
from winarm.stack.report import (
    REPORT_VERSION,
    ReportDifference,
    StackReport,
    Status,
    StatusChange,
)
from winarm.storage import read_bounded

#: A report of more bytes is not read.
MAX_REPORT = 64 * 2**20


def render(report: StackReport, difference: ReportDifference | None = None) -> str:
    """Return the report as a JSON text."""
    document: dict[str, Any] = {
        "version": REPORT_VERSION,
        "origin": report.origin,
        "target": report.target,
        "python": report.python,
        "made": report.made,
        "summary": {
            "packages": len(report.packages),
            "ready-share": round(report.ready_share, 4),
            "counts": {str(status): count for status, count in report.counts.items()},
        },
        "notes": list(report.notes),
        "packages": [_kebab(asdict(package)) for package in report.packages],
        "blockers": [package.name for package in report.blockers],
    }
    if difference is not None:
        document["difference"] = _kebab(asdict(difference))
    return json.dumps(document, indent=2, ensure_ascii=False)


def difference_from(path: Path, report: StackReport) -> ReportDifference:
    """Return what changed since the report that an earlier run wrote to `path`.

    :raises UsageError: it is not such a report.
    :raises FileSystemError: it cannot be read.
    """
    cure = "Name a report that --format json wrote."
    content = read_bounded(path, MAX_REPORT, cure=cure)
    try:
        document = json.loads(content)
        version = document["version"]
        before = {one["name"]: Status(one["status"]) for one in document["packages"]}
        share, made = float(document["summary"]["ready-share"]), str(document["made"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{path} is not a status report.", cure=cure) from error
    if version != REPORT_VERSION:
        raise UsageError(
            f"{path} is a report of version {version}, and not of {REPORT_VERSION}.",
            cure="Write it again with this winarm.",
        )
    after = {package.name: package.status for package in report.packages}
    changes = tuple(
        StatusChange(name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )
    return ReportDifference(made, share, changes)


def _kebab(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key.replace("_", "-"): _kebab(one) for key, one in value.items()}
    return [_kebab(one) for one in value] if isinstance(value, list | tuple) else value
