from __future__ import annotations

import dataclasses

import pytest

from winarm.stack.formats import table
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

CHANGES = ReportDifference(
    "2026-10-01",
    0.5,
    (StatusChange("a", Status.RUST, Status.READY), StatusChange("new", None, Status.PURE)),
)


class TestTable:
    @pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
    def test_no_line_but_a_command_is_longer_than_the_terminal(
        self, report: StackReport, width: int
    ) -> None:
        lines = table.render(report, width=width).splitlines()[:-1]

        assert [x for x in lines if len(x) > width and "winarm build" not in x] == []

    def test_tasks_come_with_what_helps(self, report: StackReport) -> None:
        text = table.render(report, width=200)

        assert "b 1 (holds back 1), required by a\n    winarm build 'b==1' --python 3.13" in text
        assert "relax >=2 to take c==1" in text
        assert "dropped: 1 was the last with a wheel" in text
        assert "first wheel: 0.9 (2025-06-07)" in text

    def test_what_a_terminal_would_obey_is_not_shown(self, report: StackReport) -> None:
        hostile = dataclasses.replace(report.packages[0], reason="its backend is \x1b]0;x\x07")
        report = dataclasses.replace(report, packages=(hostile,))

        assert "its backend is \ufffd]0;x\ufffd" in table.render(report, width=200)

    def test_a_task_without_a_command_says_what_else_helps(self, report: StackReport) -> None:
        text = table.render(report, width=200)

        assert "z-no-source 1\n    ask its maintainers for a wheel" in text
        assert "z-not-for-windows 1\n    leave it out there: add the marker sys_platform !=" in text

    def test_what_was_verified_says_so(self, report: StackReport) -> None:
        good, bad = (
            dataclasses.replace(report.packages[0], findings=found) for found in ((), ("WA201 x",))
        )

        assert "win_arm64 wheel; verified;" in table.render(
            dataclasses.replace(report, packages=(good,)), width=200
        )
        assert "win_arm64 wheel; verification found: WA201 x" in table.render(
            dataclasses.replace(report, packages=(bad,)), width=200
        )

    def test_a_long_list_shows_what_is_missing(self, report: StackReport) -> None:
        many = tuple(dataclasses.replace(report.packages[0], name=f"a{n}") for n in range(50))
        long = dataclasses.replace(report, packages=(*report.packages, *many))

        assert "a49" not in table.render(long)
        assert "52 more run as they are (--all shows them)." in table.render(long)
        assert "a49" in table.render(long, every=True)

    def test_the_last_line_sums_up(self, report: StackReport) -> None:
        last = table.render(report).splitlines()[-1]

        begins = "2 of 9 packages of uv.lock run on win_arm64 with Python 3.13 (22%): "
        assert last.startswith(f"{begins}1 ready, 1 pure")

    def test_a_stack_without_packages_says_so(self, report: StackReport) -> None:
        last = table.render(dataclasses.replace(report, packages=())).splitlines()[-1]

        assert last == "uv.lock has no packages for win_arm64 with Python 3.13"

    def test_changes_are_listed(self, report: StackReport) -> None:
        text = table.render(report, difference=CHANGES)

        assert "a: rust -> ready" in text
        assert "new: new -> pure" in text
