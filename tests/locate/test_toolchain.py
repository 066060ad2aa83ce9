"""What differs by the kind of toolchain: flags, command lines, variables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest

from winarm.locate import FINDERS
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from typing import Any

    from winarm.locate.toolchain import Toolchain


@pytest.fixture(params=FINDERS)
def toolchain(request: pytest.FixtureRequest, fake_toolchain: Toolchain) -> Toolchain:
    return replace(fake_toolchain, kind=request.param, link=("link",))


def test_flags_are_in_the_style_of_the_compiler(toolchain: Toolchain) -> None:
    flags = [*toolchain.compile_flags, *toolchain.link_flags]

    if toolchain.style == "gnu":
        assert not [flag for flag in flags if flag.startswith("/")]
    else:
        assert "/MACHINE:ARM64" in toolchain.link_flags
        # clang-cl takes clang's warnings as they are.
        assert all(flag.startswith(("/", "-W")) for flag in flags)


@pytest.mark.parametrize(
    ("kind", "version", "known"),
    [
        ("zig", "0.14.0", True),
        ("clang-cl", "18.1.8", False),
        ("clang-cl", "19.1.7", True),
        ("llvm-mingw", "18.1.8", False),
        ("llvm-mingw", "22.1.0", True),
        ("msvc", "19.44.35207", False),
    ],
)
def test_only_compilers_that_know_a_warning_are_told_of_it(
    fake_toolchain: Toolchain, kind: str, version: str, *, known: bool
) -> None:
    toolchain = replace(fake_toolchain, kind=kind, version=version)
    flag = "-Wno-error=missing-template-arg-list-after-template-kw"

    assert (flag in toolchain.compile_flags) is known
    assert (flag in toolchain.tolerant_flags) is known


def test_libraries_are_named_as_the_linker_takes_them(toolchain: Toolchain) -> None:
    found = toolchain.library_flags(["/arm64/lib"], ["z", "foo.lib"])

    if toolchain.style == "gnu":
        assert found == ["-L/arm64/lib", "-lz", "-lfoo.lib"]
    else:
        assert found == ["/LIBPATH:/arm64/lib", "z.lib", "foo.lib"]


def test_the_projects_path_is_mapped_in_each_spelling(toolchain: Toolchain) -> None:
    posix: Any = PurePosixPath("/p/x")
    windows: Any = PureWindowsPath(r"C:\p\x")

    assert len(toolchain.prefix_map(posix)) == 1
    assert "/p/x" in toolchain.prefix_map(posix)[0]
    mapped = "".join(toolchain.prefix_map(windows))
    assert r"C:\p\x" in mapped
    assert ("C:/p/x" in mapped) is (toolchain.kind != "msvc")


def test_variables_name_the_programs_that_there_are(toolchain: Toolchain) -> None:
    variables = toolchain.variables("linux")

    assert variables["CC"] == "zig cc"
    assert ("LD" in variables) is (toolchain.style == "msvc")
    assert "MT" not in variables


def test_a_command_with_spaces_is_quoted_for_its_host(fake_toolchain: Toolchain) -> None:
    toolchain = replace(fake_toolchain, cc=("/my tools/cc", "-x"))

    assert toolchain.variables("linux")["CC"] == "'/my tools/cc' -x"
    assert toolchain.variables("windows")["CC"] == '"/my tools/cc" -x'


def test_a_dll_is_linked_by_a_program_of_its_own_only_in_msvcs_style(toolchain: Toolchain) -> None:
    programs = [command[0] for command in toolchain.dll_commands("probe")]

    assert programs == (["zig"] if toolchain.style == "gnu" else ["zig", "link"])


def test_environment_replaces_names_in_any_case(fake_toolchain: Toolchain) -> None:
    toolchain = replace(fake_toolchain, environ={"VCToolsVersion": "14.44"}, path=(Path("tools"),))

    found = toolchain.environment({"VCTOOLSVERSION": "14.29", "PATH": "", "X": "1"})

    assert found == {"VCToolsVersion": "14.44", "PATH": "tools", "X": "1"}
    assert toolchain.target is WIN_ARM64


def test_a_shell_gets_the_programs_by_the_names_that_it_knows(fake_toolchain: Toolchain) -> None:
    toolchain = replace(fake_toolchain, environ={"ZIG_GLOBAL_CACHE_DIR": "/cache"})

    found = toolchain.variables("linux")

    assert found["CC"] == "zig cc"
    assert found["ZIG_GLOBAL_CACHE_DIR"] == "/cache"
    assert "VSCMD_ARG_TGT_ARCH" not in found


def test_microsofts_tools_are_told_the_machine_as_a_developer_prompt_does(
    fake_toolchain: Toolchain,
) -> None:
    toolchain = replace(fake_toolchain, kind="msvc", link=("link",))

    found = toolchain.variables("windows")

    assert found["VSCMD_ARG_TGT_ARCH"] == "arm64"
