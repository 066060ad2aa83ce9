"""windres."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from one_word_tools import RES

from winarm.locate.tools.programs.one_word import main
from winarm.locate.tools.programs.one_word.layer import ToolError
from winarm.locate.tools.programs.one_word.resources import resource_object, resources


class TestResources:
    def test_entries_have_names_or_numbers(self) -> None:
        assert [tuple(one) for one in resources(RES)] == [
            (24, 1, 0x409, b"<assembly/>"),
            ("KIND", "Name", 0x409, b"own data"),
        ]

    @pytest.mark.parametrize("data", [RES[:-12], RES[:40], b"\0" * 20, b"\xff" * 64])
    def test_what_is_no_res_file_is_refused(self, data: bytes) -> None:
        with pytest.raises(ToolError, match=r"not a \.res file"):
            resources(data)

    def test_a_tree_has_names_before_numbers_and_a_relocation_for_each_entry(self) -> None:
        data = resource_object(RES)

        machine, sections = struct.unpack_from("<HH", data)
        size, at = struct.unpack_from("<II", data, 20 + 16)
        relocations = struct.unpack_from("<H", data, 20 + 32)[0]
        named, numbered = struct.unpack_from("<HH", data, at + 12)
        assert (machine, sections, relocations, named, numbered) == (0xAA64, 2, 2, 1, 1)
        assert b"<assembly/>" in data[at + size :]

    def test_an_object_is_made_of_a_res_file_without_a_compiler(self, files: Path) -> None:
        Path("own.res").write_bytes(RES)

        assert main(["windres", "-i", "own.res", "-o", "own.o"]) == 0
        assert Path("own.o").read_bytes() == resource_object(RES)
        assert main(["windres", "own.res", "copy.res"]) == 0
        assert Path("copy.res").read_bytes() == RES
