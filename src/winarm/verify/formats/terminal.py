"""For people at a terminal with rich: as `table`, with the findings in a table that wraps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from winarm.errors import printable
from winarm.verify.codes import Severity
from winarm.verify.formats.table import contents, footnotes, image_lines, outcome, total
from winarm.verify.report import Finding, Report

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_OUTCOMES = {"FAIL": "bold red", "ok": "green", "skip": "dim"}
_INDENT = (0, 0, 0, 6)


def render(
    reports: Sequence[Report], *, verbose: bool = False, fail_on: Severity | None = Severity.ERROR
) -> Group:
    """Return all reports as something that rich prints; see `table.render`."""
    parts = [
        part for report in reports for part in _parts(report, verbose=verbose, fail_on=fail_on)
    ]
    if len(reports) > 1:
        parts.append(Text(total(reports, fail_on)))
    return Group(*parts)


def _parts(report: Report, *, verbose: bool, fail_on: Severity | None) -> Iterator[RenderableType]:
    word = outcome(report, fail_on)
    name = printable(report.path.name)
    yield Text.assemble((f"{word:4}", _OUTCOMES[word]), f"  {name}  ", (contents(report), "dim"))
    if verbose:
        yield from (Text(line) for image in report.images for line in image_lines(image))
    if report.findings:
        yield Padding(_findings(report.findings, verbose=verbose), _INDENT)
    yield from (Padding(Text(line, style="dim"), _INDENT) for line in footnotes(report))


def _findings(findings: Sequence[Finding], *, verbose: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column("code", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("member", overflow="fold", max_width=50)
    table.add_column("message", overflow="fold")
    for found in findings:
        severity = Text(found.severity.label, style=_STYLES[found.severity])
        table.add_row(
            found.code.name,
            severity,
            Text("\n".join(found.members if verbose else (found.member,))),
            Text(found.words),
        )
    return table
