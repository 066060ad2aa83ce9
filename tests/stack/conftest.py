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
    return Host(
        environ={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / "home"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.simple,
            "WINARM_CACHE_DIR": str(tmp_path / "cache"),
        },
        system="linux",
        machine="x86_64",
        executable=Path(sys.executable),
        cpus=2,
    )
