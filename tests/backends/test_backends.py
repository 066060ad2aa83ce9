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
    program: Callable[[str], Path],
    backend: str,
    declared: list[str],
    expected: list[str],
    *,
    has_ninja: bool,
) -> None:
    if has_ninja:
        program("ninja")
    build = build_with(backend, requires=tuple(declared))

    assert backends.requirements(build.project, build.host) == expected


def test_scikit_build_core_builds_in_the_folder_to_keep(build_with: MakeBuild) -> None:
    provision = backends.provision(build_with(build_dir=Path("/kept")), Path("scratch"))

    assert provision.config_settings == {"build-dir": str(Path("/kept/backend"))}


@pytest.mark.parametrize("name", ["build-dir", "skbuild.build-dir"])
def test_the_users_own_folder_wins(build_with: MakeBuild, name: str) -> None:
    request = build_with(build_dir=Path("/kept"), config_settings={name: "mine"})

    assert backends.provision(request, Path("scratch")).config_settings == {}


def test_hooks_before_the_build_use_the_same_folder(build_with: MakeBuild) -> None:
    early = backends.early_provision(build_with(build_dir=Path("/kept")))

    assert early.config_settings == {"build-dir": str(Path("/kept/backend"))}


def test_without_a_folder_to_keep_it_decides_itself(build_with: MakeBuild) -> None:
    assert backends.early_provision(build_with()).config_settings == {}
