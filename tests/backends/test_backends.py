"""Which backend is provided with what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import backends

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


@pytest.mark.parametrize(
    "backend",
    [
        "setuptools.build_meta",
        "setuptools.build_meta:__legacy__",
        "scikit_build_core.build",
        "hatchling.build",
        "py_build_cmake.build",
    ],
)
def test_cmake_is_provided_for_whoever_calls_it(build_with: MakeBuild, backend: str) -> None:
    provision = backends.provision(build_with(backend), Path("scratch"))

    assert "CMAKE_TOOLCHAIN_FILE" in provision.variables
    assert provision.config_settings == {}


@pytest.mark.parametrize(
    ("backend", "declared", "has_ninja", "expected"),
    [
        ("scikit_build_core.build", ["scikit-build-core"], False, ["ninja"]),
        ("scikit_build_core.build", ["scikit-build-core"], True, []),
        ("setuptools.build_meta", ["setuptools", "cmake>=3.20"], False, ["ninja"]),
        ("setuptools.build_meta", ["setuptools", "CMake"], True, []),
        ("setuptools.build_meta", ["scikit-build"], False, ["ninja"]),
        ("setuptools.build_meta", ["setuptools", "cmakelang"], False, []),
        ("mesonpy", ["meson-python"], False, []),
    ],
)
def test_ninja_is_installed_where_cmake_is_called_and_none_is_there(
    build_with: MakeBuild,
    backend: str,
    declared: list[str],
    expected: list[str],
    *,
    has_ninja: bool,
) -> None:
    project = build_with(backend, requires=tuple(declared)).project

    assert backends.requirements(project, has_ninja=has_ninja) == expected
