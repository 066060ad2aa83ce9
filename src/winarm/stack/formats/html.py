"""The report as one page that asks nothing of the network."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from winarm.errors import DOCUMENTATION
from winarm.stack.formats.table import summary
from winarm.stack.report import ReportDifference, StackReport, Status


def render(report: StackReport, difference: ReportDifference | None = None) -> str:
    """Return the page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = files("winarm.stack.formats").joinpath("status.html.jinja").read_text("utf-8")
    return environment.from_string(template).render(
        report=report,
        summary=summary(report),
        difference=difference,
        statuses=list(Status),
        documentation=DOCUMENTATION,
    )
