"""maturin builds for another machine by itself."""

from __future__ import annotations

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
