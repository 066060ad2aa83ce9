"""A small CMakeLists.txt through each shape of FindPython, policy and ABI.

What holds is the suffix, the Python DLL that the module needs and the machine. All of them are
built in one build, with no hint but the toolchain file; test_scikit_build_core.py has those that a
build backend adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cmake_builds import ARM64, SPAM, head

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmake_builds import Built

    BuildMany = Callable[..., Callable[[str], Built]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

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
#: Development.SABIModule came with 3.26, CMP0190 with 4.1.
POLICIES = ("3.15", "3.26", "4.1")
PACKAGES = ("Python", "Python3")

OLDER = """\
find_package(PythonInterp 3 REQUIRED)
find_package(PythonLibs 3 REQUIRED)
add_library(spam MODULE spam.c)
target_include_directories(spam PRIVATE ${PYTHON_INCLUDE_DIRS})
target_link_libraries(spam PRIVATE ${PYTHON_LIBRARIES})
set_target_properties(spam PROPERTIES PREFIX "" SUFFIX "${PYTHON_MODULE_EXTENSION}")
"""

CHECK = """
if(NOT CMAKE_CROSSCOMPILING OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "ARM64")
  message(FATAL_ERROR "not the target: ${CMAKE_SYSTEM_PROCESSOR}")
endif()
"""


def case(shape: str, package: str, policy: str) -> dict[str, str]:
    components, expected = SHAPES[shape]
    abi = "USE_SABI 3.11" if expected == STABLE else ""
    text = (
        head(policy)
        + f"find_package({package} 3.11 REQUIRED COMPONENTS {components})\n"
        + f"{package}_add_library(spam MODULE WITH_SOABI {abi} spam.c)\n"
        + CHECK
    )
    return {"CMakeLists.txt": text, "spam.c": SPAM}


CASES = {
    f"{shape}-{package}-{policy}": case(shape, package, policy)
    for shape in SHAPES
    for package in PACKAGES
    for policy in POLICIES
}
OLDER_CASES = {
    f"older-{policy}": {"CMakeLists.txt": head(policy) + OLDER, "spam.c": SPAM}
    for policy in ("3.15", "3.26")
}


@pytest.mark.parametrize("name", CASES)
def test_find_python_describes_the_target(name: str, build_many: BuildMany, tag: str) -> None:
    expected = SHAPES[name.rpartition("-")[0].rpartition("-")[0]][1].format(tag=tag)

    built = build_many("shapes", CASES | OLDER_CASES, ["cmake>=4.1", "ninja"])(name)

    assert built.status == 0, built.said
    assert list(built.images) == [expected]
    assert built.machines == {ARM64}
    assert built.python_dlls == {"python3.dll" if expected == STABLE else f"python{tag[2:]}.dll"}


@pytest.mark.parametrize("name", OLDER_CASES)
def test_the_older_find_modules_describe_the_target(
    name: str, build_many: BuildMany, tag: str
) -> None:
    built = build_many("shapes", CASES | OLDER_CASES, ["cmake>=4.1", "ninja"])(name)

    assert built.status == 0, built.said
    assert list(built.images) == [FULL.format(tag=tag)]
    assert built.python_dlls == {f"python{tag[2:]}.dll"}


#: CMake 3.25 has no stable ABI and no policy of later versions.
OF_3_25 = {
    f"{shape}-{package}": case(shape, package, "3.20")
    for shape in ("interpreter-module", "module", "development")
    for package in PACKAGES
} | {"older": OLDER_CASES["older-3.15"]}


@pytest.mark.parametrize("name", OF_3_25)
def test_cmake_3_25_finds_the_same(name: str, build_many: BuildMany, tag: str) -> None:
    built = build_many("shapes-3.25", OF_3_25, ["cmake==3.25.*", "ninja"])(name)

    assert built.status == 0, built.said
    assert list(built.images) == [FULL.format(tag=tag)]
    assert built.python_dlls == {f"python{tag[2:]}.dll"}
