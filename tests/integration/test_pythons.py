"""Pythons that few machines have: examples are built for each of them that is on PATH."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pefile  # type: ignore[import-untyped]
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Build = Callable[..., Path]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.builds]

#: Tags of the wheels by version.
VERSIONS = {"3.14": "cp314", "3.15": "cp315", "3.13t": "cp313t"}
since_314 = pytest.mark.parametrize("version", ["3.14", "3.15"])


@pytest.fixture(scope="session")
def python_of() -> Callable[[str], Path]:
    """Return the Python of a version that this machine has, or skip."""

    def find(version: str) -> Path:
        found = shutil.which(f"python{version}")
        # pyenv's shims are there for every version and start none.
        if found is None or "shims" in Path(found).parts:
            pytest.skip(f"no python{version} on this machine")
        return Path(found)

    return find


@pytest.fixture
def build(winarm_command: str, run: Run, python_of: Callable[[str], Path], tmp_path: Path) -> Build:
    """Build a project for a version; return its only wheel."""

    def build(source: Path, version: str, *options: str) -> Path:
        output = tmp_path / "dist"
        copy = shutil.copytree(source, tmp_path / "source")
        python = python_of(version)
        done = run(winarm_command, "build", copy, "--python", python, "-o", output, *options)
        assert done.returncode == 0, done.stdout
        (wheel,) = output.iterdir()
        return wheel

    return build


def imports(wheel: Path, into: Path) -> dict[str, set[str]]:
    """Unpack a wheel; return the names that its only image imports from each of Python's DLLs."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)
    (image,) = into.rglob("*.pyd")
    with pefile.PE(image) as parsed:
        return {
            entry.dll.decode(): {symbol.name.decode() for symbol in entry.imports}
            for entry in parsed.DIRECTORY_ENTRY_IMPORT
            if entry.dll.lower().startswith(b"python")
        }


@pytest.mark.parametrize(
    ("example", "module", "version"),
    [
        *(("setuptools-c", "fnv1a", version) for version in VERSIONS),
        # Headers read as C++ differ in little from one version to the next.
        *(("setuptools-cpp", "wordcount", version) for version in ("3.15", "3.13t")),
    ],
)
def test_c_and_cpp_build_and_verify(
    build: Build, repository: Path, tmp_path: Path, example: str, module: str, version: str
) -> None:
    wheel = build(repository / "examples" / example, version)

    tag = VERSIONS[version]
    interpreter = tag.removesuffix("t")
    assert wheel.name == f"{module}-1.0.0-{interpreter}-{tag}-win_arm64.whl"
    assert imports(wheel, tmp_path / "unpacked").keys() == {f"python{tag[2:]}.dll"}


@since_314
def test_a_module_of_the_stable_abi_builds_and_runs_on_an_older_python(
    build: Build, repository: Path, tmp_path: Path, run_on_arm64: RunOnArm64, version: str
) -> None:
    example = repository / "examples" / "setuptools-abi3"

    wheel = build(example, version)

    assert imports(wheel, tmp_path / "unpacked").keys() == {"python3.dll"}
    done = run_on_arm64(tmp_path / "unpacked", example / "tests" / "test_hamming.py")
    assert done.returncode == 0, done.stdout + done.stderr


#: PEP 803, PEP 793: no PyObject is looked into, and the module is exported as slots.
FOR_BOTH_THREADINGS = """
#define Py_TARGET_ABI3T 0x030f0000
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
PyABIInfo_VAR(abi_info);
static PySlot slots[] = {
    PySlot_STATIC_DATA(Py_mod_abi, &abi_info),
    PySlot_STATIC_DATA(Py_mod_name, "both"),
    PySlot_STATIC_DATA(Py_mod_methods, methods),
    PySlot_STATIC_DATA(Py_mod_gil, Py_MOD_GIL_NOT_USED),
    PySlot_END
};
PyMODEXPORT_FUNC PyModExport_both(void) { return slots; }
"""

SETUP = """
from setuptools import Extension, setup
setup(
    name="both",
    version="1",
    ext_modules=[Extension("both", ["both.c"], py_limited_api=True)],
    options={"bdist_wheel": {"py_limited_api": "cp315"}},
)
"""


def test_a_module_for_both_threadings_imports_the_dll_of_both(build: Build, tmp_path: Path) -> None:
    project = tmp_path / "both"
    project.mkdir()
    (project / "both.c").write_text(FOR_BOTH_THREADINGS)
    (project / "setup.py").write_text(SETUP)

    wheel = build(project, "3.15")

    imported = imports(wheel, tmp_path / "unpacked")
    assert imported.keys() == {"python3t.dll"}
    assert "PyLong_FromLong" in imported["python3t.dll"]
