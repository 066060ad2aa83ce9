"""For people: one line for a good file, the findings and their cures below a bad one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from winarm.errors import printable
from winarm.verify.codes import Severity
from winarm.verify.report import Evidence, Finding, ImageSummary, Report

_LABEL_WIDTH = 1 + max(len(severity.label) for severity in Severity)


def render(
    reports: Sequence[Report],
    *,
    verbose: bool = False,
    fail_on: Severity | None = Severity.ERROR,
) -> str:
    """Return all reports as text.

    :param verbose: list every image with its machine, size and imports, and every member of a
        finding.
    :param fail_on: from which severity on a file is not good.
    """
    blocks = ["\n".join(_block(report, verbose=verbose, fail_on=fail_on)) for report in reports]
    if len(reports) > 1:
        blocks.append(total(reports, fail_on))
    return "\n".join(blocks)


def total(reports: Sequence[Report], fail_on: Severity | None) -> str:
    """Return how many are good, how many are not, and how many were passed over."""
    bad = sum(report.reaches(fail_on) for report in reports)
    skipped = sum(report.skipped and not report.reaches(fail_on) for report in reports)
    verified = len(reports) - skipped
    more = f" {skipped} skipped." if skipped else ""
    return f"{verified} verified: {verified - bad} good, {bad} not.{more}"


def outcome(report: Report, fail_on: Severity | None) -> str:
    """Return the word before a file: `ok`, `skip` or `FAIL`."""
    if report.reaches(fail_on):
        return "FAIL"
    return "skip" if report.skipped else "ok"


def _block(report: Report, *, verbose: bool, fail_on: Severity | None) -> list[str]:
    lines = [f"{outcome(report, fail_on):4}  {printable(report.path.name)}  {contents(report)}"]
    if verbose:
        lines.extend(line for image in report.images for line in image_lines(image))
    for found in report.findings:
        lines.append(_finding_line(found))
        lines.extend(f"        {member}" for member in found.others if verbose)
    lines.extend(f"      {line}" for line in footnotes(report))
    return lines


def contents(report: Report) -> str:
    """Return what is in it, in a few words: `7 images (ARM64)`."""
    images = [image for image in report.images if not image.is_library]
    machines = Counter(image.machine for image in images)
    kinds = ", ".join(
        machine if len(machines) == 1 else f"{count} {machine}"
        for machine, count in machines.most_common()
    )
    libraries = len(report.images) - len(images)
    words = ["no native code"] if report.pure else []
    if images:
        words.append(f"{_counted(len(images), 'image', 'images')} ({kinds})")
    if libraries:
        words.append(_counted(libraries, "library", "libraries"))
    if report.evidence is not Evidence.INSPECTED:
        words.append(report.evidence.value)
    return ", ".join(words)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _finding_line(found: Finding) -> str:
    label = found.severity.label
    place = f"{found.member}: " if found.member else ""
    return f"      {found.code.name} {label:{_LABEL_WIDTH}}{place}{found.words}"


def footnotes(report: Report) -> Iterator[str]:
    """Yield what to do, once for each code and cure, and how much a baseline leaves out."""
    worse = report.failing(Severity.WARNING)
    yield from dict.fromkeys(f"{found.code.name}: {found.cure}" for found in worse)
    if report.known:
        yield f"{_counted(report.known, 'known finding', 'known findings')} not shown"


def image_lines(image: ImageSummary) -> list[str]:
    """Return an image's machine, size and imports."""
    delayed = [f"{dll} (delayed)" for dll in image.delay_imports]
    needs = ", ".join((*image.imports, *delayed))
    lines = [f"      {image.member}  {image.machine}  {image.size / 1024:,.0f} KiB"]
    if needs:
        lines.append(f"        needs {needs}")
    return [printable(line) for line in lines]
