from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema

from winarm.verify import Evidence
from winarm.verify.formats import github
from winarm.verify.formats import json as json_format

from .conftest import BAD, GOOD, PURE

if TYPE_CHECKING:
    from pathlib import Path


def test_json_is_as_its_schema_says(repository: Path) -> None:
    schema = json.loads((repository / "docs" / "verify-report.schema.json").read_text("utf-8"))

    said = json.loads(json_format.render([GOOD, BAD, PURE]))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(said, schema)
    assert said["version"] == json_format.VERSION
    assert [report["ok"] for report in said["reports"]] == [True, False, True]
    assert said["reports"][1]["counts"] == {"error": 1, "warning": 1, "note": 1}
    assert said["reports"][1]["findings"][0]["code"] == "WA101"


def test_reports_name_what_the_verdict_rests_on() -> None:
    tried = replace(GOOD, evidence=Evidence.TESTED_EMULATED)

    assert "| good | inspected |" in github.summary([GOOD])
    assert "| good | tested on an emulator |" in github.summary([tried])
    said = json.loads(json_format.render([GOOD, tried]))["reports"]
    assert [report["evidence"] for report in said] == ["inspected", "tested on an emulator"]
