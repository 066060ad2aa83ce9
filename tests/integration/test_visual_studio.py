"""Projects that were written with Visual Studio in mind, built unchanged and tried on ARM64."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.builds]

PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""

SETUP = r"""
import copy, os, pickle, sys
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class BuildExt(build_ext):
    def build_extensions(self):
        if sys.platform == "win32":
            self.compiler.initialize()
            self.compiler.compile_options.remove("/GL")
            self.compiler.compile_options.append("/DFROM_OPTIONS=5")
            self.compiler.ldflags_shared.append("/INCREMENTAL:NO")
            before = self.compiler
            self.compiler = pickle.loads(pickle.dumps(copy.deepcopy(before)))
            assert self.compiler is not before
        super().build_extensions()

sources, include_dirs = ["vs.c"], []
if sys.platform == "win32":
    sources.append("src\\Win32\\port.c")
    include_dirs += ["src\\Win32", "msvc"]
setup(
    name="vs",
    version="1",
    ext_modules=[Extension("vs", sources, include_dirs=include_dirs)],
    cmdclass={"build_ext": BuildExt},
)
"""

MODULE = r"""
#include <stdint.h>
#include <inttypes.h>
#include <PYTHON.H>
#include "Src\Win32\Port.h"
#include "../project/SRC/win32/Other.H"
#include <arm64_neon.h>
static PyObject *f(PyObject *self, PyObject *unused) {
    int32x4_t two = vdupq_n_s32(2);
    (void)self; (void)unused;
    return Py_BuildValue("iiiii", port(), OTHER, FROM_OPTIONS, vgetq_lane_s32(two, 1),
                         (int)sizeof(uint64_t));
}
static PyMethodDef methods[] = {{"f", f, METH_NOARGS, ""}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "vs", 0, -1, methods};
PyMODINIT_FUNC PyInit_vs(void) { return PyModule_Create(&def); }
"""

#: As msinttypes begins.
REFUSING = """\
#ifndef _MSC_VER
#error "Use this header only with Microsoft Visual C++ compilers!"
#endif
"""


def write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_setup_py_for_visual_studio_builds_and_its_code_runs(
    winarm_command: str,
    run: Run,
    matching_python: Path,
    run_on_arm64: RunOnArm64,
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "project",
        {
            "pyproject.toml": PYPROJECT,
            "setup.py": SETUP,
            "vs.c": MODULE,
            "src/Win32/port.c": "#include <PORT.h>\nint port(void) { return 3; }\n",
            "src/Win32/port.h": "int port(void);\n",
            "src/win32/other.h": "#define OTHER 4\n",
            "msvc/stdint.h": REFUSING,
            "msvc/inttypes.h": REFUSING,
        },
    )

    done = run(
        *(winarm_command, "build", tmp_path / "project", "--python", matching_python),
        *("-o", tmp_path / "dist", "-v"),
    )

    assert done.returncode == 0, done.stdout
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    script = tmp_path / "try_vs.py"
    script.write_text("import vs; assert vs.f() == (3, 4, 5, 2, 8), vs.f(); print('works')")
    tried = run_on_arm64(tmp_path / "unpacked", script)
    assert tried.stdout.strip() == "works", tried


CMAKE_SETUP = r"""
import os, subprocess, sys
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class BuildExt(build_ext):
    def run(self):
        if sys.platform == "win32":
            build = os.path.abspath("build-answer")
            os.makedirs(build, exist_ok=True)
            subprocess.check_call(
                ["cmake", "-G", "Visual Studio 17 2022", "-A", "ARM64", ".."], cwd=build
            )
            hidden = subprocess.STARTUPINFO()
            hidden.dwFlags |= subprocess.STARTF_USESHOWWINDOW
            subprocess.check_call(
                "cmake.exe --build . --config Release -- /m /nologo", cwd=build, startupinfo=hidden
            )
            libs = os.path.join(sys.base_prefix, "libs")
            assert os.path.exists(os.path.join(libs, "python3.lib")), libs
            assert os.path.exists(os.path.join(build, "Release", "answer.lib"))
        super().run()

setup(
    name="usesanswer",
    version="1",
    ext_modules=[Extension("usesanswer", ["ext.c"],
                           extra_objects=["build-answer\\Release\\answer.lib"])],
    cmdclass={"build_ext": BuildExt},
)
"""

CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.15)
project(answer C)
add_library(answer STATIC answer.c)
"""

CMAKE_MODULE = """\
#include <Python.h>
int answer(void);
static PyObject *f(PyObject *self, PyObject *unused) { return PyLong_FromLong(answer()); }
static PyMethodDef methods[] = {{"f", f, METH_NOARGS, ""}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "usesanswer", 0, -1, methods};
PyMODINIT_FUNC PyInit_usesanswer(void) { return PyModule_Create(&def); }
"""


def test_a_setup_py_that_calls_cmake_for_visual_studio_only_builds(
    winarm_command: str, run: Run, tmp_path: Path
) -> None:
    write(
        tmp_path / "project",
        {
            "pyproject.toml": PYPROJECT.replace('"setuptools"', '"setuptools", "cmake", "ninja"'),
            "setup.py": CMAKE_SETUP,
            "CMakeLists.txt": CMAKE_LISTS,
            "answer.c": "int answer(void) { return 42; }\n",
            "ext.c": CMAKE_MODULE,
        },
    )

    done = run(winarm_command, "build", tmp_path / "project", "-o", tmp_path / "dist")

    assert done.returncode == 0, done.stdout
    (wheel,) = (tmp_path / "dist").iterdir()
    assert wheel.name.endswith("win_arm64.whl")


def test_assembly_for_microsofts_assembler_is_refused_by_name(
    winarm_command: str, run: Run, tmp_path: Path
) -> None:
    setup = 'Extension("asm", ["asm.c", "fast.asm"])'
    write(
        tmp_path / "project",
        {
            "pyproject.toml": PYPROJECT,
            "setup.py": f"from setuptools import Extension, setup\nsetup(ext_modules=[{setup}])",
            "asm.c": "",
            "fast.asm": "",
        },
    )

    done = run(winarm_command, "build", tmp_path / "project", "-o", tmp_path / "dist")

    assert done.returncode == 1
    assert "fast.asm is written for Microsoft's assembler" in done.stdout
    assert not list((tmp_path / "dist").glob("*"))
