from __future__ import annotations

import pytest
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion

from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI
from winarm.verify.wheels.filename import Promise, WheelName


def name(text: str) -> WheelName:
    parsed = WheelName.parse(text)
    assert parsed is not None
    return parsed


def test_compressed_tags_stand_for_all_combinations() -> None:
    assert name("a-1.0-2-cp311.cp312-abi3-win32.win_arm64.whl").tags == {
        "cp311-abi3-win32",
        "cp311-abi3-win_arm64",
        "cp312-abi3-win32",
        "cp312-abi3-win_arm64",
    }


@pytest.mark.parametrize(
    ("text", "label", "pythons"),
    [
        ("a-1.0-py3-none-any.whl", "", ("py3",)),
        ("a-1.0-1-py3-none-any.whl", "", ("py3",)),
        ("a-1.0-py3-none-any-cu12.whl", "cu12", ("py3",)),
        ("a-1.0-1-py3-none-any-x86_64_v3.whl", "x86_64_v3", ("py3",)),
    ],
)
def test_label_of_a_variant_follows_the_platform(
    text: str, label: str, pythons: tuple[str, ...]
) -> None:
    assert (name(text).label, name(text).pythons) == (label, pythons)


@pytest.mark.parametrize(
    "text",
    ["a.whl", "a-1.0.whl", "a-1.0-py3-none.whl", "a-1.0-py3-none-any.zip", "a b-1-2-3-4.whl"],
)
def test_other_names_are_no_wheels(text: str) -> None:
    assert WheelName.parse(text) is None


def test_targets_are_the_windows_platforms() -> None:
    assert name("a-1-py3-none-win32.win_amd64.win_arm64.whl").targets == (
        WIN_ARM64,
        WIN_AMD64,
        WIN32,
    )
    assert name("a-1-py3-none-manylinux_2_28_x86_64.whl").targets == ()
    assert name("a-1-py3-none-any.whl").any_platform


@pytest.mark.parametrize(
    ("tags", "promise"),
    [
        ("cp313-cp313", Promise(frozenset({PythonABI(13)}))),
        ("cp313-cp313t", Promise(frozenset({PythonABI(13, free_threaded=True)}))),
        ("cp311-abi3", Promise(stable=PythonABI(11))),
        ("cp310.cp311-abi3", Promise(stable=PythonABI(10))),
        ("cp315-abi3t", Promise(stable=PythonABI(15, free_threaded=True))),
        ("py3-none", Promise()),
        ("pp311-pypy311_pp73", Promise()),
    ],
)
def test_tags_promise_pythons(tags: str, promise: Promise) -> None:
    assert name(f"a-1-{tags}-win_arm64.whl").promise == promise


@pytest.mark.parametrize(
    "name",
    [
        "pkg-1.0",
        "pkg-2026.10.10.1rc1",
        "a.b_c-1!2.0+local.1",
        "x-1.0.post1.dev2",
        "PySide6_Addons-6.12.0",
    ],
)
def test_names_that_installers_take(name: str) -> None:
    parsed = WheelName.parse(f"{name}-cp313-cp313-win_arm64.whl")

    assert parsed is not None
    assert parsed.problem == ""
    assert parse_wheel_filename(f"{name}-cp313-cp313-win_arm64.whl")


@pytest.mark.parametrize("name", ["pkg-1.x", "pkg-one", "a__b-1", "x-1.0_1", "pkg!-1", "a-1+b+c"])
def test_names_that_installers_refuse(name: str) -> None:
    parsed = WheelName.parse(f"{name}-cp313-cp313-win_arm64.whl")

    assert parsed is not None
    assert parsed.problem
    with pytest.raises((InvalidWheelFilename, InvalidVersion)):
        parse_wheel_filename(f"{name}-cp313-cp313-win_arm64.whl")
