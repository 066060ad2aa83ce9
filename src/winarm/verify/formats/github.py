"""For GitHub Actions: annotations on stdout, and a table for the page of the run."""

from __future__ import annotations

from collections.abc import Sequence

from winarm.errors import printable
from winarm.verify.codes import Severity
from winarm.verify.report import Evidence, Finding, Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
#: GitHub cuts a summary at 1 MiB.
_MOST_ROWS = 500


def render(reports: Sequence[Report]) -> str:
    """Return every finding as a workflow command, and a line for each file without one."""
    lines: list[str] = []
    for report in reports:
        lines.extend(_annotation(report, found) for found in report.findings)
        if not report.findings:
            lines.append(f"good: {_data(printable(report.path.name))}")
    return "\n".join(lines)


def summary(reports: Sequence[Report], fail_on: Severity | None = Severity.ERROR) -> str:
    """Return a table in Markdown of all files and findings, for $GITHUB_STEP_SUMMARY."""
    tried = any(report.evidence is not Evidence.INSPECTED for report in reports)
    lines = [
        f"### winarm {'test' if tried else 'verify'}",
        "",
        "| file | verdict | evidence | finding | where |",
        "| --- | --- | --- | --- | --- |",
    ]
    for report in reports:
        verdict = "not good" if report.reaches(fail_on) else "good"
        file = _cell(printable(report.path.name))
        start = f"| {file} | {verdict} | {report.evidence.value} |"
        rows = [f"{_what(found)} | {_cell(found.member)}" for found in report.findings]
        lines.extend(f"{start} {row} |" for row in rows or [" | "])
    left_out = len(lines) - _MOST_ROWS
    if left_out > 0:
        lines = [*lines[:_MOST_ROWS], "", f"{left_out} more findings are in the log."]
    return "\n".join(lines) + "\n"


def _annotation(report: Report, found: Finding) -> str:
    place = f"{found.member}: " if found.member else ""
    title = f"{found.code.name} {found.code.rule.title}"
    return (
        f"::{_COMMANDS[found.severity]} file={_property(printable(report.path.as_posix()))},"
        f"title={_property(title)}::{_data(f'{place}{found.words}. {found.cure}')}"
    )


def _data(text: str) -> str:
    """Escape the text of a workflow command, so that no file name can give a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _what(found: Finding) -> str:
    return f"{found.severity.label} {found.code.name}: {_cell(found.words)}"


def _cell(text: str) -> str:
    """Return text for a cell: no markup, no cell borders, no line breaks."""
    for char, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", " "), ("\r", " ")):
        text = text.replace(char, safe)
    return "".join(f"\\{char}" if char in "\\`*_[]|#" else char for char in text)
