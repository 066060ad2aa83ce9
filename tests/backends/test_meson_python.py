"""What Meson gets: a cross file and a description of the target's Python."""

from __future__ import annotations

import ast
import configparser
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm import backends
from winarm.backends import meson_python
from winarm.errors import BackendError
from winarm.target import PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.backends.request import Request

    MakeRequest = Callable[..., Request]


@pytest.fixture
def new_meson(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "mesonbuild"
    package.mkdir(parents=True)
    (package / "options.py").write_text("UserStringOption('python.build_config', '')\n")


def test_setup_is_told_both_files(request_for: MakeRequest, new_meson: None) -> None:
    provision = meson_python.provision(request_for("mesonpy"))

    cross, details = provision.files
    assert provision.config_settings["setup-args"] == [
        f"--cross-file={cross}",
        f"-Dpython.build_config={details}",
    ]


def test_an_old_meson_is_refused_before_it_takes_the_wrong_python(request_for: MakeRequest) -> None:
    with pytest.raises(BackendError, match="cannot be told") as caught:
        meson_python.provision(request_for("mesonpy"))

    assert "meson>=1.10" in caught.value.cure


def test_a_meson_of_the_projects_own_is_looked_at(
    request_for: MakeRequest, new_meson: None, tmp_path: Path
) -> None:
    vendored = tmp_path / "project" / "vendored-meson" / "meson"
    vendored.mkdir(parents=True)
    (tmp_path / "site-packages" / "mesonbuild").rename(vendored / "mesonbuild")

    assert len(meson_python.provision(request_for("mesonpy")).files) == 2


@pytest.mark.parametrize("given", ["-Dblas=none", ["-Dblas=none"]])
def test_the_users_arguments_come_last(
    request_for: MakeRequest, new_meson: None, given: object
) -> None:
    provision = meson_python.provision(
        request_for("mesonpy", config_settings={"setup-args": given})
    )

    assert provision.config_settings["setup-args"][-1] == "-Dblas=none"


def test_an_early_hook_gets_nothing(request_for: MakeRequest) -> None:
    provision = meson_python.provision(request_for("mesonpy", early=True))

    assert (provision.config_settings, provision.files) == ({}, {})


def test_cross_file_describes_the_target(request_for: MakeRequest) -> None:
    sections = machine_file(meson_python.cross_file(request_for("mesonpy", defines=("A=1",))))

    assert sections["host_machine"] == {
        "system": "windows",
        "cpu_family": "aarch64",
        "cpu": "aarch64",
        "endian": "little",
    }
    assert sections["binaries"]["cpp"][:2] == ["zig", "c++"]
    assert sections["binaries"]["python"] == [str(Path("/env/bin/python"))]
    assert "-DA=1" in sections["built-in options"]["c_args"]
    assert sections["properties"]["needs_exe_wrapper"] is True
    assert "pkg-config" not in sections["binaries"]


def test_cross_file_puts_a_compiler_cache_first(request_for: MakeRequest) -> None:
    sections = machine_file(meson_python.cross_file(request_for("mesonpy", launcher="sccache")))

    cache, compiler, *_ = sections["binaries"]["c"]
    assert (cache, Path(compiler).name) == ("sccache", "clang")


def test_build_details_are_those_of_the_target(request_for: MakeRequest) -> None:
    details = json.loads(meson_python.build_details(request_for("mesonpy")))

    assert details["platform"] == "win-arm64"
    assert details["abi"]["extension_suffix"] == ".cp313-win_arm64.pyd"
    assert details["abi"]["stable_abi_suffix"] == ".pyd"
    assert Path(details["libpython"]["dynamic"]).name == "python313.lib"
    assert Path(details["libpython"]["dynamic_stableabi"]).name == "python3.lib"
    assert details["c_api"]["headers"] == str(Path("/t/include"))


def test_build_details_of_a_free_threaded_python(request_for: MakeRequest) -> None:
    abi = PythonABI(13, free_threaded=True)

    details = json.loads(meson_python.build_details(request_for("mesonpy", abi=abi)))

    assert details["abi"]["flags"] == ["t"]
    assert details["abi"]["extension_suffix"] == ".cp313t-win_arm64.pyd"
    assert Path(details["libpython"]["dynamic"]).name == "python313t.lib"


def test_a_folder_to_keep_is_meson_pythons_build_dir(
    request_for: MakeRequest, new_meson: None
) -> None:
    provision = meson_python.provision(request_for("mesonpy", build_dir=Path("/kept")))

    assert provision.config_settings["build-dir"] == str(Path("/kept/backend"))


def test_meson_python_may_call_cmake_too(request_for: MakeRequest, new_meson: None) -> None:
    provision = backends.provision(request_for("mesonpy"))

    assert {path.name for path in provision.files} == {
        "toolchain.cmake",
        "cross.ini",
        "build-details.json",
    }


def machine_file(text: str) -> dict[str, dict[str, Any]]:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.read_string(text)
    words = {"true": "True", "false": "False"}
    return {
        section: {
            name: ast.literal_eval(words.get(value, value))
            for name, value in parser[section].items()
        }
        for section in parser.sections()
    }


def test_config_tools_of_the_build_environment_are_named(
    request_for: MakeRequest, program: Callable[[str], Path], tmp_path: Path
) -> None:
    own = program("numpy-config")
    request = request_for("mesonpy")
    environment = tmp_path / "lib" / "python3.13" / "site-packages"

    named = meson_python.config_tools(replace(request, site_folders=(environment,)))

    assert named == {"numpy-config": [str(own)]}


def test_config_tools_of_the_host_are_not(
    request_for: MakeRequest, program: Callable[[str], Path]
) -> None:
    program("pybind11-config")
    request = request_for("mesonpy")

    assert not meson_python.config_tools(replace(request, site_folders=(Path("/env/lib"),)))


def test_a_linker_of_its_own_is_named_for_each_language(request_for: MakeRequest) -> None:
    request = request_for("mesonpy", toolchain={"style": "msvc", "link": ("zig", "lld-link")})

    text = meson_python.cross_file(request)

    assert "c_ld = ['zig', 'lld-link']" in text
    assert "cpp_ld = ['zig', 'lld-link']" in text
