"""pybind11, nanobind, NumPy, f2py and Cython through CMake, of the oldest and newest versions."""

from __future__ import annotations

import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
from cmake_builds import ARM64, head

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cmake_builds import Built

    BuildMany = Callable[..., Callable[[str], Built]]
    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

PYTHON = "find_package(Python 3.11 REQUIRED COMPONENTS Interpreter Development.Module {more})\n"

#: Asks the Python that builds, as documentation of both tells to do; it sees the target.
ASK = """\
execute_process(COMMAND "${{Python_EXECUTABLE}}" {asked}
  OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE {variable} COMMAND_ERROR_IS_FATAL ANY)
"""


def ask(variable: str, asked: str) -> str:
    return ASK.format(variable=variable, asked=asked)


PYBIND11 = (
    PYTHON.format(more="")
    + ask("pybind11_DIR", "-m pybind11 --cmakedir")
    + "find_package(pybind11 CONFIG REQUIRED)\npybind11_add_module(spam spam.cpp)\n"
)
#: FindPythonInterp and FindPythonLibs, which are gone under the policies of CMake 3.27.
PYBIND11_CLASSIC = (
    "find_package(PythonInterp 3 REQUIRED)\nset(Python_EXECUTABLE ${PYTHON_EXECUTABLE})\n"
    + ask("pybind11_DIR", "-m pybind11 --cmakedir")
    + "set(PYBIND11_FINDPYTHON OFF)\n"
    + "find_package(pybind11 CONFIG REQUIRED)\npybind11_add_module(spam spam.cpp)\n"
)
PYBIND11_SUBMODULE = (
    "set(PYBIND11_FINDPYTHON ON)\nadd_subdirectory(pybind11)\npybind11_add_module(spam spam.cpp)\n"
)
PYBIND11_CPP = """\
#include <pybind11/pybind11.h>
PYBIND11_MODULE(spam, m) { m.def("more", [](int x) { return x + 1; }); }
"""

NANOBIND = (
    PYTHON.format(more="OPTIONAL_COMPONENTS Development.SABIModule")
    + ask("nanobind_ROOT", "-m nanobind --cmake_dir")
    + "find_package(nanobind CONFIG REQUIRED)\n"
)
STABLE = (
    NANOBIND
    + """\
nanobind_add_module(spam STABLE_ABI NB_STATIC spam.cpp)
nanobind_add_stub(spam_stub MODULE spam OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/spam.pyi
  PYTHON_PATH $<TARGET_FILE_DIR:spam> MARKER_FILE py.typed DEPENDS spam)
"""
)
NANOBIND_CPP = """\
#include <nanobind/nanobind.h>
NB_MODULE(spam, m) { m.def("more", [](int x) { return x + 1; }); }
"""

NUMPY = (
    PYTHON.format(more="NumPy")
    + """\
message(STATUS "NumPy's headers are in <${Python_NumPy_INCLUDE_DIRS}>")
Python_add_library(spam MODULE WITH_SOABI spam.c)
target_link_libraries(spam PRIVATE Python::NumPy)
"""
)
#: `long` has 8 bytes on most hosts, and 4 on Windows.
NUMPY_C = """\
#include <Python.h>
#include <numpy/arrayobject.h>
#if NPY_SIZEOF_LONG != 4 || NPY_SIZEOF_LONGDOUBLE != 8
#error "not the target's"
#endif
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "spam", 0, 0, 0};
PyMODINIT_FUNC PyInit_spam(void) { import_array(); return PyModule_Create(&module); }
"""

F2PY = (
    PYTHON.format(more="NumPy")
    + ask("f2py", '-c "import numpy.f2py as f2py; print(f2py.get_include())"')
    + """\
add_custom_command(OUTPUT spammodule.c DEPENDS spam.pyf VERBATIM
  COMMAND "${Python_EXECUTABLE}" -m numpy.f2py "${CMAKE_CURRENT_SOURCE_DIR}/spam.pyf" --lower)
Python_add_library(spam MODULE WITH_SOABI
  "${CMAKE_CURRENT_BINARY_DIR}/spammodule.c" "${f2py}/fortranobject.c" double.c)
target_include_directories(spam PRIVATE "${f2py}")
target_link_libraries(spam PRIVATE Python::NumPy)
"""
)
F2PY_PYF = """\
python module spam
interface
  subroutine twice(n,x)
    intent(c) twice
    intent(c)
    integer intent(hide), depend(x) :: n=len(x)
    real*8 dimension(n), intent(inout) :: x
  end subroutine twice
end interface
end python module spam
"""

