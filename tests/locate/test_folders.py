from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import touch

from winarm.locate import folders
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    touch(tmp_path / "Include" / "UCRT" / "stdio.h", tmp_path / "bin" / "cl.exe")
    return tmp_path


def test_each_part_of_a_path_is_found_in_any_case(tree: Path) -> None:
    assert folders.inside(tree, "include", "ucrt", "STDIO.H") == tree / "Include/UCRT/stdio.h"
    assert folders.inside(tree, "include", "um") is None
    assert folders.inside(tree / "nowhere", "include") is None


def test_the_exact_spelling_comes_first(tree: Path) -> None:
    touch(tree / "include" / "x")

    assert folders.inside(tree, "include") == tree / "include"
    assert folders.inside(tree, "Include") == tree / "Include"


def test_a_name_that_no_system_can_have_is_not_there(tree: Path) -> None:
    assert folders.inside(tree, "x" * 5000) is None


def test_a_folder_that_no_system_can_have_is_empty(tree: Path) -> None:
    assert folders.inside(tree / "nul\0", "include") is None
    assert folders.files(tree / "nul\0") == []


def test_the_first_and_all_that_are_there(tree: Path) -> None:
    paths = (("lib",), ("BIN",), ("include",))

    assert folders.first(tree, *paths) == tree / "bin"
    assert list(folders.present(tree, *paths)) == [tree / "bin", tree / "Include"]
    assert folders.first(tree, ("lib",)) is None


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"14.44\r\nmore", "14.44"),
        (b"\xef\xbb\xbf 14.44 ", "14.44"),
        (b"", ""),
        (b"\xff\n", "\N{REPLACEMENT CHARACTER}"),
        (b"x" * 1000, "x" * 200),
    ],
)
def test_a_version_file_is_its_first_line(tmp_path: Path, content: bytes, line: str) -> None:
    file = tmp_path / "version.txt"
    file.write_bytes(content)

    assert folders.line_of(file) == line


def test_a_version_file_that_is_not_there_has_no_line(tmp_path: Path) -> None:
    assert folders.line_of(None) == folders.line_of(tmp_path) == ""


def test_a_program_is_a_file_with_or_without_its_ending(tree: Path) -> None:
    (tree / "bin" / "link.exe").mkdir()
    touch(tree / "bin" / "LIB")

    assert folders.program(tree / "bin", "cl") == tree / "bin" / "cl.exe"
    assert folders.program(tree / "bin", "lib") == tree / "bin" / "LIB"
    assert folders.program(tree / "bin", "link") is None


def test_a_folder_that_cannot_be_read_has_no_names(tree: Path) -> None:
    assert folders.names(tree) == ["Include", "bin"]
    assert folders.names(tree / "bin" / "cl.exe") == []


@pytest.mark.parametrize("spelling", ["arm64", "ARM64", "aarch64"])
def test_each_spelling_of_a_machine_is_its_folder(tmp_path: Path, spelling: str) -> None:
    touch(tmp_path / spelling / "x.lib")

    assert folders.architecture_folder(tmp_path, WIN_ARM64) == tmp_path / spelling
    assert folders.architecture_folder(tmp_path, WIN_AMD64) is None


def test_microsofts_spelling_comes_first(tmp_path: Path) -> None:
    touch(tmp_path / "aarch64" / "x.lib", tmp_path / "arm64" / "x.lib")

    assert folders.architecture_folder(tmp_path, WIN_ARM64) == tmp_path / "arm64"


def test_machines_whose_libraries_are_there_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "x64" / "x.lib", tmp_path / "x86" / "x.lib")

    assert folders.libraries_instead(tmp_path) == "; it has those of AMD64 and x86 only"
    assert folders.libraries_instead(tmp_path / "x64") == ""
    assert folders.libraries_instead(None) == ""
