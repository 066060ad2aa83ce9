"""Meson projects: the stable ABI, NumPy's headers, and what runs on the machine that builds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from cmake_builds import ARM64, SPAM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cmake_builds import Built

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

PYPROJECT = """\
[build-system]
requires = ["meson-python>=0.18", {requires}]
build-backend = "mesonpy"

[project]
name = "spam"
version = "1.0.0"
requires-python = ">=3.11"

[tool.meson-python]
limited-api = {limited}
"""

PROJECT = "project('spam', 'c', version: '1.0.0', default_options: ['buildtype=release'])\n"
PYTHON = "py = import('python').find_installation(pure: false)\n"


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write a project that meson-python builds."""

    def write(build: str, *, requires: str = "", limited: bool = False, code: str = SPAM) -> Path:
        folder = tmp_path / "spam"
        folder.mkdir()
        text = PYPROJECT.format(requires=requires, limited=str(limited).lower())
        (folder / "pyproject.toml").write_text(text)
        (folder / "meson.build").write_text(PROJECT + PYTHON + build)
        (folder / "spam.c").write_text(code)
        return folder

    return write


def test_the_stable_abi_is_one_wheel_for_all(
    project: Callable[..., Path], build: Callable[..., Built], tag: str, tmp_path: Path
) -> None:
    source = project(
        "py.extension_module('spam', 'spam.c', install: true, limited_api: '3.11')\n", limited=True
    )

    built = build(source)

    assert built.status == 0, built.said
    (wheel,) = (tmp_path / "wheels").iterdir()
    # meson-python's tag is of the Python that builds.
    assert wheel.name == f"spam-1.0.0-{tag}-abi3-win_arm64.whl"
    assert list(built.images) == ["spam.pyd"]
    assert built.machines == {ARM64}
    assert built.python_dlls == {"python3.dll"}


#: What NumPy and projects that build on it ask of Meson.
NUMPY = """\
numpy = dependency('numpy')
include = run_command(py, ['-c', 'import numpy; print(numpy.get_include())'], check: true)
message('NumPy is in', include.stdout().strip())
if meson.get_compiler('c').sizeof('long') != 4
  error('not the target')
endif
longdouble = meson.get_external_property('longdouble_format')
if longdouble != 'IEEE_DOUBLE_LE' or not meson.is_cross_build()
  error('not the target')
endif
if host_machine.cpu_family() != 'aarch64' or host_machine.system() != 'windows'
  error('not the target')
endif
made = custom_target(output: 'made.h', capture: true,
  command: [py, '-c', 'print("#define MADE 1")'])
py.extension_module('spam', ['spam.c', made], dependencies: numpy, install: true)
"""
NUMPY_C = """\
#include <Python.h>
#include <numpy/arrayobject.h>
#include "made.h"
#if NPY_SIZEOF_LONG != 4 || NPY_SIZEOF_LONGDOUBLE != 8
#error "not the target's"
#endif
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "spam", 0, 0, 0};
PyMODINIT_FUNC PyInit_spam(void) { import_array(); return PyModule_Create(&module); }
"""


def test_a_project_like_numpys_is_told_the_target(
    project: Callable[..., Path], build: Callable[..., Built], tag: str
) -> None:
    built = build(project(NUMPY, requires='"numpy>=2"', code=NUMPY_C))

    assert built.status == 0, built.said
    assert list(built.images) == [f"spam.{tag}-win_arm64.pyd"]
    assert built.machines == {ARM64}
    assert built.python_dlls == {f"python{tag[2:]}.dll"}


RUN = """\
run = meson.get_compiler('c').run('int main(void) { return 0; }', name: 'a program')
if run.returncode() != 0
  error('it does not run')
endif
py.extension_module('spam', 'spam.c', install: true)
"""
TOOL = """\
tool = executable('tool', 'spam.c')
made = custom_target(output: 'made.c', capture: true, command: [tool])
py.extension_module('spam', 'spam.c', made, install: true)
"""
BAD = {
    "error": ("error('this is wrong')\n", "", "ERROR: Problem encountered: this is wrong"),
    "run": (RUN, "", "CMAKE_CROSSCOMPILING_EMULATOR"),
    "tool": (TOOL, "", "CMAKE_CROSSCOMPILING_EMULATOR"),
    "old": ("", '"meson==1.9.*"', "meson>=1.10"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_in_one_clear_message(
    case: str, project: Callable[..., Path], build: Callable[..., Built], tmp_path: Path
) -> None:
    text, requires, words = BAD[case]

    built = build(project(text, requires=requires))

    assert built.status == 1
    assert words in built.said, built.said
    assert "Traceback" not in built.said
    assert not list((tmp_path / "wheels").glob("*"))


def test_an_emulator_runs_what_meson_wants_to_run(
    project: Callable[..., Path], build: Callable[..., Built], tmp_path: Path
) -> None:
    if os.name == "nt":
        pytest.skip("the stand-in is a shell script")
    emulator = tmp_path / "emulator"
    emulator.write_text("#!/bin/sh\nexit 0\n")
    emulator.chmod(0o755)

    built = build(project(RUN), environ={"CMAKE_CROSSCOMPILING_EMULATOR": str(emulator)})

    assert built.status == 0, built.said
