from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from winarm.verify import Code, ImageSummary, Report, Severity
from winarm.verify.formats import json as json_format
from winarm.verify.formats import table
from winarm.verify.report import finding

from .conftest import BAD, GOOD, IMAGE, MANY, PURE


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
