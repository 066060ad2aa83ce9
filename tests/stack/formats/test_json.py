from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from winarm.errors import FileSystemError, UsageError
from winarm.stack.formats import json as json_format
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = ReportDifference(
    "2026-10-01",
    0.5,
    (StatusChange("a", Status.RUST, Status.READY), StatusChange("new", None, Status.PURE)),
)


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
