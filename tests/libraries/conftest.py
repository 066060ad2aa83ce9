"""A wheel that needs DLLs, and a prefix that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prefix_samples import PYD, dll, needing, tree
from verify_samples.wheel import wheel as make_wheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """It needs z.dll, which needs y.dll."""
    return make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: needing("Z.dll")})


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    licence = {"share/licenses/z/LICENSE": "do what you like"}
    return tree(
        tmp_path / "p",
        {"bin/z.dll": dll("y.dll", "kernel32.dll"), "bin/y.dll": dll(), "lib/z.txt": "", **licence},
    )
