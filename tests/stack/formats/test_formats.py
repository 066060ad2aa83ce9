from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import jsonschema
import pytest

from winarm.errors import FileSystemError, UsageError
from winarm.stack.formats import badge, markdown, table
from winarm.stack.formats import json as json_format
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = ReportDifference(
    "2026-10-01",
    0.5,
    (StatusChange("a", Status.RUST, Status.READY), StatusChange("new", None, Status.PURE)),
)


class TestTable:
    @pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
    def test_no_line_but_a_command_is_longer_than_the_terminal(
        self, report: StackReport, width: int
    ) -> None:
        lines = table.render(report, width=width).splitlines()[:-1]

        assert [x for x in lines if len(x) > width and "winarm build" not in x] == []

    def test_tasks_come_with_what_helps(self, report: StackReport) -> None:
        text = table.render(report, width=200)

        assert "b 1 (holds back 1), required by a\n    winarm build 'b==1' --python 3.13" in text
        assert "pin c==1; >=2 does not allow it" in text
        assert "dropped: 1 was the last with a wheel" in text
        assert "first wheel: 0.9 (2025-06-07)" in text

    def test_a_long_list_shows_what_is_missing(self, report: StackReport) -> None:
        many = tuple(dataclasses.replace(report.packages[0], name=f"a{n}") for n in range(50))
        long = dataclasses.replace(report, packages=(*report.packages, *many))

        assert "a49" not in table.render(long)
        assert "52 more run as they are (--all shows them)." in table.render(long)
        assert "a49" in table.render(long, every=True)

    def test_the_last_line_sums_up(self, report: StackReport) -> None:
        last = table.render(report).splitlines()[-1]

        begins = "2 of 9 packages of uv.lock run on win_arm64 with Python 3.13 (22%): "
        assert last.startswith(f"{begins}1 ready, 1 pure")

    def test_changes_are_listed(self, report: StackReport) -> None:
        text = table.render(report, difference=CHANGES)

        assert "a: rust -> ready" in text
        assert "new: new -> pure" in text


class TestJson:
    @pytest.mark.parametrize("difference", [None, CHANGES])
    def test_it_has_the_form_that_the_schema_says(
        self, report: StackReport, repository: Path, difference: ReportDifference | None
    ) -> None:
        schema = json.loads((repository / "docs" / "status-report.schema.json").read_text("utf-8"))

        jsonschema.validate(json.loads(json_format.render(report, difference)), schema)

    def test_the_schema_has_every_key(self, report: StackReport, repository: Path) -> None:
        schema = json.loads((repository / "docs" / "status-report.schema.json").read_text("utf-8"))
        document = json.loads(json_format.render(report, CHANGES))

        assert set(document) == set(schema["properties"])
        assert set(document["packages"][0]) == set(schema["$defs"]["package"]["properties"])
        assert list(map(str, Status)) == schema["$defs"]["status"]["enum"]

    def test_blockers_begin_with_what_holds_back_the_most(self, report: StackReport) -> None:
        assert json.loads(json_format.render(report))["blockers"][0] == "b"

    def test_a_difference_is_found(self, report: StackReport, tmp_path: Path) -> None:
        path = tmp_path / "last.json"
        before = dataclasses.replace(
            report,
            packages=(
                dataclasses.replace(report.packages[0], status=Status.RUST),
                *report.packages[1:-1],
            ),
        )
        path.write_text(json_format.render(before))

        difference = json_format.difference_from(path, report)

        assert difference.since == "2026-11-25"
        assert difference.changes == (
            StatusChange("a", Status.RUST, Status.READY),
            StatusChange("z-unknown", None, Status.UNKNOWN),
        )

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"version": 1, "packages": [{}]}', "[" * 9**5]
    )
    def test_what_is_no_report_is_one_error(
        self, report: StackReport, tmp_path: Path, text: str
    ) -> None:
        path = tmp_path / "last.json"
        path.write_text(text)

        with pytest.raises(UsageError, match="is not a status report"):
            json_format.difference_from(path, report)

    def test_another_version_is_named(self, report: StackReport, tmp_path: Path) -> None:
        path = tmp_path / "last.json"
        path.write_text(json_format.render(report).replace('"version": 1,', '"version": 2,', 1))

        with pytest.raises(UsageError, match="a report of version 2"):
            json_format.difference_from(path, report)

    def test_a_report_that_is_not_there(self, report: StackReport, tmp_path: Path) -> None:
        with pytest.raises(FileSystemError):
            json_format.difference_from(tmp_path / "none.json", report)


class TestMarkdown:
    def test_text_of_others_is_escaped(self, report: StackReport) -> None:
        text = markdown.render(report, CHANGES)

        assert "<script>" not in text
        assert r"no wheel \| \<script\>" in text

    def test_each_blocker_has_a_row(self, report: StackReport) -> None:
        rows = [line for line in markdown.render(report).splitlines() if line.startswith("| ")]

        assert any(row.startswith("| b 1 | buildable |") and "`winarm build" in row for row in rows)
        assert any("`c==1`" in row for row in rows)


class TestBadge:
    def test_it_is_an_image_that_says_the_share(self, report: StackReport) -> None:
        image = ET.fromstring(badge.render(report))

        assert image.get("aria-label") == "Windows on Arm: 22% ready"
        assert "href" not in badge.render(report)

    def test_a_complete_stack_is_ready(self, report: StackReport) -> None:
        complete = dataclasses.replace(report, packages=report.packages[:1])

        assert ">ready</text>" in badge.render(complete)
