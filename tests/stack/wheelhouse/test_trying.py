from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.stack.wheelhouse.plan import WheelhousePlan
from winarm.stack.wheelhouse.result import Outcome, PackageOutcome, WheelhouseResult
from winarm.stack.wheelhouse.trying import trial_options, tried
from winarm.target import PythonABI
from winarm.trial import TrialOptions, TrialResult
from winarm.verify import Code, Evidence, Report
from winarm.verify.report import finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winarm.host import Host

PLAN = WheelhousePlan("uv.lock", "win_arm64", "3.13", ())


def result(*files: str) -> WheelhouseResult:
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

    def __call__(self, wheels: Sequence[Path], options: TrialOptions) -> TrialResult:
        self.wheels += wheels
        self.others = options.others
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
        result("a-1-cp313-cp313-win_arm64.whl", "b-1-py3-none-any.whl"),
        Path("house"),
        TrialOptions(),
        trial,
    )

    assert trial.wheels == [Path("house/a-1-cp313-cp313-win_arm64.whl")]
    assert trial.others == (Path("house/b-1-py3-none-any.whl"),)
    assert [package.tried for package in done.packages] == ["imported on an emulator", ""]
    assert done.ok


def test_a_wheel_that_does_not_import_is_a_failure() -> None:
    done = tried(
        result("a-1-cp313-cp313-win_arm64.whl", "b-1-cp313-cp313-win_arm64.whl"),
        Path("house"),
        TrialOptions(),
        FakeTrial("a"),
    )

    assert [package.outcome for package in done.packages] == [Outcome.FAILED, Outcome.BUILT]
    assert "it does not load" in done.packages[0].detail
    assert not done.ok


def test_nothing_native_needs_no_runner() -> None:
    def tries(*_: object) -> TrialResult:
        pytest.fail("it was tried")

    assert tried(result("b-1-py3-none-any.whl"), Path("house"), TrialOptions(), tries).ok


def test_a_wheelhouse_is_tried_with_its_python(host: Host) -> None:
    assert trial_options(host, PythonABI(13)).abi == PythonABI(13)
