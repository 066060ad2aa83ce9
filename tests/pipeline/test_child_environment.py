"""What the child's environment has of the host's, and what not."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.pipeline.child_environment import (
    EPOCH,
    build_environment,
    early_environment,
    leaks,
)
from winarm.plan import CHILD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winarm.locate.toolchain import Toolchain
    from winarm.plan import EquippedBuild

    MakeEnvironment = Callable[..., Mapping[str, str]]


@pytest.fixture
def made(make_build: Callable[..., EquippedBuild]) -> MakeEnvironment:
    def make(base: dict[str, str] | None = None) -> Mapping[str, str]:
        return early_environment(make_build(environ=base or {}), Path("scratch"))

    return make


@pytest.fixture
def of_a_build(make_build: Callable[..., EquippedBuild]) -> Callable[..., Mapping[str, str]]:
    def make(base: dict[str, str] | None = None, **options: Any) -> Mapping[str, str]:  # noqa: ANN401
        build = make_build(environ=base or {}, **options)
        return build_environment(build, Path("scratch"))

    return make


@pytest.mark.parametrize(
    "name",
    [
        *("CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED", "AR", "RANLIB"),
        *("CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "INCLUDE", "LIB", "LIBPATH", "CL", "_LINK_"),
        *("PKG_CONFIG_PATH", "PKG_CONFIG_SYSROOT_DIR", "CMAKE_GENERATOR", "CMAKE_ARGS"),
        *("DIST_EXTRA_CONFIG", "SETUPTOOLS_EXT_SUFFIX", "_PYTHON_HOST_PLATFORM", "SDKROOT"),
        *("WINARM_TARGET", "WINARM_CFLAGS", "ARCHFLAGS", "MACOSX_DEPLOYMENT_TARGET"),
    ],
)
def test_what_would_bring_the_host_in_is_left_out(made: MakeEnvironment, name: str) -> None:
    variables = made({name: "of the host", "HOME": "/home/x"})

    assert leaks(name)
    assert variables.get(name) != "of the host"
    assert variables["HOME"] == "/home/x"


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "http_proxy", "PIP_INDEX_URL", "LANG"]
)
def test_what_the_host_needs_stays(made: MakeEnvironment, name: str) -> None:
    # Programs that answer for the target's libraries come first.
    assert made({name: "x"})[name].rpartition(os.pathsep)[2] == "x"
    assert not leaks(name)


def test_windows_writes_names_as_it_likes() -> None:
    assert leaks("Include")
    assert leaks("pkg_config_path")


def test_the_childs_folder_comes_first_on_the_path_of_modules(made: MakeEnvironment) -> None:
    assert made()["PYTHONPATH"] == str(CHILD)
    # pip's build isolation lives there, too.
    assert made({"PYTHONPATH": "/pip"})["PYTHONPATH"] == f"{CHILD}{os.pathsep}/pip"
    assert made({"PYTHONPATH": ""})["PYTHONPATH"] == str(CHILD)


def test_that_folder_has_what_python_runs_when_it_starts() -> None:
    assert (CHILD / "sitecustomize.py").is_file()


def test_the_target_is_named_as_visual_studio_names_it(made: MakeEnvironment) -> None:
    variables = made({"VSCMD_ARG_TGT_ARCH": "x64"})

    assert variables["VSCMD_ARG_TGT_ARCH"] == "arm64"
    assert variables["WINARM_CHILD"] == str(Path("scratch/spec.json"))


@pytest.mark.parametrize(("written", "used"), [(None, EPOCH), ("", EPOCH), ("1", "1")])
def test_the_time_of_archives_is_fixed_unless_the_user_names_one(
    made: MakeEnvironment, written: str | None, used: str
) -> None:
    base = {} if written is None else {"SOURCE_DATE_EPOCH": written}

    assert made(base)["SOURCE_DATE_EPOCH"] == used


def test_pkg_config_finds_nothing_of_the_hosts(made: MakeEnvironment) -> None:
    assert made({"PKG_CONFIG_LIBDIR": "/usr/lib/pkgconfig"})["PKG_CONFIG_LIBDIR"] == "scratch"


def test_programs_have_their_usual_names(
    of_a_build: Callable[..., Mapping[str, str]], fake_toolchain: Toolchain
) -> None:
    variables = of_a_build({"CC": "gcc"})

    assert shlex.split(variables["CC"]) == list(fake_toolchain.cc)
    assert shlex.split(variables["CXX"]) == list(fake_toolchain.cxx)
    assert shlex.split(variables["AR"]) == list(fake_toolchain.ar)


def test_on_a_windows_host_they_are_quoted_as_windows_has_it(
    of_a_build: Callable[..., Mapping[str, str]],
) -> None:
    program = r"C:\Program Files\LLVM\clang-cl.exe"

    variables = of_a_build(system="windows", toolchain={"cc": (program, "--target=x")})

    assert variables["CC"] == f'"{program}" --target=x'


def test_without_a_toolchain_there_are_none(made: MakeEnvironment) -> None:
    assert "CC" not in made({"CC": "gcc"})


def test_a_toolchains_own_variables_are_there(
    of_a_build: Callable[..., Mapping[str, str]],
) -> None:
    assert of_a_build(toolchain={"environ": {"NEEDED": "1"}})["NEEDED"] == "1"
