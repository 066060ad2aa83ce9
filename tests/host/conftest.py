from __future__ import annotations

import sys
from pathlib import Path

import pytest

from winarm.host import Host


@pytest.fixture
def host() -> Host:
    return Host.current()


@pytest.fixture
def empty(tmp_path: Path) -> Host:
    """A Linux machine with nothing in its environment."""
    return Host(
        environ={},
        system="linux",
        machine="x86_64",
        executable=Path(sys.executable),
        default_cache=tmp_path / "cache",
    )
