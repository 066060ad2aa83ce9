"""maturin and setuptools-rust build for another machine by themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import backends
from winarm.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


def test_rust_is_left_to_maturin(build_with: MakeBuild) -> None:
    with pytest.raises(BackendError, match="maturin build --release --target"):
        backends.provision(build_with("maturin"), Path("scratch"))


def test_so_it_is_for_hooks_before_the_build(build_with: MakeBuild) -> None:
    with pytest.raises(BackendError, match="written in Rust"):
        backends.early_provision(build_with("maturin"))


def test_setuptools_rust_is_named_with_what_to_install_and_to_call(build_with: MakeBuild) -> None:
    build = build_with("setuptools.build_meta")
    system = replace(build.project.system, requires=("setuptools", "Setuptools_Rust>=1.8"))
    build = replace(build, project=replace(build.project, system=system))

    with pytest.raises(BackendError, match="built by setuptools-rust") as caught:
        backends.early_provision(build)

    assert "rustup target add aarch64-pc-windows-msvc" in caught.value.cure
    assert "CARGO_BUILD_TARGET=aarch64-pc-windows-msvc" in caught.value.cure


def test_a_project_without_rust_is_built(build_with: MakeBuild) -> None:
    assert backends.early_provision(build_with("setuptools.build_meta")).variables
