from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError
from winarm.stack.wheelhouse.merge import merge_wheelhouses
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.stack.wheelhouse.result import Outcome, PackageOutcome, WheelhouseResult, write_results

if TYPE_CHECKING:
    from pathlib import Path

PLAN = WheelhousePlan(
    "uv.lock",
    "win_arm64",
    "3.13",
    (PlannedPackage("a", "1", Action.FETCH), PlannedPackage("b", "2", Action.BUILD)),
)


def part(folder: Path, name: str, *, good: bool = True) -> Path:
    """Make a part that has one package."""
    folder.mkdir()
    version = {"a": "1", "b": "2"}[name]
    outcome = PackageOutcome(name, version, Outcome.FAILED, detail="it broke")
    if good:
        file = folder / f"{name}-{version}-py3-none-any.whl"
        file.write_bytes(name.encode())
        digest = hashlib.sha256(name.encode()).hexdigest()
        outcome = PackageOutcome(name, version, Outcome.BUILT, file.name, digest, 1)
    write_results(WheelhouseResult(PLAN.only([name]), (outcome,), 1.0), folder)
    return folder


def test_parts_make_a_whole(tmp_path: Path) -> None:
    parts = [part(tmp_path / "1", "a"), part(tmp_path / "2", "b")]

    result = merge_wheelhouses(PLAN, parts, tmp_path / "whole")

    assert result.ok
    assert {f.name for f in (tmp_path / "whole").glob("*.whl")} == {
        "a-1-py3-none-any.whl",
        "b-2-py3-none-any.whl",
    }
    assert (tmp_path / "whole" / "requirements.txt").read_text().count("--hash=sha256:") == 2


def test_a_missing_part_is_a_failure(tmp_path: Path) -> None:
    result = merge_wheelhouses(PLAN, [part(tmp_path / "1", "a")], tmp_path / "whole")

    assert not result.ok
    assert result.packages[1].detail == "no part has it"


def test_a_part_that_failed_keeps_its_cause(tmp_path: Path) -> None:
    parts = [part(tmp_path / "1", "a"), part(tmp_path / "2", "b", good=False)]

    assert merge_wheelhouses(PLAN, parts, tmp_path / "whole").packages[1].detail == "it broke"


def test_a_good_part_is_better_than_one_that_failed(tmp_path: Path) -> None:
    parts = [
        part(tmp_path / "1", "a"),
        part(tmp_path / "2", "b", good=False),
        part(tmp_path / "3", "b"),
    ]

    assert merge_wheelhouses(PLAN, parts, tmp_path / "whole").ok


def test_a_wheel_that_was_changed_is_not_taken(tmp_path: Path) -> None:
    changed = part(tmp_path / "1", "a")
    (changed / "a-1-py3-none-any.whl").write_bytes(b"other")

    result = merge_wheelhouses(PLAN, [changed, part(tmp_path / "2", "b")], tmp_path / "whole")

    assert not result.ok
    assert not (tmp_path / "whole" / "a-1-py3-none-any.whl").exists()


def test_a_report_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    folder = part(tmp_path / "1", "a")
    report = folder / "wheelhouse.json"
    report.write_text(report.read_text().replace("a-1-py3-none-any.whl", "../secret"))
    (tmp_path / "secret").write_bytes(b"a")

    assert not merge_wheelhouses(PLAN, [folder], tmp_path / "whole").ok


def test_a_folder_that_is_no_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a part of a wheelhouse"):
        merge_wheelhouses(PLAN, [tmp_path], tmp_path / "whole")
