"""A member of a zip archive as a value, and what its two headers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, NamedTuple
from zlib import crc32

from winarm.verify.codes import Code

#: In place of a size or an offset that the ZIP64 extra field has.
FULL_32 = 0xFFFF_FFFF

ZIP64 = 1
UNICODE_PATH = 0x7075

# General purpose flags (4.4.4)
ENCRYPTED = 0x0001
DESCRIPTOR = 0x0008
UTF8 = 0x0800
_STRONG_ENCRYPTION = 0x0040
_MASKED_HEADERS = 0x2000
PATCH = 0x0020

_REGULAR, _FOLDER = 0o100000, 0o040000
#: Extra fields that are looked through; a member has two or three.
_MOST_FIELDS = 64
_FIELD_HEADER = 4
#: Where the name is in the extra field of a second name: after a version and a checksum.
_NAME_AT = 5
#: Offsets in a file are signed numbers of 64 bits.
_FURTHEST = 2**63 - 1


class ArchiveError(Exception):
    """The file is not a readable zip archive."""


class Fault(NamedTuple):
    """Something wrong with the archive, as a code, the member and a sentence."""

    code: Code
    member: str
    message: str


class Entry(NamedTuple):
    """A member as the archive's directory has it."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    header_offset: int
    #: The file type of a Unix mode, or 0.
    file_type: int
    #: A name in an extra field (4.6.9), which some readers take instead; or "".
    other_name: str
    #: Whether it is the entry of a folder.
    is_folder: bool

    @property
    def is_special(self) -> bool:
        """Return whether it is a symbolic link, a device or the like."""
        return self.file_type not in {0, _REGULAR, _FOLDER}

    @property
    def is_encrypted(self) -> bool:
        """Return whether its data or its header is encrypted."""
        return bool(self.flags & (ENCRYPTED | _STRONG_ENCRYPTION | _MASKED_HEADERS))

    @property
    def is_patch(self) -> bool:
        """Return whether its data is the difference to another file."""
        return bool(self.flags & PATCH)


def read_exactly(file: IO[bytes], offset: int, size: int) -> bytes:
    """Return `size` bytes at `offset`.

    :raises ArchiveError: the file ends before.
    """
    data = b""
    if offset <= _FURTHEST:
        file.seek(offset)
        data = file.read(size)
    if len(data) != size:
        raise ArchiveError("it is cut off")
    return data


def extra_fields(extra: bytes, *, whole: bool = True) -> tuple[dict[int, bytes], str]:
    """Return the extra fields of a header (4.5) by their kinds, and what is wrong with them.

    Installers differ in which of two fields of one kind they take, and most refuse a field that
    reaches past the end.

    :param whole: the last field must not be followed by part of another.
    """
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        if at + _FIELD_HEADER > len(extra):
            return fields, "its extra fields end with part of one" if whole else ""
        kind = int.from_bytes(extra[at : at + 2], "little")
        end = at + _FIELD_HEADER + int.from_bytes(extra[at + 2 : at + 4], "little")
        if end > len(extra):
            return fields, f"its extra field {kind:#06x} is longer than the space for it"
        if kind in fields:
            return fields, f"it has two extra fields {kind:#06x}"
        if len(fields) == _MOST_FIELDS:
            return fields, f"it has over {_MOST_FIELDS} extra fields"
        fields[kind] = extra[at + _FIELD_HEADER : end]
        if kind == UNICODE_PATH and not _is_name(fields[kind]):
            return fields, "its extra field with a second name is damaged"
        at = end
    return fields, ""


def wide_sizes(fields: Mapping[int, bytes], values: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """Return sizes (and the offset), those that do not fit from the ZIP64 extra field (4.5.3).

    :return: the values, and what is wrong with the field.
    """
    wide = fields.get(ZIP64)
    absent = values.count(FULL_32)
    if wide is None:
        return values, "it has no ZIP64 field with its sizes" if absent else ""
    numbers = [
        int.from_bytes(wide[index : index + 8], "little")
        for index in range(0, len(wide) // 8 * 8, 8)
    ]
    # Some writers always add the field to a member's own header, with the same sizes.
    if len(wide) != 8 * absent and not (absent == 0 and tuple(numbers) == values):
        words = f"its ZIP64 field has {len(wide)} bytes where {8 * absent} are due"
        return _filled(values, numbers), words
    return _filled(values, numbers), ""


def _filled(values: tuple[int, ...], numbers: list[int]) -> tuple[int, ...]:
    rest = iter(numbers)
    return tuple(next(rest, value) if value == FULL_32 else value for value in values)


def _is_name(field: bytes) -> bool:
    """Return whether an extra field can have a name: a version, a checksum, and UTF-8."""
    try:
        return len(field) >= _NAME_AT and field[_NAME_AT:].decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def unicode_name(fields: Mapping[int, bytes], raw_name: bytes) -> str:
    """Return the name that an extra field has for the one in the header (4.6.9), or "".

    Readers pass over one with the checksum of another name.
    """
    field = fields.get(UNICODE_PATH, b"")
    if int.from_bytes(field[1:_NAME_AT], "little") != crc32(raw_name):
        return ""
    return field[_NAME_AT:].decode("utf-8", "replace")
