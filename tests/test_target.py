"""One table of spellings, for machines and for Pythons."""

from __future__ import annotations

import pytest
from packaging.markers import Marker

from winarm.target import (
    TARGETS,
    WIN32,
    WIN_AMD64,
    WIN_ARM64,
    PythonABI,
    Target,
    accepted_tags,
    parse_target,
)


@pytest.mark.parametrize(
    "spelling",
    [
        *("win_arm64", "win-arm64", "ARM64", "arm64", "aarch64", "AArch64", " win_arm64 "),
        *("aarch64-pc-windows-msvc", "aarch64-windows-gnu", "aarch64-w64-mingw32"),
    ],
)
def test_every_spelling_of_arm64_windows_names_it(spelling: str) -> None:
    assert parse_target(spelling) is WIN_ARM64


@pytest.mark.parametrize(
    ("spelling", "target"),
    [("win_amd64", WIN_AMD64), ("x64", WIN_AMD64), ("x86_64", WIN_AMD64), ("win32", WIN32)],
)
def test_others_have_theirs(spelling: str, target: Target) -> None:
    assert parse_target(spelling) is target


@pytest.mark.parametrize("spelling", ["", " ", "arm", "win_arm65", "linux_aarch64", "arm64ec"])
def test_what_names_none_is_none(spelling: str) -> None:
    assert parse_target(spelling) is None


def test_no_spelling_names_two() -> None:
    spellings = [spelling for target in TARGETS for spelling in target.spellings]

    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("target", "platform", "msvc", "zig", "mingw"),
    [
        (
            WIN_ARM64,
            "win-arm64",
            "aarch64-pc-windows-msvc",
            "aarch64-windows-gnu",
            "aarch64-w64-mingw32",
        ),
        (
            WIN_AMD64,
            "win-amd64",
            "x86_64-pc-windows-msvc",
            "x86_64-windows-gnu",
            "x86_64-w64-mingw32",
        ),
        (WIN32, "win32", "i686-pc-windows-msvc", "x86-windows-gnu", "i686-w64-mingw32"),
    ],
)
def test_each_tool_has_its_own_name(
    target: Target, platform: str, msvc: str, zig: str, mingw: str
) -> None:
    assert target.sysconfig_platform == platform
    assert (target.msvc_triple, target.zig_triple, target.mingw_triple) == (msvc, zig, mingw)


@pytest.mark.parametrize(
    ("tag", "abi"),
    [
        ("cp311", PythonABI(11)),
        ("cp313", PythonABI(13)),
        ("cp314t", PythonABI(14, free_threaded=True)),
        ("cp3100", PythonABI(100)),
    ],
)
def test_a_tag_names_an_abi_and_back(tag: str, abi: PythonABI) -> None:
    assert PythonABI.parse(tag) == abi
    assert abi.tag == tag


@pytest.mark.parametrize("tag", ["", "cp", "cp3", "cp27", "cp313d", "abi3", "pp310", "cp313-x"])
def test_other_tags_name_none(tag: str) -> None:
    assert PythonABI.parse(tag) is None


@pytest.mark.parametrize(
    ("abi", "names"),
    [
        (
            PythonABI(13),
            ("3.13", "cp313", "python313", "python313.dll", "python3", "python3.dll"),
        ),
        (
            PythonABI(14, free_threaded=True),
            ("3.14", "cp314", "python314t", "python314t.dll", "python3t", "python3t.dll"),
        ),
    ],
)
def test_what_an_abi_is_called(abi: PythonABI, names: tuple[str, ...]) -> None:
    assert names == (
        abi.version,
        abi.interpreter_tag,
        abi.library,
        abi.dll,
        abi.stable_library,
        abi.stable_dll,
    )


def test_what_modules_end_in() -> None:
    free_threaded = PythonABI(13, free_threaded=True)

    assert PythonABI(13).extension_suffix(WIN_ARM64) == ".cp313-win_arm64.pyd"
    assert free_threaded.loadable_suffixes(WIN_ARM64) == (".cp313t-win_arm64.pyd", ".pyd")
    assert free_threaded.soabi(WIN32) == "cp313t-win32"


@pytest.mark.parametrize(
    ("target", "winver"), [(WIN_ARM64, "3.13-arm64"), (WIN_AMD64, "3.13"), (WIN32, "3.13-32")]
)
def test_what_the_registry_calls_a_python(target: Target, winver: str) -> None:
    assert PythonABI(13).winver(target) == winver


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("sys_platform == 'win32' and os_name == 'nt'", True),
        ("platform_machine == 'ARM64'", True),
        ("platform_system == 'Linux'", False),
        ("python_full_version >= '3.13' and implementation_version < '3.14'", True),
        # Nothing of the machine that asks.
        ("platform_release == '' and platform_version == ''", True),
    ],
)
def test_markers_are_the_targets(marker: str, *, holds: bool) -> None:
    assert Marker(marker).evaluate(WIN_ARM64.marker_environment("3.13")) is holds


def test_the_tags_that_pip_accepts_come_with_the_best_first() -> None:
    tags = accepted_tags(PythonABI(13), WIN_ARM64)
    expected = ["cp313-cp313-win_arm64", "cp313-abi3-win_arm64", "py3-none-win_arm64"]
    assert [tag for tag in tags if tag in expected] == expected
    assert tags[0] == expected[0]
    assert tags[-1] == "py30-none-any"
    assert len(set(tags)) == len(tags)
    threaded = accepted_tags(PythonABI(14, free_threaded=True), WIN_ARM64)
    assert threaded[0] == "cp314-cp314t-win_arm64"
    assert not any("-abi3-" in tag for tag in threaded)


def test_abis_are_ordered_by_version() -> None:
    assert sorted([PythonABI(14), PythonABI(9), PythonABI(13, free_threaded=True)]) == [
        PythonABI(9),
        PythonABI(13, free_threaded=True),
        PythonABI(14),
    ]


@pytest.mark.parametrize(
    ("written", "abi"),
    [
        ("3.13", PythonABI(13)),
        ("3.14t", PythonABI(14, free_threaded=True)),
        ("3", None),
        ("2.7", None),
        ("3.13.1", None),
        ("cp313", None),
    ],
)
def test_a_version_is_spelled_as_users_write_it(written: str, abi: PythonABI | None) -> None:
    assert PythonABI.spelled(written) == abi
    assert abi is None or abi.spelling == written
