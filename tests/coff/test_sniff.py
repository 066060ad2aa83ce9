from __future__ import annotations

import pytest

from winarm.coff.sniff import Nature, identify


@pytest.mark.parametrize(
    ("head", "nature"),
    [
        (b"", Nature.EMPTY),
        (b"MZ\x90", Nature.IMAGE),
        (b"!<arch>\n", Nature.ARCHIVE),
        (b"\x7fELF\2", Nature.ELF),
        (b"\xcf\xfa\xed\xfe", Nature.MACH_O),
        (b"\xca\xfe\xba\xbe", Nature.MACH_O),
        (b"import sys\r\n", Nature.TEXT),
        (b"\0\1\2", Nature.DATA),
    ],
)
def test_first_bytes_tell_what_it_is(head: bytes, nature: Nature) -> None:
    assert identify(head) is nature
