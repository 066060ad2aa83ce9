from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im

from winarm.coff.headers import read_headers
from winarm.errors import WinarmError
from winarm.trial.ucrt import complete

if TYPE_CHECKING:
    from pathlib import Path

#: What Wine 10 has in place of a function: adrp, add, adrp, add, b.
STUB = struct.pack("<5I", 0xF00005C0, 0x91000000, 0xF00005C1, 0x912FBC21, 0x14022C98)
RET = struct.pack("<I", 0xD65F03C0)


def dll(path: Path, code: bytes, *names: str) -> int:
    """Write a DLL whose exports are `code`, and return where in the file that is."""
    data = bytearray(im.image(exports=names, imports={}))
    headers = read_headers(bytes(data))
    table = headers.offset(headers.place(0))
    (addresses,) = struct.unpack_from("<I", data, table + 28)
    (address,) = struct.unpack_from("<I", data, headers.offset(addresses))
    at = headers.offset(address)
    data[at : at + len(code)] = code
    path.write_bytes(data)
    return at


def test_function_that_is_not_there_gets_its_code(tmp_path: Path) -> None:
    path = tmp_path / "ucrtbase.dll"
    at = dll(path, STUB, "cimag")

    assert complete(path) == ("cimag",)
    assert path.read_bytes()[at : at + 8] == struct.pack("<I", 0x1E604020) + RET
    assert complete(path) == ()


def test_function_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "ucrtbase.dll"
    dll(path, RET * 5, "cimag")
    before = path.read_bytes()

    assert complete(path) == ()
    assert path.read_bytes() == before


def test_function_that_is_more_than_an_instruction_stays(tmp_path: Path) -> None:
    path = tmp_path / "ucrtbase.dll"
    dll(path, STUB, "cexp")

    assert complete(path) == ()


@pytest.mark.parametrize("content", [b"", b"MZ", b"no DLL at all" * 99])
def test_what_is_no_dll_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "ucrtbase.dll").write_bytes(content)

    with pytest.raises(WinarmError):
        complete(tmp_path / "ucrtbase.dll")
