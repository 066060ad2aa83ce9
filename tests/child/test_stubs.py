"""Stub generators that would import the target's module get an incomplete stub instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child.stubs import INCOMPLETE, generator_arguments, write_incomplete

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("python /env/nanobind/stubgen.py -m a", ["-m", "a"]),
        ("python ext/nanobind/src/stubgen.py -q", ["-q"]),
        (r"python C:\env\nanobind\stubgen.py -m a", ["-m", "a"]),
        ("python -m nanobind.stubgen -m a", ["-m", "a"]),
        ("python -m nanobind", None),
        ("python tools/stubgen.py -m a", None),
        ("python -m pip install nanobind", None),
        ("python", None),
    ],
)
def test_generator_is_known_by_its_command_line(line: str, arguments: list[str] | None) -> None:
    assert generator_arguments(line.split()) == arguments


def test_named_file_is_written_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stub, marker = tmp_path / "out" / "m.pyi", tmp_path / "py.typed"

    write_incomplete(["-q", "-i", "x", "-m", "pkg.m", "-o", str(stub), "-M", str(marker)])

    assert stub.read_text() == INCOMPLETE
    assert marker.read_text() == ""
    assert "no stub of pkg.m" in capsys.readouterr().err


def test_each_module_gets_its_file_in_the_folder(tmp_path: Path) -> None:
    write_incomplete(["-m", "a.b", "-m", "c", "-O", str(tmp_path)])

    assert {path.name for path in tmp_path.iterdir()} == {"b.pyi", "c.pyi"}


def test_incomplete_stub_is_python() -> None:
    compile(INCOMPLETE, "m.pyi", "exec")
    assert "__getattr__" in INCOMPLETE
