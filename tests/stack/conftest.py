"""A package index, and a machine that is configured to use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stack_samples import LocalIndex, served

from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with served(LocalIndex()) as running:
        yield running


@pytest.fixture
def host(index: LocalIndex, tmp_path: Path) -> Host:
    real = Host.current()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return Host(
        environ={
            **kept,
            "HOME": str(tmp_path / "home"),
            "USERPROFILE": str(tmp_path / "home"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.simple,
            "WINARM_CACHE_DIR": str(tmp_path / "cache"),
        },
        system=real.system,
        machine=real.machine,
        executable=Path(sys.executable),
        cpus=2,
    )
