"""Bytecode is kept from one environment to the next, and Python decides whether it is used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from winarm.environment.bytecode import bring_bytecode, keep_bytecode
from winarm.storage import UNUSED


def modules(folder: Path, *, distribution: str = "tool-1", source: Path | None = None) -> Path:
    """Return a folder of modules as uv fills it: with links to sources that it has once."""
    (folder / f"{distribution}.dist-info").mkdir(parents=True)
    (folder / "tool").mkdir()
    if source is None:
        (folder / "tool/__init__.py").write_text("VALUE = 1\n")
    else:
        os.link(source / "tool/__init__.py", folder / "tool/__init__.py")
    return folder


def value(folder: Path) -> int:
    """Return what a Python reads that may write bytecode."""
    code = "import tool; print(tool.VALUE)"
    environ = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=True)
    return int(done.stdout)


def bytecode(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.pyc"))


def test_a_second_environment_has_what_python_compiled_in_the_first(tmp_path: Path) -> None:
    first = modules(tmp_path / "first")
    assert value(first) == 1
    keep_bytecode(first, tmp_path / "cache")
    second = modules(tmp_path / "second", source=first)
    bring_bytecode(second, tmp_path / "cache")
    (brought,) = bytecode(second)
    before = brought.stat().st_ino
    assert value(second) == 1
    assert brought.stat().st_ino == before, "Python has compiled it again"


def test_bytecode_of_another_source_is_not_used_and_is_replaced(tmp_path: Path) -> None:
    first = modules(tmp_path / "first")
    assert value(first) == 1
    keep_bytecode(first, tmp_path / "cache")
    (kept,) = bytecode(tmp_path / "cache")
    before = kept.read_bytes()
    second = modules(tmp_path / "second")
    (second / "tool/__init__.py").write_text("VALUE = 22\n")
    bring_bytecode(second, tmp_path / "cache")
    assert value(second) == 22
    assert kept.read_bytes() == before, "an environment writes into the cache"
    keep_bytecode(second, tmp_path / "cache")
    assert kept.read_bytes() != before


def test_other_distributions_get_nothing(tmp_path: Path) -> None:
    first = modules(tmp_path / "first")
    value(first)
    keep_bytecode(first, tmp_path / "cache")
    second = modules(tmp_path / "second", distribution="tool-2", source=first)
    bring_bytecode(second, tmp_path / "cache")
    assert not bytecode(second)


def test_a_cache_that_cannot_be_written_stops_no_build(tmp_path: Path) -> None:
    first = modules(tmp_path / "first")
    value(first)
    (tmp_path / "cache").write_text("a file")
    keep_bytecode(first, tmp_path / "cache")
    bring_bytecode(first, tmp_path / "cache")
    assert value(first) == 1


@pytest.mark.parametrize("ago", [0, UNUSED + 60])
def test_what_nobody_has_used_for_long_is_removed(tmp_path: Path, ago: int) -> None:
    first = modules(tmp_path / "first")
    value(first)
    keep_bytecode(first, tmp_path / "cache")
    (old,) = (tmp_path / "cache").iterdir()
    os.utime(old, (time.time() - ago,) * 2)
    second = modules(tmp_path / "second", distribution="tool-2")
    value(second)
    keep_bytecode(second, tmp_path / "cache")
    assert old.exists() == (ago == 0)
