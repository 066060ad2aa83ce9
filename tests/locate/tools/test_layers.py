"""Folders of one-word tools in the cache."""

from __future__ import annotations

import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.host import Host
from winarm.locate.request import Request
from winarm.locate.zig import find_zig
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from .conftest import Tools


@pytest.mark.integration
def test_one_layer_serves_every_cache_of_zigs(tools: Tools, tmp_path: Path) -> None:
    """A read-only cache of winarm's with a zig cache elsewhere has all that is needed."""
    host = Host.current()
    environ = {**host.environ, "ZIG_GLOBAL_CACHE_DIR": str(tmp_path / "elsewhere")}
    request = Request(WIN_ARM64, (Path(sysconfig.get_path("platlib")),), lasting=True)

    found = find_zig(replace(host, environ=environ), request).found

    assert found is not None
    assert found.tools == tools.bin
