"""The Python program behind the rarer one-word tools, where no zig is needed.

`test_tools.py` runs all of it as people and build tools do.
"""

from __future__ import annotations

import pytest
from one_word_tools import says

from winarm.locate.tools.programs.one_word import main


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["windres"], "windres: no input file"),
        (["dlltool", "-d", "x.def", "-e", "x.exp"], "no export objects are made"),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    assert main(argv) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("tool", ["nm", "objdump", "strip", "ld", "dlltool", "windres"])
def test_configure_asks_each_for_its_version_and_help(
    tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "winarm" in says(capsys, tool, "--version")
    assert tool in says(capsys, tool, "--help")
