from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from winarm.verify import Code, Report
from winarm.verify.baseline import Baseline, BaselineError
from winarm.verify.formats import json
from winarm.verify.report import finding

WHEEL = "pkg-1.0-cp313-cp313-win_arm64.whl"


def report(*findings: tuple[Code, str, str], name: str = WHEEL) -> Report:
    return Report(Path("dist") / name, tuple(finding(*one) for one in findings), ())


ONE = (Code.WA405, "pkg/_x.pyd", "it needs foo.dll")


def known(*findings: tuple[Code, str, str], name: str = WHEEL) -> Baseline:
    return Baseline.parse(json.render([report(*findings, name=name)]))


@pytest.mark.parametrize(
    ("name", "now", "same"),
    [
        (WHEEL, ONE, True),
        (WHEEL.replace("1.0", "1.10"), ONE, True),
        ("other-1.0-cp313-cp313-win_arm64.whl", ONE, False),
        (WHEEL.replace("cp313", "cp314"), ONE, False),
        (WHEEL, (Code.WA405, "pkg/_y.pyd", "it needs foo.dll"), False),
        (WHEEL, (Code.WA405, "pkg/_x.pyd", "it needs bar.dll"), False),
        (WHEEL, (Code.WA411, "pkg/_x.pyd", "it needs foo.dll"), False),
    ],
)
def test_finding_is_known_by_all_but_the_version(
    name: str,
    now: tuple[Code, str, str],
    same: bool,  # noqa: FBT001 - a parameter
) -> None:
    left = known(ONE).without_known(report(now, name=name))

    assert (not left.findings, left.known) == (same, int(same))


def test_of_several_members_the_unknown_ones_are_left() -> None:
    several = replace(finding(*ONE), others=("pkg/_y.pyd", "pkg/_z.pyd"), more=2)
    now = replace(report(), findings=(several,))

    (left,) = known(ONE, (ONE[0], "pkg/_z.pyd", ONE[2])).without_known(now).findings

    assert (left.members, left.more) == (("pkg/_y.pyd",), 0)
    assert Baseline.parse(json.render([now])).without_known(now).known == 1


def test_version_in_members_and_messages_does_not_count() -> None:
    before = (Code.WA612, "pkg-1.0.dist-info/RECORD", "in pkg-1.0: it is 11.0 and 1.00")
    after = (Code.WA612, "pkg-2.0.dist-info/RECORD", "in pkg-2.0: it is 11.0 and 1.00")

    assert known(before).without_known(report(after, name=WHEEL.replace("1.0", "2.0"))).known == 1


def test_what_could_not_be_read_is_never_known() -> None:
    damaged = (Code.WA003, "pkg/_x.pyd", "its checksum is not the one in the archive")

    assert known(damaged).without_known(report(damaged)).known == 0


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "3", "{}", '{"reports": [3]}', '{"reports": [{"path": 3}]}', b"\xff"]
)
def test_other_text_is_refused(text: str | bytes) -> None:
    with pytest.raises(BaselineError):
        Baseline.parse(text)
