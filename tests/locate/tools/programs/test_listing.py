"""nm and objdump."""

from __future__ import annotations

from pathlib import Path

import pytest
from one_word_tools import says
from verify_samples import image as im

from winarm.locate.tools.programs.one_word import main


class TestNm:
    def test_an_import_has_its_pointer_and_its_thunk(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = says(capsys, "nm", "a.lib")

        assert "x.dll:" in said
        assert "0000000000000000 D __imp_symbol\n0000000000000000 T symbol\n" in said

    def test_forms_that_libtool_reads(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert says(capsys, "nm", "-gP", "a.lib").splitlines()[1:3] == [
            "__imp_symbol D 0",
            "symbol T 0",
        ]
        assert says(capsys, "nm", "-Aj", "a.lib").startswith("a.lib:x.dll:__imp_symbol\n")
        assert says(capsys, "nm", "-u", "--no-sort", "r.o") == ""

    def test_symbols_of_one_file_are_small_letters(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = says(capsys, "nm", "-n", "r.o").splitlines()

        assert [line.split()[1:] for line in lines] == [["r", ".rsrc$01"], ["r", ".rsrc$02"]]
        assert says(capsys, "nm", "-g", "r.o") == ""

    @pytest.mark.parametrize(
        ("file", "said"),
        [
            ("text", "nm: text: file format not recognized\n"),
            ("damaged", "nm: damaged: the archive is damaged\n"),
            ("nothing", "nm: nothing: No such file or directory\n"),
        ],
    )
    def test_what_is_no_object_is_one_line(
        self, files: Path, capsys: pytest.CaptureFixture[str], file: str, said: str
    ) -> None:
        assert main(["nm", file]) == 1
        assert capsys.readouterr().err == said


class TestObjdump:
    def test_an_image_has_its_format_imports_and_exports(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = says(capsys, "objdump", "-p", "m.pyd")

        assert "m.pyd:     file format pei-aarch64-little" in said
        assert [line for line in said.splitlines() if "DLL Name" in line] == [
            "\tDLL Name: python313.dll",
            "\tDLL Name: VCRUNTIME140.dll",
            "\tDLL Name: KERNEL32.dll",
            "\tDLL Name: late.dll",
        ]
        assert "\t[   0] PyInit__x" in said

    def test_an_object_has_sections_and_symbols(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = says(capsys, "objdump", "-fht", "r.o")

        assert "file format pe-aarch64-little" in said
        assert "architecture: aarch64" in said
        assert said.count(".rsrc$0") == 4

    @pytest.mark.parametrize("cut", [2, 0x90, 0x180])
    def test_a_cut_off_image_is_one_line(
        self, files: Path, capsys: pytest.CaptureFixture[str], cut: int
    ) -> None:
        Path("cut.dll").write_bytes(im.module()[:cut])

        assert main(["objdump", "-p", "cut.dll"]) == 1
        assert capsys.readouterr().err.splitlines() == [
            "objdump: cut.dll: file format not recognized"
        ]
