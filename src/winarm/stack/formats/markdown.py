"""The report in Markdown, for an issue or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from winarm.stack.formats.table import summary
from winarm.stack.report import PackageStatus, ReportDifference, StackReport


def render(report: StackReport, difference: ReportDifference | None = None) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report, difference))


def _lines(report: StackReport, difference: ReportDifference | None) -> Iterator[str]:
    yield f"### Windows on Arm: {report.ready_share:.0%} ready"
    yield ""
    yield _text(summary(report)) + "."
    if report.blockers:
        yield ""
        yield "| package | status | why | holds back | what helps |"
        yield "| --- | --- | --- | ---: | --- |"
        yield from (_row(package) for package in report.blockers)
    running = [package for package in report.packages if not package.missing]
    if running:
        yield ""
        yield f"<details><summary>{len(running)} that run</summary>"
        yield ""
        yield "| package | status | why |"
        yield "| --- | --- | --- |"
        for package in running:
            name = f"{package.name} {package.version}"
            yield f"| {_text(name)} | {package.status} | {_text(package.explanation)} |"
        yield ""
        yield "</details>"
    if difference is not None:
        yield ""
        yield f"Since {_text(difference.since)} ({difference.share_before:.0%} ready):"
        yield ""
        yield from (
            f"- {_text(change.name)}: {change.before or 'new'} → {change.after or 'gone'}"
            for change in difference.changes
        )
    for note in report.notes:
        yield ""
        yield _text(note)


def _row(package: PackageStatus) -> str:
    helps = [f"`{package.pin}`"] if package.pin else []
    helps += [f"`{package.command}`"] if package.command else []
    helps += [_text(package.advice)] if package.advice else []
    held = str(package.holds_back)
    if package.required_by:
        held += f" ({_text(', '.join(package.required_by[:3]))})"
    name = f"{package.name} {package.version}".strip()
    cells = (_text(name), str(package.status), _text(package.explanation), held, "<br>".join(helps))
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Return text that Markdown shows as it is: names and reasons come from others."""
    flat = " ".join(text.split())
    for character in "\\`*_[]<>|":
        flat = flat.replace(character, f"\\{character}")
    return flat
