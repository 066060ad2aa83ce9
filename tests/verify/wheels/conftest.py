"""Archives made byte by byte, and what is read of them."""

from __future__ import annotations

import io
import struct
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.verify.codes import Code


MEMBERS = 1000


NO_HEADER: Mapping[str, int] = MappingProxyType({})


def faults(data: bytes) -> list[tuple[Code, str]]:
    archive = read_archive(io.BytesIO(data), MEMBERS)
    return [(fault.code, fault.member) for fault in archive.faults]


def contents(data: bytes) -> dict[str, bytes]:
    file = io.BytesIO(data)
    archive = read_archive(file, MEMBERS)
    return {
        entry.name: Content(file, entry, archive.data_offsets[entry.header_offset]).read_all()
        for entry in archive.entries
    }


def with_extra(
    local: bytes = b"", central: bytes = b"", header: Mapping[str, int] = NO_HEADER
) -> bytes:
    """Return an archive of the stored member `a`, with these extra fields in its headers.

    :param header: other values of the directory's entry or of the own header.
    """
    data = b"12345"
    crc = zlib.crc32(data)
    size, packed_size = header.get("size", 5), header.get("packed_size", 5)
    method, version = header.get("method", 0), header.get("version", 20)
    own = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, method, 0, 33, crc, packed_size, size, 1,
                      len(local)) + b"a" + local + data  # fmt: skip
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, version, 0, method, 0, 33, crc, 5, 5, 1, len(central),
        len(header.get("comment", 0) * b"c"), 0, 0, 0, header.get("offset", 0),
    ) + b"a" + central + header.get("comment", 0) * b"c"  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(own), 0)
    return own + entry + end


def field(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


UNKNOWN = field(0x5455, b"12345")


BOTH = struct.pack("<QQ", 5, 5)
