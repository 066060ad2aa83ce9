"""What tests of the rarer one-word tools share: a call, and a .res file.

RESOURCEHEADER in the documentation of Windows says how the entries of such a file begin.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from winarm.locate.tools.programs.one_word import main

if TYPE_CHECKING:
    import pytest

#: A .res file's first entry, which is empty and says what kind of file it is.
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


def says(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Run a tool that succeeds, and return what it prints."""
    assert main(list(argv)) == 0
    return capsys.readouterr().out
