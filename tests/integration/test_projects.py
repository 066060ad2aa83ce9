"""Whole builds of small projects of every kind, by the command, with the embedded zig."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.builds]

ARM64 = 0xAA64
TAG = f"cp{sys.version_info[0]}{sys.version_info[1]}"

MODULE = """\
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, "42"}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", 0, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
"""

SOURCES = {
    "src/spam/__init__.py": "from spam._native import answer\n",
    "src/spam/_native.c": MODULE,
    "README.md": "spam\n",
}

METADATA = '[project]\nname = "spam"\nversion = "1"\nrequires-python = ">=3.11"\n'

#: Builds the extension with setuptools, as the build scripts of other backends do.
BUILD_EXTENSION = """\
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

def build():
    extension = Extension("spam._native", ["src/spam/_native.c"])
    command = build_ext(Distribution({"name": "spam", "ext_modules": [extension]}))
    command.ensure_finalized()
    command.run()
    return {out: os.path.relpath(out, command.build_lib) for out in command.get_outputs()}
"""

PDM = {
    "pyproject.toml": f"""\
[build-system]
requires = ["pdm-backend", "setuptools"]
build-backend = "pdm.backend"
{METADATA}
[tool.pdm.build]
package-dir = "src"
run-setuptools = true
custom-hook = "build_hook.py"
""",
    "build_hook.py": """\
from setuptools import Extension

def pdm_build_update_setup_kwargs(context, kwargs):
    kwargs.update(ext_modules=[Extension("spam._native", ["src/spam/_native.c"])])
""",
}

POETRY = {
    "pyproject.toml": """\
[build-system]
requires = ["poetry-core", "setuptools"]
build-backend = "poetry.core.masonry.api"
[project]
name = "spam"
version = "1"
requires-python = ">=3.11"
[tool.poetry]
packages = [{ include = "spam", from = "src" }]
[tool.poetry.build]
script = "build.py"
generate-setup-file = false
""",
    "build.py": f"""\
import os, shutil
{BUILD_EXTENSION}
for out, relative in build().items():
    shutil.copyfile(out, os.path.join("src", relative))
""",
}

HATCH = {
    "pyproject.toml": f"""\
[build-system]
requires = ["hatchling", "setuptools"]
build-backend = "hatchling.build"
{METADATA}
[tool.hatch.build.targets.wheel]
packages = ["src/spam"]
[tool.hatch.build.targets.wheel.hooks.custom]
""",
    "hatch_build.py": f"""\
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
{BUILD_EXTENSION}
class Custom(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data.update(infer_tag=True, pure_python=False)
        build_data["force_include"].update(build())
""",
}

SETUP_PY = {
    "setup.py": """\
import os, platform, sys, sysconfig
from setuptools import Extension, setup

assert (sys.platform, os.name, platform.machine()) == ("win32", "nt", "ARM64")
# As projects do that see Windows, whatever the compiler.
flags = ["/O2", "/std:c17", "/W3", "/DPROBE=1"]
setup(
    name="spam",
    version="1",
    package_dir={"": "src"},
    packages=["spam"],
    ext_modules=[
        Extension("spam._native", ["src/spam/_native.c"], extra_compile_args=flags,
                  libraries=["WS2_32"], extra_link_args=["/LTCG"]),
    ],
)
"""
}

IN_TREE = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "backend"
backend-path = ["_build"]
""",
    "_build/backend.py": """\
import sys
from setuptools.build_meta import *
assert sys.platform == "win32"
""",
    **SETUP_PY,
}


NUMPY = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools", "numpy>=2.3"]
build-backend = "setuptools.build_meta"
""",
    "setup.py": """\
import numpy
from setuptools import Extension, setup

extension = Extension("spam._native", ["src/spam/_native.c"], include_dirs=[numpy.get_include()])
setup(name="spam", version="1", package_dir={"": "src"}, packages=["spam"], ext_modules=[extension])
""",
    "src/spam/_native.c": f"""\
#include <numpy/numpyconfig.h>
#if NPY_SIZEOF_LONG != 4 || NPY_SIZEOF_LONGDOUBLE != 8
#error "these headers describe the host"
#endif
{MODULE}""",
}

PURE = {"pyproject.toml": METADATA, "src/spam/__init__.py": "answer = lambda: 42\n"}

OPTIONAL = {
    "setup.py": """\
from setuptools import Extension, setup

extension = Extension("spam._native", ["src/spam/_native.c"], optional=True)
setup(name="spam", version="1", package_dir={"": "src"}, packages=["spam"], ext_modules=[extension])
""",
    "src/spam/_native.c": '#include "missing.h"\n',
}


#: Says that it keeps to the stable ABI, and does not.
NOT_SO_STABLE = {
    "setup.py": """\
from setuptools import Extension, setup

