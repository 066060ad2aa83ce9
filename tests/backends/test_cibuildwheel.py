"""The environment that cibuildwheel makes for CIBW_ARCHS=ARM64, replayed on a Windows host.

The function is cibuildwheel's own: what it sets is read, respected, and completed for CMake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.backends import cmake
from winarm.config import read_settings
from winarm.pipeline.child_environment import early_environment
from winarm.pipeline.equip import extra_library_dirs
from winarm.target import WIN_ARM64, PythonABI
from winarm.target_python.python_folder import folder_beside
from winarm.target_python.target_python import TargetPython

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.host import Host
    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]

CP313 = PythonABI(13)
#: The beginning of an import library for ARM64: a short import header of the COFF format.
LIBRARY = (
    b"!<arch>\n"
    + b"python313.dll/".ljust(48)
    + b"40".ljust(10)
    + b"`\n"
    + b"\0\0\xff\xff\0\0\x64\xaa"
    + b"\0" * 32
)


@pytest.fixture
def nuget(tmp_path: Path) -> Path:
    """The folder `tools` of NuGet's pythonarm64, as far as winarm reads it."""
    tools = tmp_path / "pythonarm64.3.13.9" / "tools"
    (tools / "include").mkdir(parents=True)
    (tools / "include" / "Python.h").write_text('#include "patchlevel.h"\n')
    (tools / "include" / "patchlevel.h").write_text(
        "#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION 13\n"
    )
    (tools / "include" / "pyconfig.h").write_text("#define MS_WINDOWS\n#define NT_THREADS\n")
    (tools / "libs").mkdir()
    for name in ("python313.lib", "python3.lib"):
        (tools / "libs" / name).write_bytes(LIBRARY)
    return tools


@pytest.fixture
def environ(tmp_path: Path, nuget: Path) -> dict[str, str]:
    """What cibuildwheel 4.3 makes."""
    windows = pytest.importorskip("cibuildwheel.platforms.windows")
    made = {"PATH": r"C:\Windows", "CIBUILDWHEEL": "1"}
    configuration = windows.PythonConfiguration(version="3.13", identifier="cp313-win_arm64")
    windows.setup_setuptools_cross_compile(tmp_path, configuration, nuget / "libs", made)
    return made


@pytest.fixture
def windows_host(make_host: Callable[..., Host], environ: dict[str, str]) -> Host:
    return make_host(environ=environ, system="windows", machine="amd64")


def test_its_target_is_the_builds(windows_host: Host, tmp_path: Path) -> None:
    assert read_settings(tmp_path, None, windows_host).target == WIN_ARM64


def test_its_python_is_the_targets(windows_host: Host, nuget: Path) -> None:
    folders = extra_library_dirs(windows_host)

    found = folder_beside(folders, CP313, WIN_ARM64)

    assert folders == (nuget / "libs",)
    assert found is not None
    assert (found.include, found.libraries) == (nuget / "include", nuget / "libs")


def test_cmake_is_told_the_same(
    windows_host: Host, build_with: MakeBuild, nuget: Path, environ: dict[str, str]
) -> None:
    python = TargetPython(nuget / "include", nuget / "libs", "cibuildwheel")
    build = build_with(system="windows", environ=environ, facts={"target_python": python})

    text = cmake.toolchain_file(build, nuget)

    assert f'set(WINARM_PYTHON_LIBRARY\n  "{(nuget / "libs/python313.lib").as_posix()}")' in text
    assert f'set(WINARM_PYTHON_INCLUDE_DIR\n  "{(nuget / "include").as_posix()}")' in text
    suffix = environ["SETUPTOOLS_EXT_SUFFIX"]
    assert f'set(WINARM_PYTHON_SOABI\n  "{suffix.removeprefix(".").removesuffix(".pyd")}")' in text


def test_the_child_sees_the_target_and_answers_for_the_rest_itself(
    build_with: MakeBuild, environ: dict[str, str], tmp_path: Path
) -> None:
    build = build_with(system="windows", environ=environ)

    made = early_environment(build, tmp_path)

    assert made["VSCMD_ARG_TGT_ARCH"] == environ["VSCMD_ARG_TGT_ARCH"] == "arm64"
    assert {"DIST_EXTRA_CONFIG", "SETUPTOOLS_EXT_SUFFIX"} <= set(environ) - set(made)
