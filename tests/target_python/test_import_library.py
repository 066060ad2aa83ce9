from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from winarm.coff.library import read_library
from winarm.coff.machines import OBJECT_MACHINES, Kind
from winarm.errors import TargetPythonError
from winarm.host import Answer
from winarm.target import TARGETS, WIN_AMD64, WIN_ARM64
from winarm.target_python.import_library import (
    make_import_library,
    module_definition,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_host import FakeHost

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.target import Target

NAMES: dict[str, Literal["FUNC", "DATA"]] = {"PyExc_ValueError": "DATA", "PyObject_Call": "FUNC"}


def test_variables_are_marked_as_data_and_functions_are_not() -> None:
    assert module_definition("python313.dll", NAMES) == (
        'LIBRARY "python313.dll"\nEXPORTS\n    PyExc_ValueError DATA\n    PyObject_Call\n'
    )


def test_dlltool_is_asked_in_its_own_words(
    recording_host: FakeHost, fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    library = tmp_path / "python313.lib"

    make_import_library(recording_host, fake_toolchain, "python313.dll", NAMES, library)

    definition = str(tmp_path / "python313.def")
    assert recording_host.calls == [
        ("zig", "dlltool", "-m", "arm64", "-d", definition, "-l", str(library))
    ]


@pytest.mark.parametrize(("target", "machine"), [(WIN_ARM64, "arm64"), (WIN_AMD64, "x64")])
def test_a_microsoft_style_librarian_is_asked_in_its_own_words(
    recording_host: FakeHost,
    fake_toolchain: Toolchain,
    tmp_path: Path,
    target: Target,
    machine: str,
) -> None:
    lib = replace(fake_toolchain, kind="msvc", dlltool=("llvm-lib",), target=target)
    library = tmp_path / "python3.lib"

    make_import_library(recording_host, lib, "python3.dll", NAMES, library)

    assert recording_host.calls == [
        (
            "llvm-lib",
            "/nologo",
            f"/machine:{machine}",
            f"/def:{tmp_path / 'python3.def'}",
            f"/out:{library}",
        )
    ]


@pytest.mark.parametrize(
    "answer", [Answer(1, "", "unknown machine"), Answer(1, "unknown machine", "")]
)
def test_a_failing_tool_is_quoted(
    make_host: Callable[..., Host], fake_toolchain: Toolchain, tmp_path: Path, answer: Answer
) -> None:
    host = make_host(answer=answer)

    with pytest.raises(TargetPythonError, match=r"zig 1.2.3 of a test cannot make .*python3.dll"):
        make_import_library(host, fake_toolchain, "python3.dll", NAMES, tmp_path / "python3.lib")


def test_a_tool_that_makes_nothing_has_failed(
    make_host: Callable[..., Host], fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    host = make_host(makes=False)

    with pytest.raises(TargetPythonError, match="cannot make an import library"):
        make_import_library(host, fake_toolchain, "python3.dll", NAMES, tmp_path / "python3.lib")


@pytest.mark.integration
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.wheel_platform)
def test_zig_makes_libraries_for_the_machine_that_is_asked_for(
    zig_host: Host, zig: Toolchain, tmp_path: Path, target: Target
) -> None:
    library = tmp_path / "python313.lib"

    make_import_library(zig_host, replace(zig, target=target), "python313.dll", NAMES, library)

    assert read_library(library.read_bytes()).kinds == {OBJECT_MACHINES[target.machine]}
    assert b"__imp_PyExc_ValueError" in library.read_bytes().replace(b"__imp__", b"__imp_")


@pytest.mark.integration
def test_llvm_lib_makes_a_library_from_the_same_names(
    zig_host: Host, zig: Toolchain, tmp_path: Path
) -> None:
    lib = replace(zig, kind="clang-cl", dlltool=(zig.cc[0], "lib"))
    library = tmp_path / "python313.lib"

    make_import_library(zig_host, lib, "python313.dll", NAMES, library)

    assert read_library(library.read_bytes()).kinds == {Kind.ARM64}
