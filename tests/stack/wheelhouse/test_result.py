from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.stack.wheelhouse.result import (
    Outcome,
    PackageOutcome,
    WheelhouseResult,
    merge_wheelhouses,
    page,
    table,
    tried,
    write_results,
)
from winarm.trial import TrialResult
from winarm.verify import Code, Evidence, Report
from winarm.verify.report import finding

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAN = WheelhousePlan("uv.lock", "win_arm64", "3.13", ())
WHEEL = "a-1-cp313-cp313-win_arm64.whl"
RESULT = WheelhouseResult(
    PLAN,
    (
        PackageOutcome(
            "a", "1", Outcome.BUILT, "a-1-cp313-cp313-win_arm64.whl", "0" * 64, 1000, 9.0
        ),
        PackageOutcome(
            "b",
            "2",
            Outcome.FAILED,
            detail="<b>broke</b>\nwhy",
            cure="Repair it.",
            output="error: <script>",
        ),
        PackageOutcome("c", "3", Outcome.SKIPPED, detail="its settings say so"),
    ),
    12.3,
)


def test_the_lock_has_what_is_there_with_its_checksum() -> None:
    lines = [line for line in RESULT.lock.splitlines() if not line.startswith("#")]

    assert lines == ["a==1 \\", f"    --hash=sha256:{'0' * 64}"]


def test_a_failure_makes_it_incomplete_and_a_skipped_package_does_not() -> None:
    assert not RESULT.ok
    assert WheelhouseResult(PLAN, (RESULT.packages[0], RESULT.packages[2]), 1).ok


def test_the_table_ends_with_cause_and_cure() -> None:
    text = "\n".join(table(RESULT))

    assert "a 1  built        a-1-cp313-cp313-win_arm64.whl (9 s)" in text
    assert "b 2 failed: <b>broke</b>\nwhy\n  Repair it." in text
    assert text.endswith("2 of 3 packages (12 s)")


def test_what_a_terminal_would_obey_is_not_shown() -> None:
    failed = PackageOutcome("b", "2", Outcome.FAILED, detail="a\tb\n\x1b[2J")

    lines = list(table(WheelhouseResult(PLAN, (failed,), 1.0)))

    assert "b 2 failed: a   b" in lines
    assert "\ufffd[2J" in lines


def test_the_page_shows_everything_and_escapes_it() -> None:
    text = page(RESULT)

    assert "&lt;b&gt;broke&lt;/b&gt;" in text
    assert "<script>" not in text
    assert "not complete" in text


def test_all_of_it_is_written(tmp_path: Path) -> None:
    write_results(RESULT, tmp_path)

    assert {file.name for file in tmp_path.iterdir()} == {
        "requirements.txt",
        "wheelhouse.html",
        "wheelhouse.json",
    }
    packages = json.loads((tmp_path / "wheelhouse.json").read_text())["packages"]
    assert [one["outcome"] for one in packages] == ["built", "failed", "skipped"]


