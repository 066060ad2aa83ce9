"""The packages that an environment has."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_host import FakeHost

from winarm.errors import UsageError
from winarm.stack.installed import installed_packages
from winarm.stack.wanted import TargetMarkers
from winarm.target import WIN_ARM64, PythonABI

MARKERS = TargetMarkers(WIN_ARM64, PythonABI(13))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def install(site: Path, name: str, *requires: str) -> None:
    info = site / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{lines}")


@pytest.mark.parametrize("layout", ["lib/python3.13/site-packages", "Lib/site-packages", "."])
def test_an_environment_has_what_is_installed_and_who_requires_it(
    folder: Path, layout: str
) -> None:
    install(folder / "env" / layout, "a", "b", "not-there")
    install(folder / "env" / layout, "b")

    stack = installed_packages(FakeHost(), folder / "env", MARKERS)

    assert [one.name for one in stack.packages] == ["a", "b"]
    assert {(edge.requirer, edge.required) for edge in stack.edges} == {("a", "b"), ("", "a")}


def test_the_active_environment_is_the_one_of_its_variable(folder: Path) -> None:
    install(folder / "env/lib/python3.13/site-packages", "a")
    host = FakeHost(environ={"VIRTUAL_ENV": str(folder / "env")})

    stack = installed_packages(host, Path(), MARKERS)

    assert stack.origin == "the active environment"


def test_what_is_no_environment_is_named(folder: Path) -> None:
    with pytest.raises(UsageError, match="is not an environment"):
        installed_packages(FakeHost(), folder, MARKERS)
