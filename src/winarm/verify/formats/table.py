"""For people: one line for a good file, the findings and their cures below a bad one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from winarm.verify.codes import Severity
from winarm.verify.report import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winarm.verify.report import Finding, ImageSummary, Report

#: Makes a word look like what it says: `error`, `warning`, `note`, `ok`, `faint`.
Style = Callable[[str, str], str]

_LABEL_WIDTH = 1 + max(len(severity.label) for severity in Severity)


def plain(word: str, _style: str) -> str:
    """Return a word as it is."""
    return word


def render(
    reports: Sequence[Report],
    *,
    verbose: bool = False,
    fail_on: Severity = Severity.ERROR,
    style: Style = plain,
) -> str:
    """Return all reports as text.

    :param verbose: list every image with its machine, size and imports.
    :param fail_on: from which severity on a file is not good.
    """
    blocks = [
        "\n".join(_block(report, verbose=verbose, fail_on=fail_on, style=style))
        for report in reports
    ]
    if len(reports) > 1:
        bad = sum(report.reaches(fail_on) for report in reports)
        blocks.append(f"{len(reports)} verified: {len(reports) - bad} good, {bad} not.")
    return "\n".join(blocks)


def _block(report: Report, *, verbose: bool, fail_on: Severity, style: Style) -> list[str]:
    failed = report.reaches(fail_on)
    verdict = style("FAIL", "error") if failed else style("ok", "ok") + "  "
    lines = [f"{verdict}  {printable(report.path.name)}  {style(_contents(report), 'faint')}"]
    if verbose:
        lines.extend(line for image in report.images for line in _image_lines(image))
    lines.extend(_finding_line(found, style) for found in report.findings)
    lines.extend(f"      {style(line, 'faint')}" for line in _cures(report.findings))
    return lines


def _contents(report: Report) -> str:
    """Return what is in it, in a few words: `7 images (ARM64)`."""
    if report.pure:
        return "no native code"
    if not report.images:
        return ""
    machines = Counter(image.machine for image in report.images)
    kinds = ", ".join(
        machine if len(machines) == 1 else f"{count} {machine}"
        for machine, count in machines.most_common()
    )
    noun = "image" if len(report.images) == 1 else "images"
    return f"{len(report.images)} {noun} ({kinds})"


def _finding_line(found: Finding, style: Style) -> str:
    label = found.severity.label
    place = f"{found.member}: " if found.member else ""
    column = style(label, label) + " " * (_LABEL_WIDTH - len(label))
    return f"      {found.code.name} {column}{place}{found.message}"


def _cures(findings: Sequence[Finding]) -> list[str]:
    """Return what to do, once for each code and cure, for what is worse than a note."""
    cures = {
        (found.code.name, found.cure): None for found in findings if found.severity > Severity.NOTE
    }
    return [f"{code}: {cure}" for code, cure in cures]


def _image_lines(image: ImageSummary) -> list[str]:
    delayed = [f"{dll} (delayed)" for dll in image.delay_imports]
    needs = ", ".join((*image.imports, *delayed))
    lines = [f"      {image.member}  {image.machine}  {image.size / 1024:,.0f} KiB"]
    if needs:
        lines.append(f"        needs {needs}")
    return [printable(line) for line in lines]
