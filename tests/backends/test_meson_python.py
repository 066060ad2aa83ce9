"""What Meson gets: a cross file and a description of the target's Python."""

from __future__ import annotations

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

    from winarm.plan import EquippedBuild

    MakeBuild = Callable[..., EquippedBuild]


@pytest.fixture
def new_meson(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "mesonbuild"
    package.mkdir(parents=True)
    (package / "options.py").write_text("UserStringOption('python.build_config', '')\n")


def test_setup_is_told_both_files(build_with: MakeBuild, new_meson: None) -> None:
    provision = meson_python.provision(build_with("mesonpy"), Path("scratch"))

    cross, details = provision.files
    assert provision.config_settings["setup-args"] == [
        f"--cross-file={cross}",
        f"-Dpython.build_config={details}",
    ]


def test_an_old_meson_is_refused_before_it_takes_the_wrong_python(build_with: MakeBuild) -> None:
    with pytest.raises(BackendError, match="has no option") as caught:
        meson_python.provision(build_with("mesonpy"), Path("scratch"))

    assert "meson>=1.10" in caught.value.cure


def test_a_meson_of_the_projects_own_is_looked_at(
    build_with: MakeBuild, new_meson: None, tmp_path: Path
) -> None:
    vendored = tmp_path / "project" / "vendored-meson" / "meson"
    vendored.mkdir(parents=True)
    (tmp_path / "site-packages" / "mesonbuild").rename(vendored / "mesonbuild")

    assert len(meson_python.provision(build_with("mesonpy"), Path("scratch")).files) == 2


@pytest.mark.parametrize("given", ["-Dblas=none", ["-Dblas=none"]])
def test_the_users_arguments_come_last(
    build_with: MakeBuild, new_meson: None, given: object
) -> None:
    provision = meson_python.provision(
        build_with("mesonpy", config_settings={"setup-args": given}), Path("scratch")
    )

    assert provision.config_settings["setup-args"][-1] == "-Dblas=none"


def test_an_early_hook_gets_nothing(build_with: MakeBuild) -> None:
    provision = backends.early_provision(build_with("mesonpy"))

    assert (provision.config_settings, provision.files) == ({}, {})


def test_cross_file_describes_the_target(build_with: MakeBuild) -> None:
    sections = machine_file(
        meson_python.cross_file(build_with("mesonpy", defines=("A=1",)), Path("scratch"))
    )

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


def test_cross_file_puts_a_compiler_cache_first(build_with: MakeBuild) -> None:
    sections = machine_file(
        meson_python.cross_file(build_with("mesonpy", launcher="sccache"), Path("scratch"))
    )

    assert sections["binaries"]["c"][:2] == ["sccache", "zig"]


def test_build_details_are_those_of_the_target(build_with: MakeBuild) -> None:
    details = json.loads(meson_python.build_details(build_with("mesonpy")))

    assert details["platform"] == "win-arm64"
    assert details["abi"]["extension_suffix"] == ".cp313-win_arm64.pyd"
    assert details["abi"]["stable_abi_suffix"] == ".pyd"
    assert Path(details["libpython"]["dynamic"]).name == "python313.lib"
    assert Path(details["libpython"]["dynamic_stableabi"]).name == "python3.lib"
    assert details["c_api"]["headers"] == str(Path("/t/include"))


def test_build_details_of_a_free_threaded_python(build_with: MakeBuild) -> None:
    abi = PythonABI(13, free_threaded=True)

    details = json.loads(meson_python.build_details(build_with("mesonpy", abi=abi)))

    assert details["abi"]["flags"] == ["t"]
    assert details["abi"]["extension_suffix"] == ".cp313t-win_arm64.pyd"
    assert Path(details["libpython"]["dynamic"]).name == "python313t.lib"


def test_a_folder_to_keep_is_meson_pythons_build_dir(
    build_with: MakeBuild, new_meson: None
) -> None:
    provision = backends.provision(build_with("mesonpy", build_dir=Path("/kept")), Path("scratch"))

    assert provision.config_settings["build-dir"] == str(Path("/kept/backend"))


def test_meson_python_may_call_cmake_too(build_with: MakeBuild, new_meson: None) -> None:
    provision = backends.provision(build_with("mesonpy"), Path("scratch"))

    assert {path.name for path in provision.files} == {
        "toolchain.cmake",
        "cross.ini",
        "build-details.json",
    }


@pytest.mark.parametrize(
    "text",
    ["plain", r"C:\Program Files\x", "/home/O'Brien/x", "-DX='a' -DY", r"C:\Users\O'Brien\x"],
)
def test_any_text_reads_back_from_a_machine_file(text: str) -> None:
    assert evaluated(meson_python.literal(["first", text])) == ["first", text]


def test_a_text_that_a_machine_file_cannot_hold_is_named(build_with: MakeBuild) -> None:
    with pytest.raises(BackendError, match="apostrophe"):
        meson_python.cross_file(build_with("mesonpy", cflags=("-DX='a'",)), Path("scratch"))


def machine_file(text: str) -> dict[str, dict[str, Any]]:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.read_string(text)
    return {
        section: {name: evaluated(value) for name, value in parser[section].items()}
        for section in parser.sections()
    }


def evaluated(value: str) -> Any:  # noqa: ANN401 - whatever a machine file has
    """Return a value as Meson's MachineFileParser does: it doubles backslashes, then reads them."""
    words = {"true": "True", "false": "False"}
    return eval(words.get(value, value).replace("\\", "\\\\"), {})


def test_config_tools_of_the_build_environment_are_named(
    build_with: MakeBuild, program: Callable[[str], Path], tmp_path: Path
) -> None:
    own = program("numpy-config")
    request = build_with("mesonpy")
    environment = tmp_path / "lib" / "python3.13" / "site-packages"

    named = meson_python.config_tools(replace(request, site_folders=(environment,)))

    assert named == {"numpy-config": [str(own)]}


def test_config_tools_of_the_host_are_not(
    build_with: MakeBuild, program: Callable[[str], Path]
) -> None:
    program("pybind11-config")
    request = build_with("mesonpy")

    assert not meson_python.config_tools(replace(request, site_folders=(Path("/env/lib"),)))


def test_a_linker_of_its_own_is_named_for_each_language(build_with: MakeBuild) -> None:
    request = build_with("mesonpy", toolchain={"kind": "clang-cl", "link": ("zig", "lld-link")})

    text = meson_python.cross_file(request, Path("scratch"))

    assert "c_ld = ['zig', 'lld-link']" in text
    assert "cpp_ld = ['zig', 'lld-link']" in text
