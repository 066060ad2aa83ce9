from __future__ import annotations

import pytest

from winarm.stack.report import PackageStatus, StackReport, Status


def package(name: str, status: Status, **more: object) -> PackageStatus:
    return PackageStatus(name, "1", status, "", **more)  # type: ignore[arg-type]


def report(*packages: PackageStatus) -> StackReport:
    return StackReport("x", "win_arm64", "3.13", packages)


@pytest.mark.parametrize("status", list(Status))
def test_only_ready_and_pure_run(status: Status) -> None:
    assert status.runs is (status in {Status.READY, Status.PURE})
    assert status.meaning


def test_a_wheel_that_cannot_load_is_missing() -> None:
    assert not package("a", Status.READY, findings=()).missing
    assert package("a", Status.READY, findings=("WA401",)).missing


def test_blockers_are_ranked_by_what_they_hold_back() -> None:
    found = report(
        package("a", Status.RUST),
        package("b", Status.RUST, holds_back=3),
        package("c", Status.PURE, holds_back=9),
    ).blockers

    assert [one.name for one in found] == ["b", "a"]


def test_the_share_of_nothing_is_all_of_it() -> None:
    assert report().ready_share == 1
    assert report(package("a", Status.PURE), package("b", Status.RUST)).ready_share == 0.5


def test_counts_have_the_best_first_and_no_zeros() -> None:
    counts = report(package("a", Status.RUST), package("b", Status.READY)).counts

    assert list(counts.items()) == [(Status.READY, 1), (Status.RUST, 1)]
