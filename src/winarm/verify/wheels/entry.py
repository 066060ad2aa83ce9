"""A member of a zip archive as a value, and what its two headers have in common."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from winarm.verify.codes import Code

#: In place of a size or an offset that the ZIP64 extra field has.
FULL_32 = 0xFFFF_FFFF

_ZIP64 = 1

# General purpose flags (4.4.4)
ENCRYPTED = 0x0001
DESCRIPTOR = 0x0008
_STRONG_ENCRYPTION = 0x0040
_MASKED_HEADERS = 0x2000

_REGULAR, _FOLDER = 0o100000, 0o040000
#: Extra fields that are looked through; a member has two or three.
_MOST_FIELDS = 64
#: Offsets in a file are signed numbers of 64 bits.
_FURTHEST = 2**63 - 1


class ArchiveError(Exception):
    """The file is no zip archive that can be read."""


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

    @property
    def is_folder(self) -> bool:
        """Return whether it stands for a folder."""
        return self.name.endswith("/")

    @property
    def is_special(self) -> bool:
        """Return whether it is a symbolic link, a device or the like."""
        return self.file_type not in {0, _REGULAR, _FOLDER}

    @property
    def is_encrypted(self) -> bool:
        """Return whether its data or its header is encrypted."""
        return bool(self.flags & (ENCRYPTED | _STRONG_ENCRYPTION | _MASKED_HEADERS))


def read_exactly(file: IO[bytes], offset: int, size: int) -> bytes:
    """Return `size` bytes at `offset`.

    :raises ArchiveError: the file ends before.
    """
    data = b""
    if offset <= _FURTHEST:
        file.seek(offset)
        data = file.read(size)
    if len(data) != size:
        message = "it is cut off"
        raise ArchiveError(message)
    return data


def extra_field(extra: bytes, wanted: int) -> bytes:
    """Return the extra field of that kind (4.5), or nothing."""
    at = 0
    for _ in range(_MOST_FIELDS):
        if at + 4 > len(extra):
            break
        kind = int.from_bytes(extra[at : at + 2], "little")
        length = int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


def wide_fields(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return sizes and offset, those that do not fit from the ZIP64 extra field (4.5.3)."""
    if FULL_32 not in values:
        return values
    wide = extra_field(extra, _ZIP64)
    numbers = iter(
        int.from_bytes(wide[index : index + 8], "little")
        for index in range(0, len(wide) // 8 * 8, 8)
    )
    size, packed, offset = (next(numbers, value) if value == FULL_32 else value for value in values)
    return size, packed, offset
