from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from winarm.errors import FileSystemError, UsageError
from winarm.stack.wheelhouse.plan import (
    Action,
    PlannedFile,
    PlannedPackage,
    WheelhousePlan,
    read_plan,
    write_plan,
)

if TYPE_CHECKING:
    from pathlib import Path

PLAN = WheelhousePlan(
    "uv.lock",
    "win_arm64",
    "3.13",
    (
        PlannedPackage("a", "1", Action.FETCH, PlannedFile("a-1-py3-none-any.whl", "https://x/a")),
        PlannedPackage(
            "b",
            "2",
            Action.BUILD,
            PlannedFile("b-2.tar.gz", "https://x/b", "0" * 64),
            config_settings={"k": ["v", "w"]},
            required_by=("a",),
        ),
        PlannedPackage("c", "3", Action.FAIL, reason="no sdist", cure="Ask."),
    ),
)


def test_a_plan_survives_being_written_down(tmp_path: Path) -> None:
    write_plan(PLAN, tmp_path / "plan.json")

    assert read_plan(tmp_path / "plan.json") == PLAN


def test_a_plan_names_what_is_fetched_and_built(tmp_path: Path) -> None:
    write_plan(PLAN, tmp_path / "plan.json")

    document = json.loads((tmp_path / "plan.json").read_text())
    assert (document["fetch"], document["build"]) == (["a"], ["b"])


def test_a_part_of_a_plan_is_named_in_any_spelling() -> None:
    assert [package.name for package in PLAN.only(["B", "b"]).packages] == ["b"]


def test_a_part_that_the_plan_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match="the plan has no package d"):
        PLAN.only(["d"])


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("packages"),
        lambda d: d["packages"][0].update(action="run"),
        lambda d: d["packages"][0].update(name="../x"),
        lambda d: d["packages"][0]["file"].update(name="../../evil.whl"),
        lambda d: d["packages"][0]["file"].update(name="C:evil.whl"),
        lambda d: d["packages"][0]["file"].update(sha256="../../evil"),
        lambda d: d["packages"][0].update(more=1),
        lambda d: d.update(version=99),
        lambda d: d.update(packages={}) or d["packages"].update(x=1),
    ],
)
def test_what_is_no_plan_is_one_error(tmp_path: Path, change: object) -> None:
    path = tmp_path / "plan.json"
    write_plan(PLAN, path)
    document = json.loads(path.read_text())
    change(document)  # type: ignore[operator]
    path.write_text(json.dumps(document))

    with pytest.raises(UsageError, match="plan"):
        read_plan(path)


def test_a_plan_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(FileSystemError):
        read_plan(tmp_path / "plan.json")
