"""A badge for a README: an SVG that needs nothing from elsewhere."""

from __future__ import annotations

from html import escape

from winarm.stack.report import ReportDifference, StackReport

_LABEL = "Windows on Arm"
#: Width of a character and of the margins, in pixels, at 11 px.
_CHARACTER, _MARGIN = 6.4, 10
_COLOURS = ((1.0, "#2e7d32"), (0.9, "#5d8a00"), (0.5, "#a06a00"), (0.0, "#b3261e"))


def render(report: StackReport, _difference: ReportDifference | None = None) -> str:
    """Return the badge, which has no place for what changed."""
    value = f"{report.ready_share:.0%} ready" if report.ready_share < 1 else "ready"
    colour = next(colour for least, colour in _COLOURS if report.ready_share >= least)
    left, right = (round(len(text) * _CHARACTER + _MARGIN) for text in (_LABEL, value))
    texts = "".join(
        f'<text x="{middle:g}" y="14" textLength="{width - _MARGIN}">{text}</text>'
        for middle, width, text in ((left / 2, left, _LABEL), (left + right / 2, right, value))
    )
    title = escape(f"{_LABEL}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        f'text-anchor="middle">{texts}</g></svg>'
    )
