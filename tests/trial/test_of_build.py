from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.config.trial import TrialSettings
from winarm.errors import TrialFailedError
from winarm.events import Output
from winarm.target import PythonABI
from winarm.trial import try_built
from winarm.verify import Evidence, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.events import Event
    from winarm.host import Host
    from winarm.plan import EquippedBuild

    MakeWheel = Callable[..., Path]


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def build(
    make_build: Callable[..., EquippedBuild],
    host: Host,
    pretended_arm64: str,
    heard: list[Event],
) -> EquippedBuild:
    """A build for 3.13 whose runner is this machine's Python."""
    made = make_build("inner")
    settings = replace(made.settings, runner=pretended_arm64)
    return replace(
        made,
        host=host,
        project=replace(made.project, settings=settings),
        interpreter=replace(made.interpreter, abi=PythonABI(13)),
        listener=heard.append,
    )


def with_test(build: EquippedBuild, test: TrialSettings) -> EquippedBuild:
    settings = replace(build.settings, test=test)
    return replace(build, project=replace(build.project, settings=settings))


def test_good_wheel_has_more_evidence(build: EquippedBuild, make_wheel: MakeWheel) -> None:
    wheel = make_wheel({"spam.py": ""})

    report = try_built(build, wheel, verify(wheel))

    assert (report.evidence, report.findings) == (Evidence.IMPORTED_NATIVELY, ())


def test_wheel_that_cannot_be_imported_is_withheld(
    build: EquippedBuild, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel({"spam.py": "1/0"})

    with pytest.raises(TrialFailedError, match="raises ZeroDivisionError") as caught:
        try_built(build, wheel, verify(wheel))

    assert "not delivered" in caught.value.why


def test_projects_command_is_run_with_its_copies_and_its_output_is_kept(
    build: EquippedBuild, make_wheel: MakeWheel, heard: list[Event]
) -> None:
    (build.folder / "checks").mkdir(parents=True)
    (build.folder / "checks" / "check.py").write_text("import spam; print('checked'); spam.x")
    wheel = make_wheel({"spam.py": ""})
    build = with_test(build, TrialSettings(("python", "checks/check.py"), copy=("checks",)))

    with pytest.raises(TrialFailedError, match="exit status 1") as caught:
        try_built(build, wheel, verify(wheel))

    assert "AttributeError" in caught.value.output
    assert any(isinstance(event, Output) and b"checked" in event.data for event in heard)


def test_wheel_for_other_pythons_than_the_one_that_builds_is_tried_on_one_of_its_own(
    build: EquippedBuild, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel({"spam.py": ""})
    other = wheel.rename(wheel.with_name("spam-1.0-cp313-none-any.whl"))
    build = replace(build, interpreter=replace(build.interpreter, abi=PythonABI(12)))

    report = try_built(build, other, verify(other))

    assert report.evidence is Evidence.IMPORTED_NATIVELY, sys.version
