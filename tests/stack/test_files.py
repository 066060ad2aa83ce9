from __future__ import annotations

import pytest
from packaging.version import Version
from stack_samples import indexed

from winarm.stack.files import Suitability, system_of, version_in
from winarm.target import WIN_ARM64, PythonABI

SUITS = Suitability(WIN_ARM64, PythonABI(13))
FREE_THREADED = Suitability(WIN_ARM64, PythonABI(14, free_threaded=True))


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("a_b-1.0-py3-none-any.whl", "1.0"),
        ("A.B-1.0-1-cp313-cp313-win_arm64.whl", "1.0"),
        ("a-b-1.0.tar.gz", "1.0"),
        ("a_b-1.0.zip", "1.0"),
        ("a-b-c-1.0.tar.gz", None),
        ("a_b-1.0.win-amd64-py3.exe", None),
        ("a_b-1.0-py3-none.whl", None),
        ("other-1.0-py3-none-any.whl", None),
    ],
)
def test_version_in_a_file_name(filename: str, version: str | None) -> None:
    found = version_in(filename, "a-b")

    assert (found if version else found in {None, "c-1.0"}) == (version or True)


@pytest.mark.parametrize(
    ("tags", "suits"),
    [
        ("cp313-cp313-win_arm64", True),
        ("cp39-abi3-win_arm64", True),
        ("py3-none-win_arm64", True),
        ("py3-none-any", True),
        ("cp313-none-any", True),
        ("cp312-cp312-win_arm64", False),
        ("cp313-cp313t-win_arm64", False),
        ("cp314-abi3-win_arm64", False),
        ("cp313-cp313-win_amd64", False),
        ("py3-none-win_amd64", False),
        ("py3-none-manylinux_2_28_aarch64", False),
        ("py2-none-any", False),
    ],
)
def test_which_wheels_pip_takes(tags: str, *, suits: bool) -> None:
    release = indexed("a", f"a-1-{tags}.whl").releases[Version("1")]

    assert (release.best_wheel(SUITS) is not None) is suits


def test_python_without_the_gil_takes_its_own_wheels() -> None:
    names = ("a-1-cp314-cp314-win_arm64.whl", "a-1-cp314-cp314t-win_arm64.whl")

    best = indexed("a", *names).releases[Version("1")].best_wheel(FREE_THREADED)

    assert best is not None
    assert best.name == names[1]


def test_a_specific_wheel_is_better_than_a_general_one() -> None:
    names = ("a-1-py3-none-any.whl", "a-1-cp39-abi3-win_arm64.whl", "a-1-cp313-cp313-win_arm64.whl")

    best = indexed("a", *names).releases[Version("1")].best_wheel(SUITS)

    assert best is not None
    assert best.name == names[2]


def test_a_wheel_for_another_python_does_not_suit() -> None:
    project = indexed("a", "a-1-py3-none-any.whl", requires_python=">=3.14")

    assert project.releases[Version("1")].best_wheel(SUITS) is None


def test_the_newest_release_is_final_and_not_yanked() -> None:
    project = indexed("a", "a-1.tar.gz", "a-2.tar.gz", "a-3rc1.tar.gz")

    assert project.newest is not None
    assert project.newest.version == Version("2")
    assert indexed("a", "a-1.tar.gz", yanked=True).newest is None


@pytest.mark.parametrize(
    ("platform", "system"),
    [
        ("win32", "windows"),
        ("win_arm64", "windows"),
        ("musllinux_1_2_x86_64", "linux"),
        ("macosx_11_0_arm64", "macos"),
        ("any", "any"),
        ("ios_13_0_arm64_iphoneos", "other"),
    ],
)
def test_system_of_a_platform(platform: str, system: str) -> None:
    assert system_of(platform) == system
