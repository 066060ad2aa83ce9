"""The report as one page that asks nothing of the network."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, StrictUndefined

from winarm.errors import DOCUMENTATION
from winarm.stack.formats.table import summary
from winarm.stack.report import ReportDifference, StackReport, Status


def render(report: StackReport, difference: ReportDifference | None = None) -> str:
    """Return the page."""
    return filled(
        files("winarm.stack.formats").joinpath("status.html.jinja"),
        report=report,
        summary=summary(report),
        difference=difference,
        statuses=list(Status),
        documentation=DOCUMENTATION,
    )


def filled(template: Traversable, **values: object) -> str:
    """Return a template's page, in which every value is escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template.read_text("utf-8")).render(values)
