"""Projects find the same libraries in the layouts of vcpkg, conda, MSYS2 and conan."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.libraries]

SOURCE = """\
#include <Python.h>
#include <png.h>
#include <zlib.h>

static PyObject *versions(PyObject *self, PyObject *unused) {
  return Py_BuildValue("ss", zlibVersion(), png_get_libpng_ver(NULL));
}
static PyMethodDef methods[] = {{"versions", versions, METH_NOARGS, 0}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "looks", 0, -1, methods};
PyMODINIT_FUNC PyInit_looks(void) { return PyModule_Create(&module); }
"""
PYPROJECT = """\
[build-system]
requires = ["{requires}"]
build-backend = "{backend}"
[project]
name = "looks"
version = "1"
"""
#: What each build tool is asked with.
PROJECTS = {
    "setuptools": {
        "pyproject.toml": PYPROJECT.format(
            requires="setuptools>=77", backend="setuptools.build_meta"
        ),
        "setup.py": "from setuptools import Extension, setup\n"
        "setup(ext_modules=[Extension('looks', ['looks.c'], libraries=['z', 'png'])])\n",
    },
    "cmake": {
        "pyproject.toml": PYPROJECT.format(
            requires="scikit-build-core>=0.11", backend="scikit_build_core.build"
        ),
        "CMakeLists.txt": "cmake_minimum_required(VERSION 3.26...4.0)\nproject(looks LANGUAGES C)\n"
        "find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)\n"
        "find_package(PNG REQUIRED)\npython_add_library(looks MODULE WITH_SOABI looks.c)\n"
        "target_link_libraries(looks PRIVATE PNG::PNG)\ninstall(TARGETS looks DESTINATION .)\n",
    },
    "meson": {
        "pyproject.toml": PYPROJECT.format(requires="meson-python>=0.18", backend="mesonpy"),
        "meson.build": "project('looks', 'c', version: '1')\n"
        "py = import('python').find_installation(pure: false)\ncc = meson.get_compiler('c')\n"
        "found = []\nforeach one : [['zlib', 'z'], ['libpng', 'png']]\n"
        "  dep = dependency(one[0], required: false)\n"
        "  found += dep.found() ? dep : cc.find_library(one[1])\nendforeach\n"
        "py.extension_module('looks', 'looks.c', dependencies: found, install: true)\n",
    },
}

PC = "prefix=/nowhere\nlibdir=${{prefix}}/lib\nincludedir=${{prefix}}/include\n"
PC += "Name: {name}\nDescription: x\nVersion: {version}\nLibs: -L${{libdir}} -l{library}\n"
PC += "Cflags: -I${{includedir}}\n"


def headers(prefix: Path, to: Path, *patterns: str) -> None:
    to.mkdir(parents=True)
    for pattern in patterns:
        for header in (prefix / "include").glob(pattern):
            shutil.copy(header, to)


def one_tree(prefix: Path, root: Path, zlib: str, png: str) -> None:
    """Make `include`, `lib`, `bin` and `.pc` files with these names of import libraries."""
    headers(prefix, root / "include", "zlib.h", "zconf.h", "png*.h")
    for name in ("lib/pkgconfig", "bin"):
        (root / name).mkdir(parents=True)
    shutil.copy(prefix / "lib/libzlib.dll.a", root / "lib" / zlib)
    shutil.copy(prefix / "lib/libpng16.dll.a", root / "lib" / png)
    for dll in ("zlib1.dll", "png16.dll"):
        shutil.copy(prefix / "bin" / dll, root / "bin")
    for name, file, version in (("zlib", zlib, "1.2.13"), ("libpng", png, "1.6.39")):
        library = file.removesuffix(".dll.a").removesuffix(".lib")
        library = library.removeprefix("lib") if file.endswith(".a") else library
        text = PC.format(name=name, version=version, library=library)
        (root / "lib/pkgconfig" / f"{name}.pc").write_text(text)


def vcpkg(prefix: Path, folder: Path) -> Path:
    root = folder / "vcpkg/installed/arm64-windows"
    one_tree(prefix, root, "zlib.lib", "libpng16.lib")
    info = root.parent / "vcpkg/info"
    info.mkdir(parents=True)
    for port, dll in (("zlib", "zlib1.dll"), ("libpng", "png16.dll")):
        (info / f"{port}_1_arm64-windows.list").write_text(f"arm64-windows/bin/{dll}\n")
        (root / "share" / port).mkdir(parents=True)
        (root / "share" / port / "copyright").write_text(f"terms of {port}")
    return root


def conda(prefix: Path, folder: Path) -> Path:
    environment = folder / "env"
    one_tree(prefix, environment / "Library", "z.lib", "libpng16.lib")
    (environment / "conda-meta").mkdir()
    for name, dll in (("libzlib", "zlib1.dll"), ("libpng", "png16.dll")):
        terms = folder / "pkgs" / name / "info/licenses"
        terms.mkdir(parents=True)
        (terms / "LICENSE").write_text(f"terms of {name}")
        record = {"name": name, "version": "1", "files": [f"Library/bin/{dll}"]}
        record["extracted_package_dir"] = str(folder / "pkgs" / name)
        (environment / "conda-meta" / f"{name}-1.json").write_text(json.dumps(record))
    return environment


def msys2(prefix: Path, folder: Path) -> Path:
    root = folder / "msys64/clangarm64"
    one_tree(prefix, root, "libz.dll.a", "libpng16.dll.a")
    # Its own C library, which must not be taken for the toolchain's.
    (root / "include/_mingw.h").write_text("#error the C library of MSYS2\n")
    (root / "include/stdio.h").write_text("#error the C library of MSYS2\n")
    (root / "lib/libkernel32.a").write_text("!<arch>\n")
    for name in ("zlib", "libpng"):
        (root / "share/licenses" / name).mkdir(parents=True)
        (root / "share/licenses" / name / "LICENSE").write_text(f"terms of {name}")
    return root


def conan(prefix: Path, folder: Path) -> Path:
    host = folder / "full_deploy/host"
    for name, library, dll, patterns in (
        ("zlib", "libzlib.dll.a", "zlib1.dll", ("zlib.h", "zconf.h")),
        ("libpng", "libpng16.dll.a", "png16.dll", ("png*.h",)),
    ):
        root = host / name / "1.0/Release/armv8"
        headers(prefix, root / "include", *patterns)
        for kind, file in (("lib", library), ("bin", dll)):
            (root / kind).mkdir()
            shutil.copy(prefix / kind / file, root / kind)
        (root / "licenses").mkdir()
        (root / "licenses/LICENSE").write_text(f"terms of {name}")
    return folder / "full_deploy"


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("layout", [vcpkg, conda, msys2, conan])
def test_a_project_finds_libraries_and_their_dlls_and_licences_are_bundled(
    project: str,
    layout: Callable[[Path, Path], Path],
    winarm_command: str,
    building_python: Path,
    run: Run,
    tmp_path: Path,
) -> None:
    named = os.environ.get("WINARM_TEST_PREFIX")
    if not named or not Path(named, "lib/libpng16.dll.a").is_file():
        pytest.skip("WINARM_TEST_PREFIX names no prefix with libpng; nox -s libraries makes one")
    tree = layout(Path(named), tmp_path / "deps of mine")
    source = tmp_path / "source"
    source.mkdir()
    for name, text in {**PROJECTS[project], "looks.c": SOURCE}.items():
        (source / name).write_text(text)

    done = run(
        *(winarm_command, "build", source, "-o", tmp_path / "dist", "-v"),
        *("--python", building_python, "-C", f"winarm.prefix={tree}"),
    )

    assert done.returncode == 0, done.stdout
    assert f"prefix {tree}: {layout.__name__}".lower() in done.stdout.lower()
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {"zlib1", "png16"} == {
        Path(name).name.split("-")[0] for name in names if name.endswith(".dll")
    }
    licensed = {name.split("/")[-2].removeprefix("lib") for name in names if "/bundled/" in name}
    assert {name.rstrip("16") for name in licensed} == {"zlib", "png"}