extension = Extension("spam._native", ["src/spam/_native.c"], py_limited_api=True)
setup(name="spam", version="1", package_dir={"": "src"}, packages=["spam"], ext_modules=[extension])
""",
    "src/spam/_native.c": MODULE.replace("PyLong_FromLong(42)", "PyUnicode_New(42, 127)"),
}


def write(folder: Path, *files: Mapping[str, str]) -> Path:
    for name, text in {k: v for part in files for k, v in part.items()}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def build(run: Run, winarm_command: str) -> Callable[[Path, Path], Path]:
    def build(project: Path, folder: Path) -> Path:
        done = run(winarm_command, "build", project, "-o", folder, "-v")
        assert done.returncode == 0, done.stdout
        (wheel,) = folder.iterdir()
        return wheel

    return build


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(PDM, id="pdm-backend"),
        pytest.param(POETRY, id="poetry-core"),
        pytest.param(HATCH, id="hatchling"),
        pytest.param(SETUP_PY, id="setup.py-only"),
        pytest.param(IN_TREE, id="in-tree-backend"),
    ],
)
def test_every_backend_that_ends_in_setuptools_builds_for_the_target(
    files: dict[str, str],
    build: Callable[[Path, Path], Path],
    machines: Machines,
    tmp_path: Path,
) -> None:
    wheel = build(write(tmp_path / "spam", SOURCES, files), tmp_path / "dist")

    assert wheel.name == f"spam-1-{TAG}-{TAG}-win_arm64.whl"
    assert machines(wheel) == {f"spam/_native.{TAG}-win_arm64.pyd": ARM64}


def test_two_folders_give_the_same_bytes_and_leave_no_path_in_them(
    build: Callable[[Path, Path], Path], repository: Path, tmp_path: Path
) -> None:
    made = []
    for name in ("one", "a longer name/two"):
        project = tmp_path / name / "project"
        shutil.copytree(repository / "examples" / "setuptools-cpp", project)
        made.append(build(project, tmp_path / name / "dist"))

    first, second = (wheel.read_bytes() for wheel in made)
    assert first == second
    with zipfile.ZipFile(made[0]) as archive:
        (image,) = (archive.read(name) for name in archive.namelist() if name.endswith(".pyd"))
    for folder in (tmp_path, Path.home(), repository):
        assert not re.search(re.escape(str(folder).encode()), image)


def test_a_project_that_needs_numpy_gets_the_headers_of_the_target(
    build: Callable[[Path, Path], Path], machines: Machines, tmp_path: Path
) -> None:
    wheel = build(write(tmp_path / "spam", SOURCES, NUMPY), tmp_path / "dist")

    assert machines(wheel) == {f"spam/_native.{TAG}-win_arm64.pyd": ARM64}


def test_a_pure_project_builds_as_ever_and_says_that_it_is_pure(
    run: Run, winarm_command: str, tmp_path: Path
) -> None:
    project = write(tmp_path / "spam", PURE)

    done = run(winarm_command, "build", project, "-o", tmp_path / "dist")

    assert done.returncode == 0
    assert [file.name for file in (tmp_path / "dist").iterdir()] == ["spam-1-py3-none-any.whl"]
    assert "pure Python" in done.stdout


def test_a_wheel_that_lacks_a_declared_extension_is_no_wheel(
    run: Run, winarm_command: str, tmp_path: Path
) -> None:
    project = write(tmp_path / "spam", SOURCES, OPTIONAL)

    done = run(winarm_command, "build", project, "-o", tmp_path / "dist")

    assert done.returncode == 1
    assert not (tmp_path / "dist").exists()
    assert "'missing.h' file not found" in done.stdout
    assert "spam._native" in done.stdout
    assert "Traceback" not in done.stdout


def test_an_extension_that_may_be_missing_is_accepted_by_its_name(
    run: Run, winarm_command: str, tmp_path: Path
) -> None:
    project = write(tmp_path / "spam", SOURCES, OPTIONAL)
    accept = "winarm.allow-missing=spam._native"

    done = run(winarm_command, "build", project, "-o", tmp_path / "dist", "-C", accept)

    assert done.returncode == 0, done.stdout
    assert len(list((tmp_path / "dist").iterdir())) == 1


def test_an_extension_that_is_less_stable_than_it_says_works_for_its_own_python(
    build: Callable[[Path, Path], Path], machines: Machines, tmp_path: Path
) -> None:
    wheel = build(write(tmp_path / "spam", SOURCES, NOT_SO_STABLE), tmp_path / "dist")

    assert wheel.name == f"spam-1-{TAG}-{TAG}-win_arm64.whl"
    assert machines(wheel) == {"spam/_native.pyd": ARM64}


def test_a_wheel_that_promises_more_pythons_than_it_works_on_is_no_wheel(
    run: Run, winarm_command: str, tmp_path: Path
) -> None:
    promise = {"setup.cfg": "[bdist_wheel]\npy_limited_api = cp311\n"}
    project = write(tmp_path / "spam", SOURCES, NOT_SO_STABLE, promise)

    done = run(winarm_command, "build", project, "-o", tmp_path / "dist")

    assert done.returncode == 1
    assert not list((tmp_path / "dist").glob("*"))
    assert "PyUnicode_New" in done.stdout
    assert "Traceback" not in done.stdout
