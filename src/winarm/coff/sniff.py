"""What a file is, by its first bytes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winarm.coff.buffer import Buffer

#: How many bytes `identify` looks at.
HEAD = 512


class Nature(Enum):
    """What the beginning of a file shows; the value fits into "it is ..."."""

    IMAGE = "a Windows image"
    ARCHIVE = "a library"
    ELF = "an ELF file (Linux)"
    MACH_O = "a Mach-O file (macOS)"
    EMPTY = "empty"
    TEXT = "text"
    DATA = "neither image nor text"


_MAGICS = (
    (b"MZ", Nature.IMAGE),
    (b"!<arch>\n", Nature.ARCHIVE),
    (b"!<thin>\n", Nature.ARCHIVE),
    (b"\x7fELF", Nature.ELF),
    (b"\xcf\xfa\xed\xfe", Nature.MACH_O),
    (b"\xce\xfa\xed\xfe", Nature.MACH_O),
    (b"\xfe\xed\xfa\xcf", Nature.MACH_O),
    (b"\xfe\xed\xfa\xce", Nature.MACH_O),
    (b"\xca\xfe\xba\xbe", Nature.MACH_O),
    (b"\xca\xfe\xba\xbf", Nature.MACH_O),
)
_TEXT = bytes(range(32, 127)) + b"\t\r\n\f"


def identify(head: Buffer) -> Nature:
    """Return what a file is whose first bytes are `head`."""
    if not head:
        return Nature.EMPTY
    for magic, nature in _MAGICS:
        if head.startswith(magic):
            return nature
    return Nature.DATA if head[:HEAD].translate(None, _TEXT) else Nature.TEXT
