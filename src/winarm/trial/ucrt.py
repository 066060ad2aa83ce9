"""Functions of the C runtime that Wine does not have, as far as they are one instruction long.

Wine's ucrtbase.dll exports functions of complex numbers that end the program when they are called.
NumPy calls some of them while it is imported. Those that only move a register are written in their
place; the others stay as they are.
"""

from __future__ import annotations

import struct
from pathlib import Path

from winarm.coff.buffer import fields
from winarm.coff.exports import MAX_EXPORTS, read_exports
from winarm.coff.headers import read_headers
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
_STUB_WORDS = struct.Struct(f"<{len(_STUB)}I")


def complete(dll: Path) -> tuple[str, ...]:
    """Write code for the functions of `CODE` that `dll` lacks; return their names.

    :raises WinarmError: it is not a DLL that exports names.
    :raises OSError: it cannot be read or written.
    """
    data = bytearray(dll.read_bytes())
    headers = read_headers(data)
    exports, faults, _ = read_exports(data, headers, MAX_EXPORTS)
    if faults:
        raise WinarmError(f"{dll} is damaged: {faults[0]}.")
    written = []
    for name, code in CODE.items():
        index = exports.index(name)
        if index is None or index in exports.forwarders:
            continue
        offset = headers.offset(exports.addresses[index])
        if _is_stub(data, offset):
            struct.pack_into(f"<{len(code)}I", data, offset, *code)
            written.append(name)
    if written:
        dll.write_bytes(data)
    return tuple(written)


def _is_stub(data: bytearray, offset: int) -> bool:
    words = fields(_STUB_WORDS, data, offset, "an exported function")
    return all(word & mask == bits for word, (mask, bits) in zip(words, _STUB, strict=True))
