"""What the tests of locating share: fake machines, and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from windows_trees.visual_studio import FakeWindows

from winarm.locate import Request
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def windows(tmp_path: Path) -> FakeWindows:
    """A Windows machine with nothing installed."""
    return FakeWindows(tmp_path / "C")


@pytest.fixture
def request_() -> Request:
    return Request(WIN_ARM64)
