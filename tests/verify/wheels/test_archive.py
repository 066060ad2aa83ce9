from __future__ import annotations

import io
import struct
import zipfile
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import packed

from winarm.verify import verify
from winarm.verify.codes import Code
from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_what_was_packed(method: int) -> None:
    members = {"a.txt": b"a" * 5000, "b/": b"", "b/c.bin": bytes(range(256)) * 5000, "ä.txt": b""}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)

    assert contents(buffer.getvalue()) == members
    assert faults(buffer.getvalue()) == []


def streamed() -> bytes:
    """Return an archive as it is written to a pipe: sizes follow the data."""

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
    return pipe.getvalue()


def test_streamed_archive_is_read_and_refused() -> None:
    """PyPI rejects data descriptors; installers read them."""
    assert contents(streamed()) == {"a": b"a" * 1000, "b": b"b" * 1000}
    assert faults(streamed()) == [(Code.WA015, "a"), (Code.WA015, "b")]


@pytest.mark.parametrize("at", [0, 4, 8, 12])
def test_data_descriptor_that_contradicts_the_directory_is_found(at: int) -> None:
    data = bytearray(streamed())
    data[data.index(b"PK\7\x08") + at] ^= 1

    assert (Code.WA012, "a") in faults(bytes(data))


def test_64_bit_data_descriptor_is_read() -> None:
    data = streamed()
    at = data.index(b"PK\7\x08")
    crc, packed_size, size = struct.unpack_from("<3I", data, at + 4)
    wide = data[:at] + b"PK\7\x08" + struct.pack("<IQQ", crc, packed_size, size) + data[at + 16 :]
    directory = wide.index(b"PK\1\2")
    moved = bytearray(wide)
    struct.pack_into("<I", moved, wide.index(b"PK\1\2", directory + 4) + 42, at + 24)
    struct.pack_into("<I", moved, wide.index(b"PK\5\6") + 16, directory)

    assert set(faults(bytes(moved))) == {(Code.WA015, "a"), (Code.WA015, "b")}


def test_zip64_sizes_are_read() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("big", "w", force_zip64=True) as member,
    ):
        member.write(b"z" * 1000)

    assert contents(buffer.getvalue()) == {"big": b"z" * 1000}
    assert faults(buffer.getvalue()) == []


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


@pytest.mark.parametrize("extra", [b"", UNKNOWN, UNKNOWN + field(0x7875, b"")])
def test_sound_extra_fields_are_no_fault(extra: bytes) -> None:
    assert faults(with_extra(extra, extra)) == []


@pytest.mark.parametrize("extra", [field(1, BOTH), field(1, b"")])
def test_zip64_field_that_repeats_the_header_or_is_empty_is_no_fault(extra: bytes) -> None:
    assert faults(with_extra(local=extra)) == []


@pytest.mark.parametrize(
    "extra",
    [
        UNKNOWN + UNKNOWN,
        field(1, BOTH) + field(1, BOTH),
        UNKNOWN[:-1],
        UNKNOWN + b"\0",
        UNKNOWN + b"\0\0\0",
        field(1, BOTH + b"12345678"),
        field(1, BOTH[:8]),
        field(1, b"1234"),
        field(1, struct.pack("<QQ", 5, 6)),
        b"".join(field(kind, b"") for kind in range(1, 70)),
    ],
    ids=[
        "doubled",
        "doubled ZIP64",
        "longer than its space",
        "one byte more",
        "three bytes more",
        "ZIP64 too long",
        "ZIP64 without need",
        "ZIP64 of half a size",
        "ZIP64 with another size",
        "very many",
    ],
)
@pytest.mark.parametrize("where", ["local", "central"])
def test_malformed_extra_fields_are_found(extra: bytes, where: str) -> None:
    data = with_extra(local=extra) if where == "local" else with_extra(central=extra)

    assert faults(data) == [(Code.WA016, "a")]


def test_size_that_only_a_zip64_field_could_have_is_found_without_one() -> None:
    assert (Code.WA016, "a") in faults(with_extra(header={"size": 2**32 - 1}))


def test_unicode_name_of_the_own_header_counts() -> None:
    extra = field(0x7075, struct.pack("<BI", 1, zlib.crc32(b"a")) + b"evil.py")

    assert faults(with_extra(local=extra)) == [(Code.WA012, "a")]


@pytest.mark.parametrize("header", [{"comment": 3}, {"version": 64}])
def test_comment_of_a_member_and_a_newer_format_are_found(header: dict[str, int]) -> None:
    assert faults(with_extra(header=header)) == [(Code.WA015, "a")]


@pytest.mark.parametrize(
    ("name", "flags", "found"),
    [
        ("\u00e4".encode(), 0x800, False),
        ("\u00e4".encode(), 0, True),
        (b"\xe4a", 0x800, True),
        (b"\x7fa", 0, True),
    ],
)
def test_names_that_readers_decode_in_different_ways_are_found(
    name: bytes,
    flags: int,
    found: bool,  # noqa: FBT001 - a parameter
) -> None:
    data = packed([("aa", b"1")])
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.index(signature)
        data = data[: start + at] + struct.pack("<H", flags) + data[start + at + 2 :]

    assert bool(faults(data.replace(b"aa", name))) is found


def end_64(rest: int = 44, members: int = 1, gap: bytes = b"") -> bytes:
    """Return an archive with a 64-bit end record and a locator of it."""
    data = with_extra()
    at = data.index(b"PK\5\6")
    directory = data.index(b"PK\1\2")
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", rest, 45, 45, 0, 0, members, members,
                         at - directory, directory)  # fmt: skip
    record += bytes(rest - 44) + gap
    return data[:at] + record + struct.pack("<4sIQI", b"PK\6\7", 0, at, 1) + data[at:]


def test_64_bit_end_record_without_need_is_no_fault() -> None:
    assert faults(end_64()) == []


def test_extensible_data_of_the_64_bit_end_record_is_found() -> None:
    assert faults(end_64(rest=60)) == [(Code.WA015, "")]


def test_bytes_after_the_64_bit_end_record_are_found() -> None:
    assert faults(end_64(gap=b"gap")) == [(Code.WA013, "")]


def test_two_end_records_that_contradict_each_other_are_found() -> None:
    data = bytearray(end_64())
    data[data.index(b"PK\5\6") + 8] = data[data.index(b"PK\5\6") + 10] = 2

    assert faults(bytes(data)) == [(Code.WA013, "")]


def test_folder_with_content_is_found() -> None:
    assert faults(packed([("a/", b"1")])) == [(Code.WA012, "a/")]


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

    assert (Code.WA012, "a") in faults(entry + end)
