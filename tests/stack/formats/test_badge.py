from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

from winarm.stack.formats import badge
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

CHANGES = ReportDifference(
    "2026-10-01",
    0.5,
    (StatusChange("a", Status.RUST, Status.READY), StatusChange("new", None, Status.PURE)),
)


class TestBadge:
    def test_it_is_an_image_that_says_the_share(self, report: StackReport) -> None:
        image = ET.fromstring(badge.render(report))

        assert image.get("aria-label") == "Windows on Arm: 22% ready"
        assert "href" not in badge.render(report)

    def test_a_complete_stack_is_ready(self, report: StackReport) -> None:
        complete = dataclasses.replace(report, packages=report.packages[:1])

        assert ">ready</text>" in badge.render(complete)
