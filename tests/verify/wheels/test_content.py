from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from verify_samples.hostile import CASES
from verify_samples.wheel import packed

from winarm.verify import verify
from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError

from .conftest import MEMBERS, contents, faults

if TYPE_CHECKING:
    from pathlib import Path


NAME = "x.bin"
CONTENT = random.Random(1).randbytes(3000) + bytes(3000)


def archive_of(content: bytes = CONTENT, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(NAME, content)
    return buffer.getvalue()


def with_packed_data(data: bytes, size: int = len(CONTENT), packed_size: int = 0) -> bytes:
    """Return an archive whose only member has `data`, and promises `CONTENT`."""
    sizes = zlib.crc32(CONTENT), packed_size or len(data), size
    lengths = struct.pack("<IIIHH", *sizes, len(NAME), 0)
    about = struct.pack("<4H", 0, zipfile.ZIP_DEFLATED, 0, 0x21) + lengths
    local = b"PK\3\4\x14\0" + about + NAME.encode() + data
    central = b"PK\1\2\x14\0\x14\0" + about + struct.pack("<HHHII", 0, 0, 0, 0, 0) + NAME.encode()
    end = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def content_of(archive: bytes, *, checked: bool = True) -> Content:
    file = io.BytesIO(archive)
    entry = (found := read_archive(file, 10)).entries[0]
    return Content(file, entry, found.data_offsets[entry.header_offset], checked=checked)


def deflated(content: bytes = CONTENT) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


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


@pytest.mark.parametrize("checked", [True, False])
def test_member_comes_whole_and_then_ends(*, checked: bool) -> None:
    content = content_of(archive_of(), checked=checked)

    assert bytes(content.at_once() or b"") == CONTENT
    assert content.read(10) == b""


def test_archive_of_the_tests_is_like_one_of_zipfile() -> None:
    at_once = content_of(with_packed_data(deflated())).at_once()

    assert bytes(at_once or b"") == CONTENT


@pytest.mark.parametrize("content", [b"", b"a"])
def test_empty_or_tiny_member_comes_one_way_or_the_other(content: bytes) -> None:
    assert (content_of(archive_of(content)).at_once() or b"") == content
    assert content_of(archive_of(content)).read_all() == content


def test_stored_member_is_left_to_pieces() -> None:
    assert content_of(archive_of(method=zipfile.ZIP_STORED)).at_once() is None


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize(
    "data",
    [deflated()[:-1], b"", b"\xff" * 100, deflated(CONTENT + b"more"), deflated(CONTENT[:-1])],
    ids=["cut off", "no data", "no deflated data", "more than promised", "less than promised"],
)
def test_member_that_is_not_as_promised_is_left_to_pieces(data: bytes, *, checked: bool) -> None:
    assert content_of(with_packed_data(data), checked=checked).at_once() is None


def test_other_content_of_the_same_size_is_found_by_the_checksum() -> None:
    other = deflated(CONTENT[:-1] + b"x")

    assert content_of(with_packed_data(other)).at_once() is None
    assert content_of(with_packed_data(other), checked=False).at_once() is not None


@pytest.mark.parametrize(
    "hidden",
    [
        b"x",
        bytes(8),
        # What would end a gzip file here, so that its reader looks no further.
        struct.pack("<II", zlib.crc32(CONTENT), len(CONTENT)) + b"hidden",
    ],
    ids=["a byte", "zeros", "a trailer of its own"],
)
def test_bytes_hidden_behind_the_packed_data_are_seen(hidden: bytes) -> None:
    assert content_of(with_packed_data(deflated() + hidden)).at_once() is None


def test_other_content_with_a_checksum_of_its_own_is_seen() -> None:
    other = CONTENT[::-1]
    trailer = struct.pack("<II", zlib.crc32(other), len(other))

    assert content_of(with_packed_data(deflated(other) + trailer + b"hidden")).at_once() is None
    assert content_of(with_packed_data(deflated(other) + trailer)).at_once() is None


@pytest.mark.parametrize(
    ("size", "packed_size"),
    [(len(CONTENT), len(CONTENT) + 10_000), (2**31, 0), (1, 2**24), (2**27, 2**25)],
    ids=["more packed than there is", "large", "large when packed", "both"],
)
@pytest.mark.parametrize("checked", [True, False])
def test_what_is_only_claimed_is_left_to_pieces(
    size: int, packed_size: int, *, checked: bool
) -> None:
    claimed = with_packed_data(deflated(), size, packed_size)

    assert content_of(claimed, checked=checked).at_once() is None


WITHOUT = """
import sys
sys.modules["deflate"] = None
from winarm.verify import verify
from winarm.verify.wheels import content
assert content._libdeflate is None
for path in sys.argv[1:]:
    print(verify(path).findings)
"""


def test_findings_are_the_same_without_the_extra(tmp_path: Path) -> None:
    for number in range(len(CASES)):
        (tmp_path / f"{number}").mkdir()
    paths = [case.make(tmp_path / f"{number}") for number, case in enumerate(CASES)]

    said = subprocess.run(
        [sys.executable, "-c", WITHOUT, *paths], capture_output=True, text=True, check=True
    )

    assert said.stdout.splitlines() == [f"{verify(path).findings}" for path in paths]
