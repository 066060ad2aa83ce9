from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jsonschema
import pytest
from verify_samples.hostile import CASES

from winarm.verify import Code, Report, verify
from winarm.verify.formats import sarif
from winarm.verify.report import finding

from .conftest import BAD, GOOD, PURE

if TYPE_CHECKING:
    from collections.abc import Callable

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]


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


def test_sarif_names_paths_as_uris() -> None:
    report = Report(Path("a folder/x#1.whl"), (finding(Code.WA002, "", "x"),), ())

    assert '"a%20folder/x%231.whl"' in sarif.render([report], "1.0")
