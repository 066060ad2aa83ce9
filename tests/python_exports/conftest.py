from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def tool() -> dict[str, Any]:
    """What tools/python_exports.py defines."""
    return runpy.run_path(str(Path(__file__).parents[2] / "tools" / "python_exports.py"))
