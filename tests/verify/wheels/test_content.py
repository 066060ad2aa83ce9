from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import packed

from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError

from .conftest import MEMBERS, contents, faults

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_what_was_packed(method: int) -> None:
    members = {"a.txt": b"a" * 5000, "b/": b"", "b/c.bin": bytes(range(256)) * 5000, "ä.txt": b""}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)

    assert contents(buffer.getvalue()) == members
    assert faults(buffer.getvalue()) == []


def test_every_cut_and_every_changed_byte_is_read_or_refused() -> None:
    data = packed([("a", b"a" * 300), ("b", b"b" * 300)])
    damaged = [data[:end] for end in range(len(data))]
    damaged += [data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] for at in range(len(data))]

    for broken in damaged:
        file = io.BytesIO(broken)
        try:
            archive = read_archive(file, MEMBERS)
        except ArchiveError:
            continue
        for entry in archive.entries:
            offset = archive.data_offsets.get(entry.header_offset)
            if offset is None:
                continue
            try:
                content = Content(file, entry, offset).read_all()
            except DamagedError:
                continue
            assert content in {b"a" * 300, b"b" * 300, b""}


def test_member_never_yields_more_than_promised(tmp_path: Path) -> None:
    data = bytearray(packed([("a", bytes(10**6))]))
    for signature, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", data, data.index(signature) + at, 1000)
    path = tmp_path / "x.zip"
    path.write_bytes(data)

    with path.open("rb") as file:
        archive = read_archive(file, MEMBERS)
        content = Content(file, archive.entries[0], 31)
        with pytest.raises(DamagedError, match="more than the 1000 bytes"):
            content.read(10**6)
