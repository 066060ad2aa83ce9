"""CMake for projects that have Visual Studio in mind, with another generator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from winarm.child.cmake_as_on_windows import built, configured, forget, main, mirror

if TYPE_CHECKING:
    from pathlib import Path

#: Notes its arguments and makes what a build would.
CMAKE = """\
#!{python}
import json, os, sys
with open({log!r}, "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit(3 if "fail" in sys.argv else 0)
"""


@pytest.mark.parametrize(
    ("arguments", "become"),
    [
        (["-S", ".", "-B", "b"], ["-S", ".", "-B", "b"]),
        (["-G", "Visual Studio 16 2019", "-A", "x64", "."], ["-G", "Ninja", "."]),
        (["-GVisual Studio 17 2022", "-AARM64", "-T", "host=x64", "."], ["-G", "Ninja", "."]),
        (["-G", "NMake Makefiles", ".."], ["-G", "Ninja", ".."]),
        (["-G", "Unix Makefiles", ".."], ["-G", "Unix Makefiles", ".."]),
        (["-DCMAKE_GENERATOR_PLATFORM=ARM64", "-DA=-A", ".."], ["-DA=-A", ".."]),
    ],
)
def test_a_configuration_is_for_winarms_generator(arguments: list[str], become: list[str]) -> None:
    assert configured(arguments, "Ninja") == become


@pytest.mark.parametrize(
    ("arguments", "become"),
    [
        (["--build", "b"], ["--build", "b"]),
        (["--build", "b", "--", "/m"], ["--build", "b"]),
        (["--build", "b", "--", "-m:8", "/nologo", "/verbosity:minimal", "/v:m"], ["--build", "b"]),
        (["--build", "b", "--", "-j4", "-v"], ["--build", "b", "--", "-j4", "-v"]),
        (["--build", "b", "--", "/t:a;b"], ["--build", "b", "--target", "a", "b"]),
        (
            ["--build", "b", "--config", "Debug", "--", "/p:Configuration=Release;Platform=ARM64"],
            ["--build", "b", "--config", "Debug"],
        ),
    ],
)
def test_msbuilds_options_are_said_in_cmakes_words(arguments: list[str], become: list[str]) -> None:
    assert built(arguments) == become


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    build = tmp_path / "build"
    for name in ("libz.a", "lib/x.pyd", "lib/liby.dll.a", "lib/liby.a", "CMakeFiles/c.a", "z.txt"):
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).write_text(name)
    (build / "CMakeCache.txt").write_text("CMAKE_GENERATOR:INTERNAL=Ninja\n")
    return build


def made(build: Path) -> dict[str, str]:
    files = (file for file in build.rglob("*") if "Release" in file.parts and file.is_file())
    return {file.relative_to(build).as_posix(): file.read_text() for file in files}


def test_what_was_made_is_in_the_configurations_folder_too(tree: Path) -> None:
    mirror(str(tree), "Release")
    (tree / "libz.a").unlink()
    (tree / "libz.a").write_text("newer")
    mirror(str(tree), "Release")

    assert made(tree) == {
        "Release/libz.a": "newer",
        "Release/z.lib": "newer",
        "lib/Release/x.pyd": "lib/x.pyd",
        "lib/Release/liby.a": "lib/liby.a",
        "lib/Release/liby.dll.a": "lib/liby.dll.a",
        # One name for both: what links to the DLL.
        "lib/Release/y.lib": "lib/liby.dll.a",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize(
    ("arguments", "generator", "status", "mirrored"),
    [
        (["--build", "{}", "--config", "Release"], "Ninja", 0, True),
        (["--build={}", "--config=Release"], "Ninja", 0, False),
        (["--build", "{}"], "Ninja", 0, False),
        (["--build", "{}", "--config", "Release"], "Ninja Multi-Config", 0, False),
        (["--build", "{}", "--config", "Release", "fail"], "Ninja", 3, False),
        (["--install", "{}", "--config", "Release"], "Ninja", 0, False),
    ],
)
def test_only_a_build_of_one_configuration_that_succeeds_is_mirrored(
    tree: Path, arguments: list[str], generator: str, status: int, *, mirrored: bool
) -> None:
    (tree / "CMakeCache.txt").write_text(f"CMAKE_GENERATOR:INTERNAL={generator}\n")
    cmake = tree.parent / "cmake"
    cmake.write_text(CMAKE.format(python=sys.executable, log=str(tree.parent / "log")))
    cmake.chmod(0o755)

    answer = main([str(cmake), "Ninja", "--", *(word.format(tree) for word in arguments)])

    assert answer == status
    assert bool(made(tree)) is mirrored


@pytest.mark.parametrize(
    ("cached", "stays"),
    [
        ("CMAKE_TOOLCHAIN_FILE:FILEPATH=/now/toolchain.cmake\n", True),
        ("CMAKE_TOOLCHAIN_FILE:FILEPATH=/then/toolchain.cmake\n", False),
        ("CMAKE_C_COMPILER:FILEPATH=/usr/bin/cc\n", False),
    ],
)
def test_what_another_build_has_configured_is_configured_again(
    tmp_path: Path, cached: str, *, stays: bool
) -> None:
    (tmp_path / "CMakeCache.txt").write_text(cached)
    (tmp_path / "CMakeFiles").mkdir()

    forget(str(tmp_path), "/now/toolchain.cmake")

    assert (tmp_path / "CMakeCache.txt").exists() == stays
    assert (tmp_path / "CMakeFiles").exists() == stays


def test_a_folder_without_a_configuration_is_left_alone(tmp_path: Path) -> None:
    forget(str(tmp_path), "/now/toolchain.cmake")

    assert list(tmp_path.iterdir()) == []
