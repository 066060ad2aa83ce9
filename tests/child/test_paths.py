r"""Paths with `\`, as the Windows branch of a setup.py writes them."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child.paths import in_distribution, ours, within

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Bench

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows takes them as they are")


def test_a_path_that_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd\\name.c").write_text("")

    assert ours("odd\\name.c") == "odd\\name.c"
    assert ours("src\\name.c") == "src/name.c"
    assert ours("plain.c") == "plain.c"
    assert ours(7) == 7


def test_paths_are_changed_at_any_depth() -> None:
    libraries = [("z", {"sources": ["z\\a.c"], "macros": [("A", None)]})]

    assert within(libraries) == [("z", {"sources": ["z/a.c"], "macros": [("A", None)]})]


def test_what_setup_was_given_is_changed() -> None:
    extension = SimpleNamespace(sources=["a\\b.c"], include_dirs=["a\\i"], depends=None)
    dist = SimpleNamespace(ext_modules=[extension], package_dir={"": "lib\\python"}, scripts=None)

    in_distribution(dist)

    assert (extension.sources, extension.include_dirs) == (["a/b.c"], ["a/i"])
    assert dist.package_dir == {"": "lib/python"}


def test_an_extension_has_this_machines_paths_as_soon_as_it_is_made(bench: Bench) -> None:
    bench.write(
        setup_py="from setuptools import Extension\n"
        "e = Extension('x', ['a\\\\b.c'], include_dirs=['i\\\\j'], library_dirs=['l\\\\m'])\n"
        "print(e.sources, e.include_dirs, e.library_dirs)"
    )

    assert bench.says("setup.py") == "['a/b.c'] ['i/j'] ['l/m']"