CYTHON = (
    PYTHON.format(more="")
    + ask("cmake", '-c "import cython_cmake as c; print(c.__path__[0])"')
    + """\
list(APPEND CMAKE_MODULE_PATH "${cmake}/cmake")
include(UseCython)
cython_transpile(spam.pyx LANGUAGE C OUTPUT_VARIABLE source)
Python_add_library(spam MODULE WITH_SOABI ${source})
"""
)


def files(
    text: str, policy: str = "3.26", *, languages: str = "C CXX", **more: str
) -> dict[str, str]:
    named = {name.replace("__", "."): content for name, content in more.items()}
    return {"CMakeLists.txt": head(policy, languages) + text, **named}


OLDEST = {
    "pybind11": files(PYBIND11, spam__cpp=PYBIND11_CPP),
    "pybind11-classic": files(PYBIND11_CLASSIC, "3.25", spam__cpp=PYBIND11_CPP),
    "nanobind-stable": files(STABLE, spam__cpp=NANOBIND_CPP),
    "numpy": files(NUMPY, languages="C", spam__c=NUMPY_C),
    "f2py": files(
        F2PY,
        languages="C",
        spam__pyf=F2PY_PYF,
        double__c="void twice(int n, double *x) { while (n-- > 0) x[n] *= 2; }\n",
    ),
    "cython": files(CYTHON, languages="C", spam__pyx="def more(long x):\n    return x + 1\n"),
}
#: What the examples do not have.
NEWEST = {
    "nanobind": files(
        NANOBIND + "nanobind_add_module(spam spam.cpp)\n", "4.1", spam__cpp=NANOBIND_CPP
    ),
}
CMAKE = ("cmake>=4.1", "ninja")
REQUIRED = {
    "oldest": ("pybind11==2.13.*", "nanobind==2.0.*", "numpy", "cython", "cython-cmake"),
    "newest": ("nanobind>=3",),
}
ALL = [("oldest", name) for name in OLDEST] + [("newest", name) for name in NEWEST]


@pytest.mark.parametrize(("age", "name"), ALL)
def test_bindings_are_built_for_the_target(
    age: str, name: str, build_many: BuildMany, tag: str
) -> None:
    stable = name == "nanobind-stable"
    if stable and int(tag[3:]) < 12:
        pytest.skip("nanobind's stable ABI needs Python 3.12")
    cases: Mapping[str, Mapping[str, str]] = {"oldest": OLDEST, "newest": NEWEST}[age]

    built = build_many(f"bindings-{age}", cases, [*CMAKE, *REQUIRED[age]])(name)

    assert built.status == 0, built.said
    assert list(built.images) == ["spam.pyd" if stable else f"spam.{tag}-win_arm64.pyd"]
    assert built.machines == {ARM64}
    assert built.python_dlls == {"python3.dll" if stable else f"python{tag[2:]}.dll"}
    if stable:
        assert "winarm: warning: no stub of spam" in built.said


@pytest.fixture(scope="session")
def sources_of_pybind11(once: Once, run: Run) -> Path:
    """The source tree that projects have as a submodule."""

    def fill(folder: Path) -> None:
        wanted = ("--no-deps", "--no-binary=:all:", "-d", folder, "pybind11==3.0.1")
        fetched = run(sys.executable, "-m", "pip", "download", *wanted)
        assert fetched.returncode == 0, fetched.stdout
        (sdist,) = folder.glob("*.tar.gz")
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")

    (tree,) = (path for path in once("pybind11", fill).iterdir() if path.is_dir())
    return tree


def test_pybind11_is_a_submodule(
    build_many: BuildMany, sources_of_pybind11: Path, tag: str
) -> None:
    tree = sources_of_pybind11
    wanted = [*tree.glob("*.txt"), *(p for p in tree.glob("tools/*") if p.is_file())]
    wanted += [p for p in tree.glob("include/**/*") if p.is_file()]
    own = {f"pybind11/{path.relative_to(tree)}": path.read_text("utf-8") for path in wanted}
    case = files(PYBIND11_SUBMODULE, "4.1", languages="CXX", spam__cpp=PYBIND11_CPP) | own

    built = build_many("pybind11-submodule", {"submodule": case}, CMAKE)("submodule")

    assert built.status == 0, built.said
    assert list(built.images) == [f"spam.{tag}-win_arm64.pyd"]
    assert built.python_dlls == {f"python{tag[2:]}.dll"}
