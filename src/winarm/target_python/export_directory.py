"""The names that a DLL exports, each with what it is: a function or data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from winarm.coff.buffer import MalformedError
from winarm.coff.exports import MAX_EXPORTS, read_exports
from winarm.coff.headers import EXECUTABLE, Headers, read_headers
from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from winarm.python_exports import ExportKind

#: Most that is read of a DLL; CPython's have 4 to 8 MB.
_MOST = 64 * 2**20


def named_exports(dll: Path) -> dict[str, ExportKind]:
    """Return what `dll` exports by name, sorted.

    A name whose address is in executable memory, or that forwards to another DLL, is code.

    :raises TargetPythonError: the file cannot be read, or is not a DLL with names.
    """
    try:
        with dll.open("rb") as file:
            return dict(sorted(_names(file.read(_MOST)).items()))
    except OSError as error:
        raise TargetPythonError(f"{dll} cannot be read: {error.strerror or error}.") from error
    except MalformedError as error:
        raise TargetPythonError(f"{dll} is not a DLL that exports names: {error.what}.") from error


def _names(image: bytes) -> dict[str, ExportKind]:
    headers = read_headers(image)
    exports, faults, _ = read_exports(image, headers, MAX_EXPORTS)
    if not exports.table or max(exports.indices) >= len(exports.addresses):
        raise MalformedError(next(iter(faults), "it exports no names"))
    names = (name.removesuffix("\0") for name in exports.table)
    return {
        name: "FUNC"
        if index in exports.forwarders or _is_code(headers, exports.addresses[index])
        else "DATA"
        for name, index in zip(names, exports.indices, strict=True)
        # Any other is not a C name, and would be read as something else in a module definition.
        if name.isascii() and name.isidentifier()
    }


def _is_code(headers: Headers, address: int) -> bool:
    for section in headers.sections:
        size = max(section.virtual_size, section.raw_size)
        if section.rva <= address < section.rva + size:
            return bool(section.characteristics & EXECUTABLE)
    raise MalformedError(f"no section has address {address:#x}")
