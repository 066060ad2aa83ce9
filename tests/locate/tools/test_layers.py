"""Folders of one-word tools in the cache."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from winarm.locate.tools import OLD, remove_dead

if TYPE_CHECKING:
    from pathlib import Path


def layer(tools: Path, name: str, zig: Path, *, age: float) -> None:
    folder = tools / f"layer-{name}"
    folder.mkdir(parents=True)
    facts = folder / "tools.json"
    facts.write_text(json.dumps({"zig": str(zig)}))
    (tools / f"layer-{name}.lock").touch()
    made = time.time() - age
    os.utime(facts, (made, made))


def test_an_old_layer_whose_zig_is_gone_is_removed_with_its_lock(tmp_path: Path) -> None:
    zig, tools = tmp_path / "zig", tmp_path / "tools"
    zig.touch()
    layer(tools, "dead", tmp_path / "gone" / "zig", age=OLD + 60)
    layer(tools, "young", tmp_path / "gone" / "zig", age=60)
    layer(tools, "alive", zig, age=OLD + 60)
    (tools / "layer-broken").mkdir()
    (tools / "layer-broken" / "tools.json").write_text("{")

    remove_dead(tools)

    left = sorted(entry.name for entry in tools.iterdir())
    assert left == [
        *("layer-alive", "layer-alive.lock", "layer-broken", "layer-young", "layer-young.lock"),
    ]
