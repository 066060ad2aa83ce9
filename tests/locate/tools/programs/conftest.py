"""Files to look into, in the current folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from one_word_tools import RES
from verify_samples import image as im

from winarm.locate.tools.programs.one_word.resources import resource_object


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.o").write_bytes(resource_object(RES))
    Path("a.lib").write_bytes(im.library(("x.dll/", im.short_import()), ("r.o/", im.coff())))
    Path("m.pyd").write_bytes(im.module(delay_imports={"late.dll": ["f"]}))
    Path("damaged").write_bytes(b"!<arch>\n" + b"x" * 60)
    Path("text").write_bytes(b"text")
    return tmp_path
