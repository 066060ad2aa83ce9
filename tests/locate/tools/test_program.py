"""The Python program behind the rarer one-word tools, where no zig is needed.

`test_tools.py` runs all of it as people and build tools do.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from verify_samples import image as im

from winarm.locate.tools import tools

#: A .res file's entry of type 24, number 1, in English: `RESOURCEHEADER`, and its data.
EMPTY_ENTRY = struct.pack("<IIHHHHIHHII", 0, 32, 0xFFFF, 0, 0xFFFF, 0, 0, 0, 0, 0, 0)


def entry(data: bytes, kind: int | str = 24, name: int | str = 1) -> bytes:
    def identity(key: int | str) -> bytes:
        if isinstance(key, int):
            return struct.pack("<HH", 0xFFFF, key)
        return key.encode("utf-16-le") + b"\0\0"

    names = identity(kind) + identity(name)
    names += bytes(-len(names) % 4)
    header = 8 + len(names) + 16
    fixed = struct.pack("<IHHII", 0, 0, 0x409, 0, 0)
    return struct.pack("<II", len(data), header) + names + fixed + data + bytes(-len(data) % 4)


RES = EMPTY_ENTRY + entry(b"<assembly/>") + entry(b"own data", "KIND", "Name")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.o").write_bytes(tools.resource_object(RES))
    Path("a.lib").write_bytes(im.library(("x.dll/", im.short_import()), ("r.o/", im.coff())))
    Path("m.pyd").write_bytes(im.module(delay_imports={"late.dll": ["f"]}))
    Path("damaged").write_bytes(b"!<arch>\n" + b"x" * 60)
    Path("text").write_bytes(b"text")
    return tmp_path


def says(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert tools.main(list(argv)) == 0
    return capsys.readouterr().out


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
        assert tools.main(["nm", file]) == 1
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

        assert tools.main(["objdump", "-p", "cut.dll"]) == 1
        assert capsys.readouterr().err.splitlines() == [
            "objdump: cut.dll: file format not recognized"
        ]


class TestResources:
    def test_entries_have_names_or_numbers(self) -> None:
        assert [tuple(one) for one in tools.resources(RES)] == [
            (24, 1, 0x409, b"<assembly/>"),
            ("KIND", "Name", 0x409, b"own data"),
        ]

    @pytest.mark.parametrize("data", [RES[:-12], RES[:40], b"\0" * 20, b"\xff" * 64])
    def test_what_is_no_res_file_is_refused(self, data: bytes) -> None:
        with pytest.raises(tools.ToolError, match=r"not a \.res file"):
            tools.resources(data)

    def test_a_tree_has_names_before_numbers_and_a_relocation_for_each_entry(self) -> None:
        data = tools.resource_object(RES)

        machine, sections = struct.unpack_from("<HH", data)
        size, at = struct.unpack_from("<II", data, 20 + 16)
        relocations = struct.unpack_from("<H", data, 20 + 32)[0]
        named, numbered = struct.unpack_from("<HH", data, at + 12)
        assert (machine, sections, relocations, named, numbered) == (0xAA64, 2, 2, 1, 1)
        assert b"<assembly/>" in data[at + size :]

    def test_an_object_is_made_of_a_res_file_without_a_compiler(self, files: Path) -> None:
        Path("own.res").write_bytes(RES)

        assert tools.main(["windres", "-i", "own.res", "-o", "own.o"]) == 0
        assert Path("own.o").read_bytes() == tools.resource_object(RES)
        assert tools.main(["windres", "own.res", "copy.res"]) == 0
        assert Path("copy.res").read_bytes() == RES


def test_strip_copies_and_names_what_is_not_there(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tools.main(["strip", "--strip-unneeded", "-o", "out", "m.pyd"]) == 0
    assert Path("out").read_bytes() == Path("m.pyd").read_bytes()

    assert tools.main(["strip", "nothing"]) == 1
    assert "strip: 'nothing': No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["windres"], "windres: no input file"),
        (["dlltool", "-d", "x.def", "-e", "x.exp"], "no export objects are made"),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    assert tools.main(argv) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("tool", ["nm", "objdump", "strip", "ld", "dlltool", "windres"])
def test_configure_asks_each_for_its_version_and_help(
    tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "winarm" in says(capsys, tool, "--version")
    assert tool in says(capsys, tool, "--help")


class TestLinkerWords:
    def test_paths_and_values_may_have_blanks(self, tmp_path: Path) -> None:
        spaced = tmp_path / "a b.o"
        spaced.touch()
        line = f"lld-link -ERRORLIMIT:0 -OUT:{tmp_path}/my out.dll {spaced} -LIBPATH:/x y -DLL"

        assert tools.linker_words(line) == [
            "-ERRORLIMIT:0",
            f"-OUT:{tmp_path}/my out.dll",
            str(spaced),
            "-LIBPATH:/x y",
            "-DLL",
        ]

    def test_the_word_after_lld_is_no_argument(self) -> None:
        assert tools.linker_words("lld -link -DLL") == ["-DLL"]


class TestInALayer:
    """Copied next to its facts, with a zig that notes what it is asked for."""

    @pytest.fixture
    def layer(self, tmp_path: Path) -> Path:
        for name in ("zig", "aarch64-w64-mingw32-clang"):
            program = tmp_path / name
            program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@" >> asked\n')
            program.chmod(0o755)
        shutil.copy(tools.__file__, tmp_path / "tools.py")
        facts = {"machine": "aarch64-w64-mingw32", "exe": "", "delay": "", "bin": str(tmp_path)}
        facts["zig"] = str(tmp_path / "zig")
        (tmp_path / "tools.json").write_text(json.dumps(facts))
        return tmp_path

    def asked(self, layer: Path, *argv: str, said: str = "") -> list[str]:
        """Return the words of what was run, without folders."""
        done = subprocess.run(
            [sys.executable, layer / "tools.py", *argv],
            cwd=layer,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [Path(line).name for line in (layer / "asked").read_text().splitlines()]

    def test_dlltool_takes_long_options_and_names_the_machine(self, layer: Path) -> None:
        argv = ("--input-def", "x.def", "--output-lib=x.a", "--as", "as", "--kill-at")

        assert self.asked(layer, "dlltool", *argv) == [
            *("zig", "dlltool", "-m", "arm64", "-d", "x.def", "-l", "x.a", "-k")
        ]

    def test_ld_links_by_way_of_the_compiler(self, layer: Path) -> None:
        argv = ("-m", "arm64pe", "-shared", "--gc-sections", "a.o", "-lz", "-o", "x.dll")

        assert self.asked(layer, "ld", *argv) == [
            *("aarch64-w64-mingw32-clang", "-nostartfiles", "-shared"),
            *("-Xlinker", "--gc-sections", "a.o", "-lz", "-o", "x.dll"),
        ]

    def test_what_is_on_standard_input_becomes_a_file_of_its_language(self, layer: Path) -> None:
        words = self.asked(layer, "listen", str(layer / "zig"), "cc", "-x", "c++", "-E", "-")

        assert words == ["zig", "cc", "-x", "c++", "-E", "stdin.cpp"]

    def test_sources_are_compiled_one_by_one_and_then_linked(self, layer: Path) -> None:
        command = ("zig", "cc", "-O2", "a.c", "b.c", "-lz", "-o", "x.exe")

        words = self.asked(
            layer, "split", "-delayload:z.dll", "--", str(layer / command[0]), *command[1:]
        )

        assert words == [
            *("zig", "cc", "-O2", "-g0", "-c", "a.c", "-o", "0.o"),
            *("zig", "cc", "-O2", "-g0", "-c", "b.c", "-o", "1.o"),
            *("aarch64-w64-mingw32-clang", "0.o", "1.o", "-lz", "-o", "x.exe"),
            *("-Xlinker", "-delayload:z.dll"),
        ]
