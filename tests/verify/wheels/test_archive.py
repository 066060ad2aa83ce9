from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import packed

from winarm.verify import verify
from winarm.verify.codes import Code
from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError, extra_field

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = 1000


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


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_what_was_packed(method: int) -> None:
    members = {"a.txt": b"a" * 5000, "b/": b"", "b/c.bin": bytes(range(256)) * 5000, "ä.txt": b""}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)

    assert contents(buffer.getvalue()) == members
    assert faults(buffer.getvalue()) == []


def test_streamed_archive_is_no_fault() -> None:
    """Written to a pipe, sizes follow the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"a" * 1000)
        archive.writestr("b", b"b" * 1000)

    assert contents(pipe.getvalue()) == {"a": b"a" * 1000, "b": b"b" * 1000}
    assert faults(pipe.getvalue()) == []


def test_zip64_sizes_are_read() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("big", "w", force_zip64=True) as member,
    ):
        member.write(b"z" * 1000)

    assert contents(buffer.getvalue()) == {"big": b"z" * 1000}
    assert faults(buffer.getvalue()) == []


def test_few_extra_fields_are_looked_through() -> None:
    one, wanted = struct.pack("<HH", 9, 0), struct.pack("<HHB", 1, 1, 7)

    assert extra_field(one * 3 + wanted, 1) == b"\7"
    assert extra_field(one * 16_000 + wanted, 1) == b""


def test_packed_data_that_members_share_counts_for_each(tmp_path: Path) -> None:
    packed = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush(zlib.Z_FULL_FLUSH) * 80_000
    local = b"PK\3\4\24\0" + struct.pack("<4HIIIHH", 0, 8, 0, 33, 0, len(packed), 0, 1, 0)
    about = struct.pack("<4HIIIHHHHHII", 0, 8, 0, 33, 0, len(packed), 0, 1, 0, 0, 0, 0, 0, 0)
    members = 300
    central = (b"PK\1\2\24\0\24\0" + about + b"a") * members
    start = len(local) + 1 + len(packed)
    end = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, members, members, len(central), start, 0)
    path = tmp_path / "pkg-1.0-cp313-cp313-win_arm64.whl"
    path.write_bytes(local + b"a" + packed + central + end)

    assert "WA004" in {found.code.name for found in verify(path).findings}


def test_comment_is_no_fault() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"a")
        archive.comment = b"a comment"

    assert faults(buffer.getvalue()) == []


def test_overlapping_members_are_found() -> None:
    data = bytearray(packed([("aaaa", b"1" * 100), ("bbbb", b"2" * 100)]))
    directory = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", directory + 4)
    struct.pack_into("<I", data, second + 42, 0)

    assert (Code.WA013, "bbbb") in faults(bytes(data))


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


def test_too_many_members_are_refused() -> None:
    data = packed([(str(number), b"") for number in range(20)])

    with pytest.raises(ArchiveError, match="20 members"):
        read_archive(io.BytesIO(data), 19)


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


@pytest.mark.parametrize("offset", [2**63 - 1, 2**63, 2**64 - 1])
def test_member_further_than_any_file_reaches_is_missing(offset: int) -> None:
    extra = struct.pack("<HHQ", 1, 8, offset)
    entry = b"PK\1\2" + struct.pack("<6H", 20, 20, 0, 0, 0, 0x21)
    entry += struct.pack("<IIIHHHHHII", 0, 0, 0, 1, len(extra), 0, 0, 0, 0, 2**32 - 1)
    entry += b"a" + extra
    end = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), 0, 0)

    assert faults(entry + end) == [(Code.WA012, "a")]
