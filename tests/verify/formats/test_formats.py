from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from winarm.verify import Code, ImageSummary, Report, Severity
from winarm.verify.formats import github, reference, sarif, table
from winarm.verify.formats import json as json_format
from winarm.verify.report import finding

IMAGE = ImageSummary("pkg/_x.pyd", "ARM64", 2048, ("python313.dll",), ("late.dll",))
GOOD = Report(Path("dist/good.whl"), (), (IMAGE,), target="win_arm64")
BAD = Report(
    Path("dist/bad.whl"),
    (
        finding(Code.WA101, "pkg/_x.pyd", "it is AMD64"),
        finding(Code.WA104, "pkg/a.dll", "it is AMD64"),
        finding(Code.WA702, "", "a | b\n::error::c"),
    ),
    (IMAGE, ImageSummary("pkg/a.dll", "AMD64", 1, (), ())),
    target="win_arm64",
)
PURE = Report(Path("pure.whl"), (), (), pure=True, target="win_arm64")

#: What SARIF 2.1.0 (OASIS) requires of the parts that are used; nothing else may be there.
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["driver"],
                        "properties": {"driver": {"$ref": "#/$defs/driver"}},
                    },
                    "artifacts": {
                        "type": "array",
                        "uniqueItems": True,
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {"location": {"$ref": "#/$defs/place"}},
                        },
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "text": {
            "type": "object",
            "additionalProperties": False,
            "required": ["text"],
            "properties": {"text": {"type": "string"}},
        },
        "level": {"enum": ["none", "note", "warning", "error"]},
        "place": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "uri": {"type": "string", "format": "uri-reference"},
                "index": {"type": "integer", "minimum": 0},
            },
        },
        "driver": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["id"],
                        "properties": {
                            "id": {"type": "string"},
                            "shortDescription": {"$ref": "#/$defs/text"},
                            "fullDescription": {"$ref": "#/$defs/text"},
                            "help": {"$ref": "#/$defs/text"},
                            "defaultConfiguration": {
                                "type": "object",
                                "additionalProperties": False,
                                "properties": {"level": {"$ref": "#/$defs/level"}},
                            },
                        },
                    },
                },
            },
        },
        "result": {
            "type": "object",
            "additionalProperties": False,
            "required": ["message"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"$ref": "#/$defs/level"},
                "message": {"$ref": "#/$defs/text"},
                "partialFingerprints": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
                "locations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "physicalLocation": {
                                "type": "object",
                                "additionalProperties": False,
                                "properties": {"artifactLocation": {"$ref": "#/$defs/place"}},
                            },
                            "logicalLocations": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "properties": {
                                        "fullyQualifiedName": {"type": "string"},
                                        "kind": {"type": "string"},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_good_file_is_one_line() -> None:
    assert table.render([GOOD]) == "ok    good.whl  1 image (ARM64)"
    assert table.render([PURE]) == "ok    pure.whl  no native code"


def test_bad_file_lists_findings_and_their_cures_once() -> None:
    lines = table.render([BAD, BAD]).splitlines()

    assert lines[0] == "FAIL  bad.whl  2 images (1 ARM64, 1 AMD64)"
    assert lines[1] == "      WA101 error   pkg/_x.pyd: it is AMD64"
    assert [line for line in lines[:7] if line.startswith("      WA101: ")] == [
        f"      WA101: {Code.WA101.rule.cure}"
    ]
    assert lines[-1] == "2 verified: 0 good, 2 not."


def test_verbose_lists_every_image() -> None:
    assert table.render([GOOD], verbose=True).splitlines()[1:] == [
        "      pkg/_x.pyd  ARM64  2 KiB",
        "        needs python313.dll, late.dll (delayed)",
    ]


@pytest.mark.parametrize(("severity", "word"), [(Severity.ERROR, "ok"), (Severity.NOTE, "FAIL")])
def test_what_fails_is_the_users_choice(severity: Severity, word: str) -> None:
    note = Report(Path("x.whl"), (finding(Code.WA702, "", "x"),), ())

    assert table.render([note], fail_on=severity).startswith(word)


def test_json_is_as_its_schema_says(repository: Path) -> None:
    schema = json.loads((repository / "docs" / "verify-report.schema.json").read_text("utf-8"))

    said = json.loads(json_format.render([GOOD, BAD, PURE]))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(said, schema)
    assert said["version"] == json_format.VERSION
    assert [report["ok"] for report in said["reports"]] == [True, False, True]
    assert said["reports"][1]["counts"] == {"error": 1, "warning": 1, "note": 1}
    assert said["reports"][1]["findings"][0]["code"] == "WA101"


def test_sarif_is_valid() -> None:
    said: dict[str, Any] = json.loads(sarif.render([GOOD, BAD], "1.0"))

    jsonschema.validate(said, SARIF)
    (run,) = said["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_sarif_names_paths_as_uris() -> None:
    report = Report(Path("a folder/x#1.whl"), (finding(Code.WA002, "", "x"),), ())

    assert '"a%20folder/x%231.whl"' in sarif.render([report], "1.0")


def test_github_annotations_are_one_command_each() -> None:
    lines = github.render([GOOD, BAD]).splitlines()

    assert lines[0] == "good: good.whl"
    assert [re.match(r"::(error|warning|notice) file=dist/bad\.whl,title=WA", line) is not None
            for line in lines[1:]] == [True] * 3  # fmt: skip
    assert len(lines) == 4


def test_github_summary_is_a_table_that_names_cannot_break() -> None:
    rows = github.summary([GOOD, BAD]).splitlines()[2:]

    assert len(rows) == 2 + 1 + 3
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


def test_github_summary_is_bounded() -> None:
    report = Report(Path("x.whl"), BAD.findings * 1000, ())

    assert len(github.summary([report]).splitlines()) < 600


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.name)
def test_every_code_explains_itself(code: Code) -> None:
    rule = code.rule

    assert re.fullmatch(r"WA[0-7][0-9]{2}", code.name)
    assert not rule.title.endswith(".")
    assert rule.cause.endswith(".")
    assert rule.cure.endswith(".")
    assert reference.explain(code).startswith(f"{code.name} ({rule.severity.label}): ")


def test_documentation_has_the_reference_of_today(repository: Path) -> None:
    page = (repository / "docs" / "verify.md").read_text("utf-8")

    assert reference.reference() in page, "run python tools/verify_docs.py"


def test_no_two_rules_are_alike() -> None:
    assert len(Code.__members__) == len(list(Code))
