from __future__ import annotations

from winarm.stack.formats import markdown
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

CHANGES = ReportDifference(
    "2026-10-01",
    0.5,
    (StatusChange("a", Status.RUST, Status.READY), StatusChange("new", None, Status.PURE)),
)


class TestMarkdown:
    def test_text_of_others_is_escaped(self, report: StackReport) -> None:
        text = markdown.render(report, CHANGES)

        assert "<script>" not in text
        assert r"no wheel \| \<script\>" in text

    def test_each_blocker_has_a_row(self, report: StackReport) -> None:
        rows = [line for line in markdown.render(report).splitlines() if line.startswith("| ")]

        assert any(row.startswith("| b 1 | buildable |") and "`winarm build" in row for row in rows)
        assert any("`c==1`" in row for row in rows)
