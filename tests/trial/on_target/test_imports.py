"""What is reported of an import; `test_importing.py` runs the whole program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from winarm.trial.on_target import imports

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that this process can import, and forgets again."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def test_an_exception_is_reported_with_its_place_and_what_was_printed(site: Path) -> None:
    (site / "winarm_bad.py").write_text("def f():\n    raise ValueError('no')\nf()\n")
    said = site / "said.txt"
    said.write_bytes(b"x" * 5000 + b"\xffend")

    found = imports.tried("winarm_bad", str(said))

    assert (found["kind"], found["type"], found["text"]) == ("exception", "ValueError", "no")
    assert "line 2, in f" in found["traceback"]
    assert found["said"].endswith("\N{REPLACEMENT CHARACTER}end")
    assert len(found["said"]) == imports.TOLD


def test_a_module_that_is_missing_is_named(site: Path) -> None:
    (site / "winarm_needs.py").write_text("import winarm_nowhere\n")

    assert imports.tried("winarm_needs", str(site / "said.txt"))["missing"] == "winarm_nowhere"


@pytest.mark.parametrize("end", ["import sys; sys.exit(3)", "raise KeyboardInterrupt"])
def test_a_module_that_ends_the_program_is_a_failure_too(site: Path, end: str) -> None:
    (site / "winarm_ends.py").write_text(end)

    assert imports.tried("winarm_ends", str(site / "said.txt"))["kind"] == "exception"


def test_a_module_from_elsewhere_is_not_the_wheels(site: Path) -> None:
    (site / "winarm_package").mkdir()

    assert imports.tried("json", str(site))["kind"] == "elsewhere"
    assert imports.tried("winarm_package", str(site))["text"] == "a namespace package"


def test_a_dll_that_does_not_load_is_the_loaders_failure(tmp_path: Path) -> None:
    error = ImportError(
        "DLL load failed while importing _x: The specified module could not be found.",
        name="_x",
        path=str(tmp_path / "_x.pyd"),
    )

    found = imports.failure(error)

    assert found["kind"] == "loader"
    assert found["path"].endswith("_x.pyd")
    # The same words of another exception are none of the loader's.
    assert imports.failure(ValueError(str(error)))["kind"] == "exception"


def test_an_output_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    assert imports.tail(str(tmp_path / "nothing")) == ""
