"""The report as a table, which fits narrow terminals, too."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from winarm.errors import printable
from winarm.stack.report import PackageStatus, ReportDifference, StackReport, Status

#: Fewest columns in which a reason stands beside the name; below, it is on lines of its own.
NARROW = 80
#: Rows of packages that run are shown only when asked for, or when there are few packages.
SHORT = 40
#: Requirers that a line names.
_NAMED = 3


def render(
    report: StackReport,
    difference: ReportDifference | None = None,
    *,
    width: int = 100,
    every: bool = False,
) -> str:
    """Return the report as lines of at most `width` columns.

    :param every: show packages that run of a long list, too.
    """
    lines = _lines(report, difference, max(40, width), every=every)
    return "\n".join(map(printable, lines))


def _lines(
    report: StackReport, difference: ReportDifference | None, width: int, *, every: bool
) -> Iterator[str]:
    shown = report.packages
    if not every and len(shown) > SHORT:
        shown = tuple(package for package in shown if package.missing)
    names = max((len(_title(package)) for package in shown), default=0)
    states = max((len(package.status) for package in shown), default=0)
    for package in sorted(shown, key=lambda one: (list(Status).index(one.status), one.name)):
        yield from _row(package, min(names, width // 3), states, width)
    left_out = len(report.packages) - len(shown)
    if left_out:
        yield f"{left_out} more run as they are (--all shows them)."
    if blockers := report.blockers:
        yield ""
        yield "To do, first what holds back the most:"
        for package in blockers:
            yield from _task(package, width)
    if difference is not None:
        yield ""
        yield from _changes(difference)
    for note in report.notes:
        yield from _wrapped(f"note: {note}", width)
    yield ""
    yield summary(report)


def summary(report: StackReport) -> str:
    """Return the report in one line."""
    if not report.packages:
        return f"{report.origin} has no packages for {report.target} with Python {report.python}"
    running = sum(not package.missing for package in report.packages)
    counts = ", ".join(f"{count} {status}" for status, count in report.counts.items())
    return (
        f"{running} of {len(report.packages)} packages of {report.origin} run on "
        f"{report.target} with Python {report.python} ({report.ready_share:.0%}): {counts}"
    )


def _title(package: PackageStatus) -> str:
    return f"{package.name} {package.version}".rstrip()


def _row(package: PackageStatus, names: int, states: int, width: int) -> Iterator[str]:
    head = f"{_title(package):{names}}  {package.status:{states}}"
    details = package.explanation
    if package.dropped:
        details += f"; dropped: {package.dropped} was the last with a wheel"
    if package.first:
        day = f" ({package.first.date})" if package.first.date else ""
        details += f"; first wheel: {package.first.version}{day}"
    details += "".join(f"; {note}" for note in package.notes)
    if width < NARROW:
        yield f"{_title(package)}  {package.status}"
        yield from _wrapped(details, width, indent="    ")
        return
    room = width - len(head) - 2
    lines = textwrap.wrap(details, max(room, 20)) or [""]
    yield f"{head}  {lines[0]}".rstrip()
    yield from (" " * (len(head) + 2) + line for line in lines[1:])


def _task(package: PackageStatus, width: int) -> Iterator[str]:
    held = f" (holds back {package.holds_back})" if package.holds_back else ""
    by = ""
    if package.required_by:
        more = len(package.required_by) - _NAMED
        by = f", required by {', '.join(package.required_by[:_NAMED])}"
        by += f" and {more} more" if more > 0 else ""
    yield from _wrapped(f"{_title(package)}{held}{by}", width, indent="  ")
    if package.pin and package.other:
        what = f"pin {package.pin}"
        if not package.other.allowed:
            what = f"relax {package.requirement} to take {package.pin}"
        yield from _wrapped(what, width, indent="    ")
    if package.advice:
        yield from _wrapped(package.advice, width, indent="    ")
    if package.command:
        # Not wrapped, so that it can be copied.
        yield f"    {package.command}"


def _changes(difference: ReportDifference) -> Iterator[str]:
    yield f"Since {difference.since} ({difference.share_before:.0%} ran):"
    for change in difference.changes:
        yield f"  {change.name}: {change.before or 'new'} -> {change.after or 'gone'}"
    if not difference.changes:
        yield "  nothing changed"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )
