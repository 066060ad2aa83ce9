"""What a child finds when it starts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events
from winarm.pipeline.child_layout import build_child, early_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


def test_a_build_finds_its_files_in_a_private_folder_that_is_gone_after(
    make_build: MakeBuild,
) -> None:
    with build_child(make_build("scikit_build_core.build")) as child:
        spec = json.loads((child.scratch / "spec.json").read_text("utf-8"))
        assert spec["scratch"] == str(child.scratch)
        assert Path(child.environ["CMAKE_TOOLCHAIN_FILE"]).is_file()
        assert child.environ["WINARM_CHILD"] == str(child.scratch / "spec.json")

    assert not child.scratch.exists()


def test_an_early_hook_finds_no_toolchain(make_build: MakeBuild) -> None:
    with early_child(make_build("scikit_build_core.build")) as child:
        assert "CMAKE_TOOLCHAIN_FILE" not in child.environ
        assert "CC" not in child.environ
        # A setup.py may ask whether Python's library is there.
        assert (child.scratch / "libs" / "python313.lib").is_file()


def test_the_inner_backend_gets_its_own_settings_and_winarms(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    build = make_build(
        "scikit_build_core.build", config_settings={"a": "b"}, build_dir=tmp_path / "kept"
    )

    with build_child(build) as child:
        assert child.config_settings == {"a": "b", "build-dir": str(tmp_path / "kept" / "backend")}
        assert child.scratch == tmp_path / "kept" / "child"


def test_without_settings_it_gets_none(make_build: MakeBuild) -> None:
    with build_child(make_build()) as child:
        assert child.config_settings is None


def test_what_was_removed_from_the_environment_is_a_detail(make_build: MakeBuild) -> None:
    heard: list[events.Event] = []
    build = make_build(environ={"CFLAGS": "-march=native"})

    with build_child(replace(build, listener=heard.append)):
        pass

    assert events.Detail("removed from the environment: CFLAGS") in heard
