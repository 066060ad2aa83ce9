"""Members of archives, and symbols of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im

from winarm.locate.tools.programs.one_word.layer import ToolError
from winarm.locate.tools.programs.one_word.objects import members, symbols

if TYPE_CHECKING:
    from pathlib import Path


def test_members_have_long_names_and_a_file_alone_has_none(tmp_path: Path) -> None:
    long = "a-name-of-more-than-fifteen.o"
    names = f"{long}/\n".encode()
    names += b"\n" * (len(names) % 2)
    library = tmp_path / "a.lib"
    library.write_bytes(im.library(("//", names), ("/0", im.coff()), ("b.o/", im.coff())))
    alone = tmp_path / "a.o"
    alone.write_bytes(im.coff())

    assert [member.name for member in members(str(library))] == [long, "b.o"]
    assert [member.name for member in members(str(alone))] == [""]


@pytest.mark.parametrize("size", [b"x", b"9999999999", b"-1"])
def test_a_member_of_a_wrong_size_is_refused(tmp_path: Path, size: bytes) -> None:
    library = tmp_path / "a.lib"
    library.write_bytes(b"!<arch>\n" + b"b.o/".ljust(48) + size.ljust(10) + b"`\n")

    with pytest.raises(ToolError, match="the archive is damaged"):
        list(members(str(library)))


@pytest.mark.parametrize("data", [b"", b"text", b"\0" * 6, b"\xff" * 40, b"\0\0\xff\xff\0\0"])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ToolError, match="file format not recognized"):
        symbols(data)
