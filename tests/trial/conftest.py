"""Stages and sessions whose Python is this machine's: on it, everything but Windows is real."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nuget_source import Source, nuget_source
from verify_samples.wheel import wheel

from winarm.host import Host
from winarm.trial.local import LocalSession, plain_environ
from winarm.trial.options import TrialOptions
from winarm.trial.stage import stage_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    MakeWheel = Callable[..., Path]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """This machine with an empty cache, without an index."""
    real = Host.current()
    environ = {
        **{name: value for name, value in real.environ.items() if not name.startswith("WINARM_")},
        "WINARM_CACHE_DIR": str(tmp_path / "cache"),
        "PIP_NO_INDEX": "1",
    }
    return replace(real, environ=environ)


@pytest.fixture
def stage() -> Iterator[Path]:
    with stage_for(TrialOptions()) as folder:
        yield folder


@pytest.fixture
def session(host: Host, stage: Path) -> LocalSession:
    environ = {**plain_environ(host), "PYTHONPATH": str(stage / "start")}
    return LocalSession(host, stage, (sys.executable,), environ, grace=0.1)


@pytest.fixture
def make_wheel(tmp_path: Path) -> MakeWheel:
    """Return a pure wheel with these files, `spam` by default."""

    def make(
        files: Mapping[str, str], project: str = "spam", requires: tuple[str, ...] = ()
    ) -> Path:
        lines = [f"Requires-Dist: {requirement}\n" for requirement in requires]
        metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n{''.join(lines)}"
        content = {name: text.encode() for name, text in files.items()}
        content[f"{project}-1.0.dist-info/METADATA"] = metadata.encode()
        content[f"{project}-1.0.dist-info/WHEEL"] = (
            b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        return wheel(tmp_path, content, f"{project}-1.0-py3-none-any.whl")

    return make


@pytest.fixture
def source() -> Iterator[Source]:
    with nuget_source() as made:
        yield made
