"""The values that travel through a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.config import Settings
from winarm.errors import UnsupportedTargetError
from winarm.plan import Build, EquippedBuild, build_target
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeBuild = Callable[..., EquippedBuild]


@pytest.mark.parametrize("named", [None, WIN_ARM64])
def test_arm64_windows_is_what_is_built_for(named: Target | None) -> None:
    assert build_target(Settings(target=named)) is WIN_ARM64


@pytest.mark.parametrize("named", [WIN_AMD64, WIN32])
def test_another_target_is_refused_in_one_sentence(named: Target) -> None:
    with pytest.raises(UnsupportedTargetError) as caught:
        build_target(Settings(target=named))

    assert str(caught.value).startswith(
        f"winarm builds for win_arm64, not for {named.wheel_platform}"
    )
    assert "\n" not in str(caught.value)


def test_a_build_keeps_its_facts_when_it_is_equipped(make_build: MakeBuild) -> None:
    equipped = make_build(jobs=3)
    facts = {name: getattr(equipped, name) for name in Build.__dataclass_fields__}
    build = Build(**facts)

    added = {
        name: getattr(equipped, name)
        for name in EquippedBuild.__dataclass_fields__
        if name not in facts
    }

    assert build.equipped(**added, native=equipped.native) == equipped


def test_as_many_compilations_run_at_once_as_there_are_cores(make_build: MakeBuild) -> None:
    assert make_build().jobs == make_build().host.cpus
    assert make_build(jobs=7).jobs == 7
