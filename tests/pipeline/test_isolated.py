"""Any source is built in an environment of its own; uv is a stand-in that installs nothing."""

from __future__ import annotations

import functools
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_stand_ins import installed, output, write_project

from winarm import events
from winarm.errors import SettingsError, SourceError, UnsupportedTargetError
from winarm.pipeline import isolated

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host
    from winarm.pipeline.wheel import BuiltWheel


class Building:
    """What was built, and what was seen and heard of it."""

    def __init__(self, host: Any, folder: Path) -> None:  # noqa: ANN401 - UvHost, of conftest
        self.host = host
        self.folder = folder
        self.heard: list[events.Event] = []

    @property
    def steps(self) -> list[str]:
        return [event.what for event in self.heard if isinstance(event, events.Step)]

    def noted(self, hook: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "notes" / hook).read_text())
        return found

    def build(self, source: Path, **config_settings: str) -> BuiltWheel:
        settings = {
            key.replace("__", ".").replace("_", "-"): value
            for key, value in config_settings.items()
        }
        return isolated.build_wheel(
            source,
            self.folder / "out",
            config_settings=settings,
            listener=self.heard.append,
            host=self.host,
        )


@pytest.fixture
def building(zig_on_path: Host, tmp_path: Path) -> Building:
    (tmp_path / "notes").mkdir()
    environ = {**zig_on_path.environ, "NOTES": str(tmp_path / "notes")}
    return Building(replace(zig_on_path, environ=environ), tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    return functools.partial(write_project, tmp_path / "project")


def test_the_steps_have_their_order(building: Building, project: Callable[..., Path]) -> None:
    building.host.environ["NEEDS"] = '["wheel"]'

    result = building.build(project())

    first, *steps = [step for step in building.steps if not step.startswith("preparing")]
    assert first.startswith("opening ")
    assert steps == [
        "making an isolated environment",
        "installing setuptools, cython",
        "looking for a toolchain",
        "asking the build backend what it needs",
        "installing wheel",
        "looking for a toolchain",
        "building",
        "verifying",
    ]
    assert installed(building.host) == [("setuptools", "cython"), ("wheel",)]
    assert b"installing\n" in output(building.heard)
    assert result.path == building.folder / "out" / "a-1-py3-none-any.whl"


def test_the_running_winarm_meets_a_requirement_on_winarm(
    building: Building, project: Callable[..., Path]
) -> None:
    building.host.environ["NEEDS"] = '["winarm>=0.1", "ninja"]'

    building.build(project(more=', "winarm[cli]>=99"'))

    assert installed(building.host) == [("setuptools", "cython"), ("ninja",)]


def test_behind_winarms_backend_the_inner_one_builds(
    building: Building, project: Callable[..., Path]
) -> None:
    table = '[tool.winarm]\nbuild-backend = "inner"\nbackend-path = ["."]\n'

    building.build(project("winarm.backend", table=table))

    assert building.noted("build")["sees"] == "win32"


def test_the_build_runs_in_the_environment_that_was_made(
    building: Building, project: Callable[..., Path]
) -> None:
    building.build(project())

    seen = building.noted("build")
    assert environment_of(seen).name == "environment"
    assert seen["sees"] == "win32"


def test_the_first_hook_finds_the_compiler_and_the_headers_of_the_build(
    building: Building, project: Callable[..., Path]
) -> None:
    """A setup.py may configure its sources then, and keep the result."""
    building.build(project())

    asked, built = building.noted("requires"), building.noted("build")
    assert asked["include"] == built["include"]
    assert asked["cc"] == built["cc"]
    assert asked["cc"]


def test_settings_go_to_whom_they_are_for(building: Building, project: Callable[..., Path]) -> None:
    building.build(project(), winarm__jobs="3", other="x")

    assert building.noted("build")["settings"] == {"other": "x"}


def test_a_wrong_setting_stops_it_before_anything_is_made(
    building: Building, project: Callable[..., Path]
) -> None:
    with pytest.raises(SettingsError):
        building.build(project(), winarm__jobs="many")

    assert installed(building.host) == []


def test_so_does_a_source_without_a_build_system(building: Building, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError, match="has no build system"):
        building.build(tmp_path / "empty")

    assert installed(building.host) == []


def test_another_target_is_refused_before_anything_is_made(
    building: Building, project: Callable[..., Path]
) -> None:
    with pytest.raises(UnsupportedTargetError, match="builds for win_arm64, not for win_amd64"):
        building.build(project(), winarm__target="win_amd64")

    assert installed(building.host) == []


def test_nothing_is_left_behind(building: Building, project: Callable[..., Path]) -> None:
    folder = project()

    building.build(folder)

    assert not environment_of(building.noted("build")).exists()
    left = {path.name for path in folder.iterdir()} - {"__pycache__"}
    assert left == {"pyproject.toml", "inner.py"}


def environment_of(seen: dict[str, Any]) -> Path:
    """Return the environment of the build, whose programs are on its PATH."""
    folders = (Path(folder).parent for folder in seen["path"].split(os.pathsep))
    return next(folder for folder in folders if folder.name == "environment")


class TestKeptFolder:
    def test_a_relative_one_counts_from_the_projects_folder(
        self, building: Building, project: Callable[..., Path]
    ) -> None:
        folder = project()

        kept = isolated.kept_folder({"winarm.build-dir": "kept"}, building.host, str(folder))

        assert kept == folder / "kept"

    def test_for_a_source_that_is_unpacked_it_counts_from_the_working_directory(
        self, building: Building
    ) -> None:
        kept = isolated.kept_folder({"winarm.build-dir": "kept"}, building.host, "annoy==1.17.3")

        assert kept == Path.cwd() / "kept"

    def test_without_a_setting_there_is_none(self, building: Building) -> None:
        assert isolated.kept_folder({}, building.host, ".") is None
