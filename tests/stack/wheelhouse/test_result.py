from __future__ import annotations

import json
from typing import TYPE_CHECKING

from winarm.stack.wheelhouse.plan import WheelhousePlan
from winarm.stack.wheelhouse.result import (
    Outcome,
    PackageOutcome,
    WheelhouseResult,
    page,
    table,
    write_results,
)

if TYPE_CHECKING:
    from pathlib import Path

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
