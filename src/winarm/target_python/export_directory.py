"""The names that a DLL exports, each with what it is: a function or data."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from winarm.coff.buffer import MalformedError, fields, string_at
from winarm.coff.headers import EXECUTABLE, EXPORT, read_headers
from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.coff.headers import Headers
    from winarm.python_exports import Kind

#: Most that is read of a DLL; CPython's have 4 to 8 MB.
_MOST = 64 * 2**20
_MOST_NAMES = 65536
_LONGEST_NAME = 512

#: Of the export directory: functions, names, and where their tables are.
_TABLES = Struct("<20xIIIII")


def read_exports(dll: Path) -> dict[str, Kind]:
    """Return what `dll` exports by name, sorted.

    A name whose address is in executable memory, or that forwards to another DLL, is code.

    :raises TargetPythonError: the file cannot be read, or is no DLL with names.
    """
    try:
        with dll.open("rb") as file:
            return dict(sorted(_names(file.read(_MOST)).items()))
    except OSError as error:
        message = f"{dll} cannot be read: {error.strerror or error}."
        raise TargetPythonError(message) from error
    except MalformedError as error:
        message = f"{dll} is not a DLL that exports names: {error.what}."
        raise TargetPythonError(message) from error


def _names(image: bytes) -> dict[str, Kind]:
    headers = read_headers(image)
    directory = headers.directory(EXPORT)
    at = headers.offset(directory.rva)
    functions, names, addresses, pointers, ordinals = fields(_TABLES, image, at, "exports")
    if max(functions, names) > _MOST_NAMES:
        message = f"it claims {max(functions, names)} exports"
        raise MalformedError(message)

    def table(rva: int, count: int, form: str) -> tuple[int, ...]:
        return fields(Struct(f"<{count}{form}"), image, headers.offset(rva), "export tables")

    address_of = table(addresses, functions, "I")
    found: dict[str, Kind] = {}
    for pointer, ordinal in zip(
        table(pointers, names, "I"), table(ordinals, names, "H"), strict=True
    ):
        if ordinal >= functions:
            message = f"a name stands for export {ordinal} of {functions}"
            raise MalformedError(message)
        address = address_of[ordinal]
        forwards = directory.rva <= address < directory.rva + directory.size
        code = forwards or _is_code(headers, address)
        name = string_at(image, headers.offset(pointer), "a name", _LONGEST_NAME)
        found[name] = "FUNC" if code else "DATA"
    # Any other is no C name, and would be read as something else in a module definition.
    return {name: kind for name, kind in found.items() if name.isascii() and name.isidentifier()}


def _is_code(headers: Headers, address: int) -> bool:
    for section in headers.sections:
        size = max(section.virtual_size, section.raw_size)
        if section.rva <= address < section.rva + size:
            return bool(section.characteristics & EXECUTABLE)
    message = f"no section has address {address:#x}"
    raise MalformedError(message)
