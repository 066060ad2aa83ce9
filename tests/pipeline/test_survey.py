"""What this machine can build with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.config import read_settings
from winarm.host import Host
from winarm.locate.probe import Proof
from winarm.pipeline.survey import Place, Survey, survey
from winarm.search import Search, miss

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain


@pytest.fixture
def found(fake_toolchain: Toolchain) -> Survey:
    return Survey(
        system="linux",
        machine="x86_64",
        winarm="1",
        wanted="auto",
        can_fetch=False,
        toolchains={"msvc": miss("not here"), "zig": Search(fake_toolchain)},
        proofs={},
        libraries={},
        pythons={"Python 3.12": miss("not here"), "Python 3.13": Search(Place("3.13.1", "/x"))},
        backends={},
    )


def test_the_first_toolchain_that_is_there_is_chosen(found: Survey) -> None:
    assert found.chosen is found.toolchains["zig"].found
    assert found.can_build


def test_one_that_is_asked_for_and_not_there_is_not_replaced(found: Survey) -> None:
    asked = replace(found, wanted="msvc")

    assert asked.chosen is None
    assert not asked.can_build


def test_a_toolchain_that_can_be_fetched_is_enough(found: Survey) -> None:
    assert replace(found, toolchains={}, can_fetch=True).can_build


def test_a_toolchain_that_has_failed_its_proof_is_not(found: Survey) -> None:
    assert not replace(found, proofs={"zig": Proof(ok=False, summary="no")}).can_build


def test_without_a_python_nothing_can_be_built(found: Survey) -> None:
    assert not replace(found, pythons={"Python 3.12": miss("not here")}).can_build


@pytest.mark.integration
def test_a_proof_is_of_the_zig_that_builds_use(tmp_path: Path) -> None:
    """Else each makes a C library of its own, because the paths of zig's files count."""
    host = Host.current()

    found = survey(host, read_settings(tmp_path, None, host), prove=True)

    zig = found.toolchains["zig"].found
    assert zig is not None
    assert zig.tools is not None
    assert found.proofs["zig"].ok
