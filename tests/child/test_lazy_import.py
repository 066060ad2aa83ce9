"""`lazy import` of Python 3.15 (PEP 810) gives a project's code the views, too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.child_environment import build_environment

if TYPE_CHECKING:
    from .conftest import Bench

CODE = """\
lazy import sys
lazy from os import name
lazy import winreg
lazy import json
lazy import struct
print(sys.platform, name, struct.calcsize("l"), json.dumps([1]))
try:
    winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, "SOFTWARE")
except FileNotFoundError as error:
    print(error.winerror)
"""


def test_what_is_imported_lazily_is_seen_as_the_targets(bench: Bench) -> None:
    python = shutil.which("python3.15")
    if python is None or "shims" in Path(python).parts:
        pytest.skip("no python3.15 on this machine")
    bench.write(setup_py=CODE)
    bench.says("-c", "")
    variables = build_environment(bench.build, bench.scratch)

    done = subprocess.run(
        [python, "setup.py"],
        cwd=bench.project,
        env={**variables, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["win32", "nt", "4", "[1]", "2"], done.stderr
