"""ld, dlltool and strip, and what the launcher passes on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from winarm.locate.tools.programs import one_word
from winarm.locate.tools.programs.one_word import main
from winarm.locate.tools.programs.one_word.linking import linker_words


def test_strip_copies_and_names_what_is_not_there(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["strip", "--strip-unneeded", "-o", "out", "m.pyd"]) == 0
    assert Path("out").read_bytes() == Path("m.pyd").read_bytes()

    assert main(["strip", "nothing"]) == 1
    assert "strip: 'nothing': No such file" in capsys.readouterr().err


class TestLinkerWords:
    def test_paths_and_values_may_have_blanks(self, tmp_path: Path) -> None:
        spaced = tmp_path / "a b.o"
        spaced.touch()
        line = f"lld-link -ERRORLIMIT:0 -OUT:{tmp_path}/my out.dll {spaced} -LIBPATH:/x y -DLL"

        assert linker_words(line) == [
            "-ERRORLIMIT:0",
            f"-OUT:{tmp_path}/my out.dll",
            str(spaced),
            "-LIBPATH:/x y",
            "-DLL",
        ]

    def test_the_word_after_lld_is_no_argument(self) -> None:
        assert linker_words("lld -link -DLL") == ["-DLL"]


class TestInALayer:
    """Copied next to its facts, with a zig that notes what it is asked for."""

    @pytest.fixture
    def layer(self, tmp_path: Path) -> Path:
        for name in ("zig", "aarch64-w64-mingw32-clang"):
            program = tmp_path / name
            program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@" >> asked\n')
            program.chmod(0o755)
        shutil.copytree(Path(one_word.__file__).parents[1], tmp_path / "programs")
        facts = {"machine": "aarch64-w64-mingw32", "exe": "", "delay": "", "bin": str(tmp_path)}
        facts["zig"] = str(tmp_path / "zig")
        (tmp_path / "tools.json").write_text(json.dumps(facts))
        return tmp_path

    def asked(self, layer: Path, *argv: str, said: str = "") -> list[str]:
        """Return the words of what was run, without folders."""
        done = subprocess.run(
            [sys.executable, layer / "programs", *argv],
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
