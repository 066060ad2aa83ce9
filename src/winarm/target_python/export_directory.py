"""The names that a DLL exports, read from its export directory.

Layouts are those of Microsoft's "PE Format": the optional header's data directories, section
headers, and the export directory table with its name pointers, ordinals and addresses.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.python_exports import Kind

#: Most that is read of a DLL; CPython's have 4 to 8 MB.
_MOST = 64 * 2**20
_MOST_NAMES = 65536
_LONGEST_NAME = 512

_PE32_PLUS = 0x20B
_EXECUTABLE = 0x20000000
_SECTION_HEADER = 40


@dataclass(frozen=True, slots=True)
class _Section:
    address: int
    size: int
    offset: int
    executable: bool


class _Malformed(Exception):  # noqa: N818 - never leaves this module
    """The bytes are not those of a DLL."""


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
    except (struct.error, _Malformed, UnicodeDecodeError) as error:
        message = f"{dll} is not a DLL that exports names: {error}."
        raise TargetPythonError(message) from error


def _names(image: bytes) -> dict[str, Kind]:
    sections, (directory, directory_size) = _headers(image)
    table = _offset(sections, directory)
    functions, names = struct.unpack_from("<II", image, table + 20)
    addresses, pointers, ordinals = struct.unpack_from("<III", image, table + 28)
    if max(functions, names) > _MOST_NAMES:
        message = f"it claims {max(functions, names)} exports"
        raise _Malformed(message)
    address_of = struct.unpack_from(f"<{functions}I", image, _offset(sections, addresses))
    pointer_of = struct.unpack_from(f"<{names}I", image, _offset(sections, pointers))
    ordinal_of = struct.unpack_from(f"<{names}H", image, _offset(sections, ordinals))
    found: dict[str, Kind] = {}
    for pointer, ordinal in zip(pointer_of, ordinal_of, strict=True):
        if ordinal >= functions:
            message = f"a name stands for export {ordinal} of {functions}"
            raise _Malformed(message)
        address = address_of[ordinal]
        forwards = directory <= address < directory + directory_size
        code = forwards or _section(sections, address).executable
        found[_text(image, _offset(sections, pointer))] = "FUNC" if code else "DATA"
    # Any other is no C name, and would be read as something else in a module definition.
    return {name: kind for name, kind in found.items() if name.isidentifier()}


def _headers(image: bytes) -> tuple[tuple[_Section, ...], tuple[int, int]]:
    """Return the sections, and address and size of the export directory."""
    (header,) = struct.unpack_from("<I", image, 0x3C)
    if not image.startswith(b"MZ") or image[header : header + 4] != b"PE\0\0":
        message = "it does not begin as an image does"
        raise _Malformed(message)
    count, optional_size = struct.unpack_from("<2xH12xH", image, header + 4)
    optional = header + 24
    (magic,) = struct.unpack_from("<H", image, optional)
    directory = struct.unpack_from("<II", image, optional + (112 if magic == _PE32_PLUS else 96))
    sections = []
    for index in range(count):
        size, address, raw_size, offset, flags = struct.unpack_from(
            "<8xIIII12xI", image, optional + optional_size + index * _SECTION_HEADER
        )
        executable = bool(flags & _EXECUTABLE)
        sections.append(_Section(address, max(size, raw_size), offset, executable))
    return tuple(sections), directory


def _section(sections: tuple[_Section, ...], address: int) -> _Section:
    for section in sections:
        if section.address <= address < section.address + section.size:
            return section
    message = f"no section has address 0x{address:X}"
    raise _Malformed(message)


def _offset(sections: tuple[_Section, ...], address: int) -> int:
    section = _section(sections, address)
    return address - section.address + section.offset


def _text(image: bytes, offset: int) -> str:
    end = image.find(b"\0", offset, offset + _LONGEST_NAME)
    if end < 0:
        message = "a name does not end"
        raise _Malformed(message)
    return image[offset:end].decode("ascii")
