"""Modules are patched once they have been imported, and stay what they are in all else."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child import on_import

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; modules and finders are as before afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def mark(module: ModuleType) -> None:
    module.marked = getattr(module, "marked", 0) + 1  # type: ignore[attr-defined]


def test_a_module_is_patched_after_its_code_has_run(folder: Path) -> None:
    (folder / "on_import_a.py").write_text("value = 1\nmarked = 10\n")
    on_import.install({"on_import_a": mark})

    assert importlib.import_module("on_import_a").marked == 11


def test_before_anyone_sees_it(folder: Path) -> None:
    (folder / "on_import_b.py").write_text("from on_import_c import marked\n")
    (folder / "on_import_c.py").write_text("")
    on_import.install({"on_import_c": mark})

    assert importlib.import_module("on_import_b").marked == 1


def test_a_module_that_is_there_already_is_patched_at_once(folder: Path) -> None:
    (folder / "on_import_d.py").write_text("")
    module = importlib.import_module("on_import_d")

    on_import.install({"on_import_d": mark})

    assert module.marked == 1


def test_modules_of_a_package_too(folder: Path) -> None:
    (folder / "on_import_p").mkdir()
    (folder / "on_import_p" / "__init__.py").write_text("")
    (folder / "on_import_p" / "m.py").write_text("")
    on_import.install({"on_import_p.m": mark})

    assert importlib.import_module("on_import_p.m").marked == 1
    assert not hasattr(importlib.import_module("on_import_p"), "marked")


def test_a_patched_module_has_its_true_loader(folder: Path) -> None:
    (folder / "on_import_e.py").write_text("")
    on_import.install({"on_import_e": mark})

    module = importlib.import_module("on_import_e")

    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__


def test_a_module_that_fails_is_not_patched(folder: Path) -> None:
    (folder / "on_import_f.py").write_text("raise ValueError('own')")
    on_import.install({"on_import_f": lambda _: pytest.fail("patched")})

    with pytest.raises(ValueError, match="own"):
        importlib.import_module("on_import_f")


def test_a_module_that_is_nowhere_stays_nowhere(folder: Path) -> None:
    on_import.install({"on_import_g": mark})

    assert importlib.util.find_spec("on_import_g") is None


def test_finders_of_the_old_kind_are_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "on_import_h.py").write_text("")
    monkeypatch.setattr(sys, "meta_path", [object(), *sys.meta_path])
    on_import.install({"on_import_h": mark})

    assert importlib.import_module("on_import_h").marked == 1


def test_a_compiled_module_finds_what_it_is_to_see_while_it_is_imported(folder: Path) -> None:
    (folder / "on_import_i.py").write_text("import sys\nseen = sys.modules['platform']\n")
    real, other = sys.modules["platform"], type(sys)("platform")
    on_import.install({}, {"on_import_i": lambda: {"platform": other}})

    assert importlib.import_module("on_import_i").seen is other
    assert sys.modules["platform"] is real
