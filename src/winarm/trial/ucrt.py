"""Functions of the C runtime that Wine does not have, as far as they are one instruction long.

Wine's ucrtbase.dll exports functions of complex numbers that end the program when they are called.
NumPy calls some of them while it is imported. Those that only move a register are written in their
place; the others stay as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from winarm.coff.headers import EXPORT, Headers, read_headers
from winarm.errors import WinarmError

_RET = 0xD65F03C0
#: `fmov s0, s1`; `fmov d0, d1`; `fneg s1, s1`; `fneg d1, d1`: a complex number is in two registers.
_IMAGINARY_F, _IMAGINARY, _NEGATE_F, _NEGATE = 0x1E204020, 0x1E604020, 0x1E214021, 0x1E614021
CODE = {
    "crealf": (_RET,),
    "creall": (_RET,),
    "cimagf": (_IMAGINARY_F, _RET),
    "cimag": (_IMAGINARY, _RET),
    "cimagl": (_IMAGINARY, _RET),
    "conjf": (_NEGATE_F, _RET),
    "conj": (_NEGATE, _RET),
    "conjl": (_NEGATE, _RET),
}
#: What winebuild writes for a function that is not there: adrp x0, add x0, adrp x1, add x1, b; each
#: with the bits that name the instruction and its registers.
_STUB = (
    (0x9F00001F, 0x90000000),
    (0xFFC003FF, 0x91000000),
    (0x9F00001F, 0x90000001),
    (0xFFC003FF, 0x91000021),
    (0xFC000000, 0x14000000),
)
_DIRECTORY = struct.Struct("<20xIIIII")
_MOST_NAMES = 1 << 16


def complete(dll: Path) -> tuple[str, ...]:
    """Write code for the functions of `CODE` that `dll` lacks; return their names.

    :raises WinarmError: it is not a DLL that exports names.
    :raises OSError: it cannot be read or written.
    """
    data = bytearray(dll.read_bytes())
    headers = read_headers(bytes(data))
    written = []
    try:
        for name, offset in _exports(data, headers):
            code = CODE.get(name)
            if code and _is_stub(data, offset):
                struct.pack_into(f"<{len(code)}I", data, offset, *code)
                written.append(name)
    except struct.error as error:
        raise WinarmError(f"{dll} is damaged: {error}.") from error
    if written:
        dll.write_bytes(data)
    return tuple(written)


def _exports(data: bytearray, headers: Headers) -> Iterator[tuple[str, int]]:
    """Yield the exported names, each with the place of its code in the file."""
    directory = headers.directory(EXPORT)
    at = headers.offset(directory.rva)
    functions, names, addresses, pointers, ordinals = _DIRECTORY.unpack_from(data, at)
    address_of = struct.unpack_from(f"<{functions}I", data, headers.offset(addresses))
    names = min(names, _MOST_NAMES)
    pointer_of = struct.unpack_from(f"<{names}I", data, headers.offset(pointers))
    ordinal_of = struct.unpack_from(f"<{names}H", data, headers.offset(ordinals))
    for pointer, ordinal in zip(pointer_of, ordinal_of, strict=True):
        start = headers.offset(pointer)
        name = bytes(data[start : data.find(b"\0", start)]).decode("latin-1")
        forwards = directory.rva <= address_of[ordinal] < directory.rva + directory.size
        if name in CODE and not forwards:
            yield name, headers.offset(address_of[ordinal])


def _is_stub(data: bytearray, offset: int) -> bool:
    words = struct.unpack_from(f"<{len(_STUB)}I", data, offset)
    return all(word & mask == bits for word, (mask, bits) in zip(words, _STUB, strict=True))