WHOLE = WheelhousePlan(
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
    write_results(WheelhouseResult(WHOLE.only([name]), (outcome,), 1.0), folder)
    return folder


def test_parts_make_a_whole(tmp_path: Path) -> None:
    parts = [part(tmp_path / "1", "a"), part(tmp_path / "2", "b")]

    result = merge_wheelhouses(WHOLE, parts, tmp_path / "whole")

    assert result.ok
    assert {f.name for f in (tmp_path / "whole").glob("*.whl")} == {
        "a-1-py3-none-any.whl",
        "b-2-py3-none-any.whl",
    }
    assert (tmp_path / "whole" / "requirements.txt").read_text().count("--hash=sha256:") == 2


def test_a_missing_part_is_a_failure(tmp_path: Path) -> None:
    result = merge_wheelhouses(WHOLE, [part(tmp_path / "1", "a")], tmp_path / "whole")

    assert not result.ok
    assert result.packages[1].detail == "no part has it"


def test_a_part_that_failed_keeps_its_cause(tmp_path: Path) -> None:
    parts = [part(tmp_path / "1", "a"), part(tmp_path / "2", "b", good=False)]

    assert merge_wheelhouses(WHOLE, parts, tmp_path / "whole").packages[1].detail == "it broke"


def test_a_good_part_is_better_than_one_that_failed(tmp_path: Path) -> None:
    parts = [
        part(tmp_path / "1", "a"),
        part(tmp_path / "2", "b", good=False),
        part(tmp_path / "3", "b"),
    ]

    assert merge_wheelhouses(WHOLE, parts, tmp_path / "whole").ok


def test_a_wheel_that_was_changed_is_not_taken(tmp_path: Path) -> None:
    changed = part(tmp_path / "1", "a")
    (changed / "a-1-py3-none-any.whl").write_bytes(b"other")

    result = merge_wheelhouses(WHOLE, [changed, part(tmp_path / "2", "b")], tmp_path / "whole")

    assert not result.ok
    assert not (tmp_path / "whole" / "a-1-py3-none-any.whl").exists()


def test_a_report_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    folder = part(tmp_path / "1", "a")
    report = folder / "wheelhouse.json"
    report.write_text(report.read_text().replace("a-1-py3-none-any.whl", "../secret"))
    (tmp_path / "secret").write_bytes(b"a")

    assert not merge_wheelhouses(WHOLE, [folder], tmp_path / "whole").ok


def test_a_folder_that_is_no_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a part of a wheelhouse"):
        merge_wheelhouses(WHOLE, [tmp_path], tmp_path / "whole")


def made(*files: str) -> WheelhouseResult:
    packages = tuple(
        PackageOutcome(file.partition("-")[0], "1", Outcome.BUILT, file, "0" * 64) for file in files
    )
    return WheelhouseResult(PLAN, packages, 1.0)


class FakeTrial:
    """A trial in which the named wheels fail."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.wheels: list[Path] = []
        self.others: tuple[Path, ...] | None = None

    def __call__(self, wheels: Sequence[Path], others: tuple[Path, ...]) -> TrialResult:
        self.wheels += wheels
        self.others = others
        return TrialResult(tuple(map(self.report, wheels)))

    def report(self, wheel: Path) -> Report:
        code = Code.WA401
        bad = wheel.name.startswith(self.failing) if self.failing else False
        findings = (finding(code, "a.pyd", "it does not load"),) if bad else ()
        return Report(
            wheel,
            findings,
            (),
            pure=False,
            target="win_arm64",
            evidence=Evidence.IMPORTED_EMULATED,
        )


def test_native_wheels_are_tried_together_and_pure_ones_are_not() -> None:
    trial = FakeTrial()

    done = tried(
        made("a-1-cp313-cp313-win_arm64.whl", "b-1-py3-none-any.whl"),
        Path("house"),
        trial,
    )

    assert trial.wheels == [Path("house/a-1-cp313-cp313-win_arm64.whl")]
    assert trial.others == (Path("house/b-1-py3-none-any.whl"),)
    assert [package.tried for package in done.packages] == ["imported on an emulator", ""]
    assert done.ok


def test_a_wheel_that_does_not_import_is_a_failure() -> None:
    done = tried(
        made("a-1-cp313-cp313-win_arm64.whl", "b-1-cp313-cp313-win_arm64.whl"),
        Path("house"),
        FakeTrial("a"),
    )

    assert [package.outcome for package in done.packages] == [Outcome.FAILED, Outcome.BUILT]
    assert "it does not load" in done.packages[0].detail
    assert not done.ok


def test_nothing_native_needs_no_runner() -> None:
    def tries(*_: object) -> TrialResult:
        pytest.fail("it was tried")

    assert tried(made("b-1-py3-none-any.whl"), Path("house"), tries).ok
