"""The main job on a project that knows nothing of winarm, step by step, with nothing fetched."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from winarm import events
from winarm.config import Settings
from winarm.errors import SettingsError, SourceError
from winarm.host import Host
from winarm.pipeline import embedded_zig, unchanged
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winarm.pipeline.job import Job

PYPROJECT = """\
[build-system]
requires = ["setuptools", "cython"{more}]
build-backend = "{backend}"
"""


@dataclass
class Steps:
    """What was done, in its order, by stand-ins for what installs, asks and builds."""

    done: list[tuple[str, ...]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    heard: list[events.Event] = field(default_factory=list)
    needs: tuple[str, ...] = ()

    def isolated(self, _host: Host, _interpreter: object, folder: Path) -> SimpleNamespace:
        self.done.append(("isolate",))
        return SimpleNamespace(
            python=folder / "python",
            site_packages=folder / "site-packages",
            environ=lambda base: {**base, "ISOLATED": "1"},
            install=self.install,
        )

    def install(self, requirements: Sequence[str], *, output: Callable[[bytes], None]) -> None:
        self.done.append(("install", *requirements))
        output(b"installed\n")

    def call_early(self, job: Job, hook: str) -> list[str]:
        self.done.append((hook,))
        self.jobs.append(job)
        return list(self.needs)

    def ensure_toolchain(self, *_: object) -> None:
        self.done.append(("toolchain",))

    def build_wheel(self, job: Job, folder: Path) -> SimpleNamespace:
        self.done.append(("build", folder.name))
        self.jobs.append(job)
        return SimpleNamespace(path=folder / "a.whl")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    monkeypatch.setattr(unchanged, "isolated", steps.isolated)
    monkeypatch.setattr(unchanged, "call_early", steps.call_early)
    monkeypatch.setattr(unchanged, "build_wheel", steps.build_wheel)
    monkeypatch.setattr(embedded_zig, "ensure_toolchain", steps.ensure_toolchain)
    return steps


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    def write(backend: str = "setuptools.build_meta", more: str = "") -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "pyproject.toml").write_text(PYPROJECT.format(backend=backend, more=more))
        return folder

    return write


def build(
    steps: Steps,
    source: Path,
    environ: dict[str, str] | None = None,
    **config_settings: Any,  # noqa: ANN401
) -> unchanged.Result:
    real = Host.current()
    path = {"PATH": real.environ.get("PATH", "")}
    host = replace(real, environ={**path, **(environ or {})}, default_cache=source / "cache")
    settings = {key.replace("__", ".").replace("_", "-"): v for key, v in config_settings.items()}
    return unchanged.build(
        host,
        str(source),
        source.parent / "out",
        python=None,
        config_settings=settings,
        listener=steps.heard.append,
    )


def test_the_steps_have_their_order(steps: Steps, project: Callable[..., Path]) -> None:
    steps.needs = ("wheel",)

    result = build(steps, project())

    assert steps.done == [
        ("isolate",),
        ("install", "setuptools", "cython"),
        ("get_requires_for_build_wheel",),
        ("install", "wheel"),
        ("toolchain",),
        ("build", "out"),
    ]
    assert result.built.path.name == "a.whl"
    assert result.seconds > 0


def test_what_is_done_is_said(steps: Steps, project: Callable[..., Path]) -> None:
    build(steps, project())

    said = [event.what for event in steps.heard if isinstance(event, events.Step)]
    assert said[0].startswith("opening ")
    assert "making an isolated environment" in said
    assert "installing setuptools, cython" in said
    assert events.Output(b"installed\n") in steps.heard


def test_the_running_winarm_meets_a_requirement_on_winarm(
    steps: Steps, project: Callable[..., Path]
) -> None:
    steps.needs = ("winarm>=0.1", "ninja")

    build(steps, project(more=', "winarm[cli]>=99"', backend="winarm.backend"))

    installed = [step[1:] for step in steps.done if step[0] == "install"]
    assert installed == [("setuptools", "cython"), ("ninja",)]


def test_behind_winarms_backend_the_inner_one_builds(
    steps: Steps, project: Callable[..., Path]
) -> None:
    build(steps, project(backend="winarm.backend"))

    assert steps.jobs[-1].backend.name == "setuptools.build_meta"


def test_the_build_runs_in_the_environment_that_was_made(
    steps: Steps, project: Callable[..., Path]
) -> None:
    build(steps, project())

    job = steps.jobs[-1]
    assert job.environ["ISOLATED"] == "1"
    assert job.python.name == "python"
    assert [folder.name for folder in job.site_folders] == ["site-packages"]
    assert job.interpreter.executable == Path(sys.executable)


def test_no_other_environments_modules_count_as_the_builds(
    steps: Steps, project: Callable[..., Path]
) -> None:
    build(steps, project())

    job = steps.jobs[-1]
    # ziglang may be beside winarm; a NumPy that is there is not the project's.
    assert set(job.tool_folders).isdisjoint(job.site_folders)
    assert job.tool_folders


def test_arm64_windows_is_what_it_builds_for(steps: Steps, project: Callable[..., Path]) -> None:
    build(steps, project())

    assert steps.jobs[-1].target is WIN_ARM64


def test_unless_another_target_is_named(steps: Steps, project: Callable[..., Path]) -> None:
    build(steps, project(), {"WINARM_TARGET": "win_amd64"})

    assert steps.jobs[-1].target is WIN_AMD64


def test_settings_go_to_whom_they_are_for(steps: Steps, project: Callable[..., Path]) -> None:
    build(steps, project(), winarm__jobs="3", other="x")

    job = steps.jobs[-1]
    assert job.settings == Settings(jobs=3)
    assert job.config_settings == {"other": "x"}


def test_a_wrong_setting_stops_it_before_anything_is_made(
    steps: Steps, project: Callable[..., Path]
) -> None:
    with pytest.raises(SettingsError):
        build(steps, project(), winarm__jobs="many")

    assert steps.done == []


def test_so_does_a_source_without_a_build_system(steps: Steps, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError, match="has no build system"):
        build(steps, tmp_path / "empty")

    assert steps.done == []


def test_nothing_is_left_behind(steps: Steps, project: Callable[..., Path]) -> None:
    folder = project()

    build(steps, folder)

    assert not steps.jobs[-1].python.parent.exists()
    assert [path.name for path in folder.iterdir()] == ["pyproject.toml"]
