"""What scikit-build-core decides before CMake does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import backends

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


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
