"""A build for a backend, on a machine with the programs that a test puts on its PATH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


@pytest.fixture
def build_with(tmp_path: Path, make_build: MakeBuild) -> MakeBuild:
    def make(
        backend: str = "scikit_build_core.build",
        *,
        environ: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - those of make_build
    ) -> EquippedBuild:
        options = {"jobs": 3, **options}
        return make_build(
            backend, environ={"PATH": str(tmp_path / "bin"), **(environ or {})}, **options
        )

    return make


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Put a program on the PATH of the builds."""

    def put(name: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"
