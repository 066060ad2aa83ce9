"""What CMake gets: variables that it reads itself, and a toolchain file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import backends
from winarm.backends import cmake
from winarm.errors import UsageError
from winarm.target import PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


def test_an_early_hook_gets_a_generator_and_no_toolchain(build_with: MakeBuild) -> None:
    provision = cmake.early_provision(build_with())

    assert provision.variables["CMAKE_GENERATOR"] == "Ninja"
    assert provision.variables["CMAKE_BUILD_PARALLEL_LEVEL"] == "3"
    assert "CMAKE_TOOLCHAIN_FILE" not in provision.variables
    assert provision.files == {}


def test_a_build_gets_a_toolchain_file_that_is_written(
    build_with: MakeBuild, scratch: Path
) -> None:
    provision = cmake.provision(build_with(), scratch)

    (file,) = provision.files
    assert provision.variables["CMAKE_TOOLCHAIN_FILE"] == file.as_posix()

    provision.write()

    assert file.read_text("utf-8") == provision.files[file]


def test_nothing_is_written_before_it_is_asked_for(build_with: MakeBuild, scratch: Path) -> None:
    cmake.provision(build_with(), scratch)

    assert not scratch.exists()


@pytest.mark.parametrize(
    ("programs", "asked", "expected"),
    [
        (["ninja", "make"], None, "Ninja"),
        (["ninja"], None, "Ninja"),
        (["make"], None, "Unix Makefiles"),
        ([], None, "Ninja"),
        (["ninja"], "Unix Makefiles", "Unix Makefiles"),
    ],
)
def test_generator_is_the_one_that_is_asked_for_or_ninja_or_makefiles(
    build_with: MakeBuild,
    program: Callable[[str], Path],
    programs: list[str],
    asked: str | None,
    expected: str,
) -> None:
    for name in programs:
        program(name)

    assert cmake.choose_generator(build_with(generator=asked)) == expected


def test_visual_studio_is_refused_where_it_does_not_exist(build_with: MakeBuild) -> None:
    with pytest.raises(UsageError, match="does not exist on linux") as caught:
        cmake.early_provision(build_with(generator="Visual Studio 17 2022"))

    assert "Ninja" in caught.value.cure


def test_visual_studio_is_told_the_target(build_with: MakeBuild) -> None:
    provision = backends.provision(
        build_with(system="windows", generator="Visual Studio 17 2022"), Path("scratch")
    )

    assert provision.variables["CMAKE_GENERATOR_PLATFORM"] == "ARM64"
    assert "win-arm64-visual-studio.cmake" in "".join(provision.files.values())


@pytest.mark.parametrize("name", cmake.KEPT)
def test_what_says_nothing_of_the_machine_is_kept(build_with: MakeBuild, name: str) -> None:
    provision = cmake.early_provision(build_with(environ={name: "value"}))

    assert provision.variables[name] == "value"


def test_the_generator_of_the_host_is_not_the_builds(build_with: MakeBuild) -> None:
    provision = cmake.early_provision(build_with(environ={"CMAKE_GENERATOR": "Xcode"}))

    assert provision.variables["CMAKE_GENERATOR"] == "Ninja"


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ("-DWITH_SSL=OFF -G Ninja", ["-DWITH_SSL=OFF", "-G", "Ninja"]),
        ("-DCMAKE_PREFIX_PATH=/opt/conda -DX=1", ["-DX=1"]),
        ("-DCMAKE_C_COMPILER:FILEPATH=/usr/bin/gcc", []),
        ("-DCMAKE_TOOLCHAIN_FILE=/x.cmake -DCMAKE_CXX_FLAGS_RELEASE=-march=native", []),
        ("-DPython_EXECUTABLE=/usr/bin/python3 -DPYTHON_LIBRARY=/usr/lib/libpython.so", []),
        ("'-DNAME=two words'", ["-DNAME=two words"]),
        ("-DCMAKE_CXX_STANDARD=17", ["-DCMAKE_CXX_STANDARD=17"]),
        ("an 'open quotation", []),
    ],
)
def test_of_cmake_args_only_what_is_the_projects_gets_through(
    arguments: str, kept: list[str]
) -> None:
    assert cmake.portable_arguments(arguments) == kept


def test_toolchain_file_names_the_targets_python(build_with: MakeBuild) -> None:
    values = variables(
        cmake.toolchain_file(build_with(numpy={"include": "/t/numpy"}), Path("scratch"))
    )

    assert values["WINARM_PYTHON_EXECUTABLE"] == ["/env/bin/python"]
    assert values["WINARM_PYTHON_INCLUDE_DIR"] == ["/t/include"]
    assert values["WINARM_PYTHON_LIBRARY"] == ["/t/libs/python313.lib"]
    assert values["WINARM_PYTHON_SABI_LIBRARY"] == ["/t/libs/python3.lib"]
    assert values["WINARM_PYTHON_SOABI"] == ["cp313-win_arm64"]
    assert values["WINARM_NUMPY_INCLUDE_DIR"] == ["/t/numpy"]


def test_free_threaded_python_has_names_of_its_own(build_with: MakeBuild) -> None:
    values = variables(
        cmake.toolchain_file(build_with(abi=PythonABI(13, free_threaded=True)), Path("scratch"))
    )

    assert values["WINARM_PYTHON_LIBRARY"] == ["/t/libs/python313t.lib"]
    assert values["WINARM_PYTHON_SOABI"] == ["cp313t-win_arm64"]


def test_what_is_not_there_is_not_set(build_with: MakeBuild) -> None:
    values = variables(cmake.toolchain_file(build_with(), Path("scratch")))

    assert "WINARM_NUMPY_INCLUDE_DIR" not in values
    assert "WINARM_LINK" not in values
    assert "CMAKE_C_COMPILER_LAUNCHER" not in values


def test_the_users_flags_and_folders_get_there(build_with: MakeBuild) -> None:
    build = build_with(
        include_dirs=("/arm64/zlib/include",), libraries=("z",), defines=("A=1",), ldflags=("-x",)
    )

    values = variables(cmake.toolchain_file(build, Path("scratch")))

    assert "-I/arm64/zlib/include" in values["WINARM_FLAGS"]
    assert "-DA=1" in values["WINARM_FLAGS"]
    assert values["WINARM_LINK_FLAGS"] == ["-lz", "-x"]
    assert {"/arm64/zlib/include", "/arm64/zlib"} <= set(values["WINARM_FIND_ROOT_PATH"])


def test_an_emulator_of_the_users_is_named(build_with: MakeBuild) -> None:
    build = build_with(environ={"CMAKE_CROSSCOMPILING_EMULATOR": "/bin/emu;-x y"})

    assert variables(cmake.toolchain_file(build, Path("scratch")))["WINARM_EMULATOR"] == [
        "/bin/emu",
        "-x y",
    ]


def test_a_compiler_cache_stands_before_the_compiler(build_with: MakeBuild) -> None:
    values = variables(cmake.toolchain_file(build_with(launcher="ccache"), Path("scratch")))

    assert values["CMAKE_CXX_COMPILER_LAUNCHER"] == ["ccache"]


@pytest.mark.parametrize(
    ("kind", "cache", "names"),
    [
        ("llvm-mingw", "ccache", set()),
        ("clang-cl", "ccache", {"clang-cl"}),
        ("clang-cl", None, {"clang-cl"}),
    ],
)
def test_compiler_is_one_word_where_somebody_looks_at_it(
    build_with: MakeBuild, kind: str, cache: str | None, names: set[str]
) -> None:
    build = build_with(toolchain={"kind": kind}, launcher=cache)

    provision = cmake.provision(build, Path("scratch"))

    assert {path.name for path in provision.files} - {"toolchain.cmake"} == names
    assert ("CCACHE_COMPILERCHECK" in provision.variables) is bool(names)


def test_flags_are_dropped_only_when_asked(build_with: MakeBuild) -> None:
    values = variables(
        cmake.toolchain_file(build_with(drop_flags=("-msse*",), launcher="ccache"), Path("scratch"))
    )

    python, *options, script, pattern, end, cache = values["CMAKE_C_COMPILER_LAUNCHER"]
    assert (python, options, pattern, end) == ("/env/bin/python", ["-I", "-S"], "-msse*", "--")
    assert Path(script).is_file()
    assert cache == "ccache"


@pytest.mark.parametrize("kind", ["zig", "llvm-mingw", "clang-cl", "msvc"])
def test_each_toolchain_has_its_file(build_with: MakeBuild, kind: str) -> None:
    build = build_with(toolchain={"kind": kind})

    assert cmake.style_file(build.toolchain, "Ninja").is_file()


def test_visual_studio_has_its_file(build_with: MakeBuild) -> None:
    toolchain = build_with().toolchain

    assert cmake.style_file(toolchain, "Visual Studio 18 2026").is_file()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", '"plain"'),
        ("${X} and $ENV{Y}", r'"\${X} and \$ENV{Y}"'),
        ('a "quote"', r'"a \"quote\""'),
        ("one;two", r'"one\;two"'),
        ("back\\slash", r'"back\\slash"'),
    ],
)
def test_nothing_in_a_value_means_something_to_cmake(value: str, written: str) -> None:
    assert cmake.quoted(value) == written


def variables(text: str) -> dict[str, list[str]]:
    """Read the `set` commands back."""
    return {
        name: [re.sub(r"\\(.)", r"\1", value) for value in re.findall(r'"((?:\\.|[^"\\])*)"', rest)]
        for name, rest in re.findall(r"^set\((\w+)((?:\n  .*)*)\)$", text, re.MULTILINE)
    }
