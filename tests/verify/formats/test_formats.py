from __future__ import annotations

import hashlib
import importlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jsonschema
import pytest
from verify_samples.hostile import CASES

from winarm.verify import Code, Evidence, ImageSummary, Report, Severity, verify
from winarm.verify.formats import github, reference, sarif, table
from winarm.verify.formats import json as json_format
from winarm.verify.report import finding

if TYPE_CHECKING:
    from collections.abc import Callable

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]

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

#: The standard's schema, as Microsoft's own checker of SARIF brings it, and its SHA-256.
SARIF_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SARIF_SCHEMA = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
SARIF_SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"


@pytest.fixture
def sarif_schema(once: Once, lacking: Lacking) -> dict[str, Any]:
    """The schema of SARIF 2.1.0, fetched at test time."""
    npm = shutil.which("npm") or lacking("npm", "it comes with Node.js")

    def fetch(folder: Path) -> None:
        subprocess.run([npm, "pack", "--silent", SARIF_PACKAGE], cwd=folder, check=True)

    try:
        (archive,) = once("sarif-schema", fetch).glob("*.tgz")
    except subprocess.CalledProcessError as error:
        lacking("schema of SARIF", f"npm pack {SARIF_PACKAGE} ({error})")
    with tarfile.open(archive) as package:
        file = package.extractfile(SARIF_SCHEMA)
        assert file is not None
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == SARIF_SHA256
    schema: dict[str, Any] = json.loads(data)
    return schema


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


def on_terminal(reports: list[Report], **wishes: bool) -> list[str]:
    """What is seen on a terminal of 60 columns, without its colours."""
    console = pytest.importorskip("rich.console")
    terminal = importlib.import_module("winarm.verify.formats.terminal")
    shown = console.Console(file=io.StringIO(), width=60, highlight=False)
    shown.print(terminal.render(reports, **wishes))
    return [line.rstrip() for line in shown.file.getvalue().splitlines()]


def test_terminal_shows_good_files_on_one_line_too() -> None:
    assert on_terminal([GOOD]) == ["ok    good.whl  1 image (ARM64)"]


def test_terminal_wraps_findings_in_columns() -> None:
    lines = on_terminal([BAD, GOOD], verbose=True)

    assert lines[0].startswith("FAIL  bad.whl")
    assert "      pkg/_x.pyd  ARM64  2 KiB" in lines
    assert any(re.match(r"      WA101  error    pkg/_x\.pyd  it is AMD64", line) for line in lines)
    assert all(len(line) <= 60 for line in lines)
    assert lines[-1] == "2 verified: 1 good, 1 not."


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


@pytest.mark.network
def test_sarif_is_valid_by_the_standards_schema(
    sarif_schema: dict[str, Any], tmp_path: Path
) -> None:
    every = [verify(case.make(tmp_path)) for case in CASES]
    said = json.loads(sarif.render([GOOD, BAD, PURE, *every], "1.0"))
    validator = jsonschema.Draft4Validator

    faults = validator(sarif_schema, format_checker=validator.FORMAT_CHECKER).iter_errors(said)

    assert list(faults) == []


def test_sarif_refers_to_its_own_rules_and_files() -> None:
    said: dict[str, Any] = json.loads(sarif.render([GOOD, BAD], "1.0"))

    (run,) = said["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_sarif_keeps_the_case_of_members_and_links_to_the_documentation() -> None:
    report = Report(Path("x.whl"), (finding(Code.WA101, "pkg/_x.pyd", "it is AMD64"),), ())

    (run,) = json.loads(sarif.render([report], "1.0"))["runs"]

    assert run["results"][0]["message"]["text"].startswith("pkg/_x.pyd: it is AMD64.")
    assert run["tool"]["driver"]["rules"][0]["helpUri"].endswith("/verify.html#wa101")


def test_sarif_paths_are_relative_to_the_root_of_the_sources(tmp_path: Path) -> None:
    inside, outside = tmp_path / "a/x.whl", Path(tmp_path.anchor) / "y.whl"
    reports = [Report(path, (), ()) for path in (inside, outside)]

    (run,) = json.loads(sarif.render(reports, "1.0", tmp_path))["runs"]

    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert uris == ["a/x.whl", outside.as_uri()]


MANY = replace(BAD.findings[0], others=("pkg/_y.pyd", "pkg/_z.pyd"), more=2)


def test_finding_of_several_members_counts_them_and_lists_them_when_asked() -> None:
    report = replace(BAD, findings=(MANY,))

    assert "pkg/_x.pyd: it is AMD64 (2 more files too)" in table.render([report])
    assert "pkg/_z.pyd" not in table.render([report])
    assert "        pkg/_z.pyd" in table.render([report], verbose=True).splitlines()
    (said,) = json.loads(json_format.render([report]))["reports"][0]["findings"]
    assert (said["others"], said["more"]) == (["pkg/_y.pyd", "pkg/_z.pyd"], 2)


def test_libraries_are_not_counted_as_images() -> None:
    library = ImageSummary("pkg/x.lib", "ARM64", 1, is_library=True)

    assert table.contents(replace(GOOD, images=(IMAGE, library))) == "1 image (ARM64), 1 library"
    assert table.contents(replace(GOOD, images=(library, library))) == "2 libraries"


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
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)


def test_reports_name_what_the_verdict_rests_on() -> None:
    tried = replace(GOOD, evidence=Evidence.TESTED_EMULATED)

    assert "| good | inspected |" in github.summary([GOOD])
    assert "| good | tested on an emulator |" in github.summary([tried])
    said = json.loads(json_format.render([GOOD, tried]))["reports"]
    assert [report["evidence"] for report in said] == ["inspected", "tested on an emulator"]


def test_github_summary_is_bounded() -> None:
    report = Report(Path("x.whl"), BAD.findings * 1000, ())

    assert len(github.summary([report]).splitlines()) < 600


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.name)
def test_every_code_explains_itself(code: Code) -> None:
    rule = code.rule

    assert re.fullmatch(r"WA[0-8][0-9]{2}", code.name)
    assert not rule.title.endswith(".")
    assert rule.cause.endswith(".")
    assert rule.cure.endswith(".")
    assert reference.explain(code).startswith(f"{code.name} ({rule.severity.label}): ")


def test_documentation_has_the_reference_of_today(repository: Path) -> None:
    page = (repository / "docs" / "verify.md").read_text("utf-8")

    assert reference.reference() in page, "run python tools/verify_docs.py"


def test_no_two_rules_are_alike() -> None:
    assert len(Code.__members__) == len(list(Code))
