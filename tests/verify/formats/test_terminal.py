from __future__ import annotations

import importlib
import io
import re
from typing import TYPE_CHECKING

import pytest

from .conftest import BAD, GOOD

if TYPE_CHECKING:
    from winarm.verify import Report


def on_terminal(reports: list[Report], **wishes: bool) -> list[str]:
    """What is seen on a terminal of 60 columns, without its colours."""
    console = pytest.importorskip("rich.console")
    terminal = importlib.import_module("winarm.verify.formats.terminal")
    shown = console.Console(file=io.StringIO(), width=60, highlight=False)
    shown.print(terminal.render(reports, **wishes))
    return [line.rstrip() for line in shown.file.getvalue().splitlines()]


def test_terminal_shows_good_files_on_one_line_too() -> None:
    assert on_terminal([GOOD]) == ["ok    good.whl  1 image (ARM64)"]


def test_terminal_wraps_findings_in_columns() -> None:
    lines = on_terminal([BAD, GOOD], verbose=True)

    assert lines[0].startswith("FAIL  bad.whl")
    assert "      pkg/_x.pyd  ARM64  2 KiB" in lines
    assert any(re.match(r"      WA101  error    pkg/_x\.pyd  it is AMD64", line) for line in lines)
    assert all(len(line) <= 60 for line in lines)
    assert lines[-1] == "2 verified: 1 good, 1 not."
