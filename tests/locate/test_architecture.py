from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import touch

from winarm.locate.architecture import architecture_folder, libraries_instead
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("spelling", ["arm64", "ARM64", "aarch64"])
def test_each_spelling_of_a_machine_is_its_folder(tmp_path: Path, spelling: str) -> None:
    touch(tmp_path / spelling / "x.lib")

    assert architecture_folder(tmp_path, WIN_ARM64) == tmp_path / spelling
    assert architecture_folder(tmp_path, WIN_AMD64) is None


def test_microsofts_spelling_comes_first(tmp_path: Path) -> None:
    touch(tmp_path / "aarch64" / "x.lib", tmp_path / "arm64" / "x.lib")

    assert architecture_folder(tmp_path, WIN_ARM64) == tmp_path / "arm64"


def test_machines_whose_libraries_are_there_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "x64" / "x.lib", tmp_path / "x86" / "x.lib")

    assert libraries_instead(tmp_path) == "; it has those of AMD64 and x86 only"
    assert libraries_instead(tmp_path / "x64") == ""
    assert libraries_instead(None) == ""
