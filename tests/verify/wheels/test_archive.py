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

from .conftest import contents, faults

if TYPE_CHECKING:
    from pathlib import Path


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


def test_overlapping_members_are_found() -> None:
    data = bytearray(packed([("aaaa", b"1" * 100), ("bbbb", b"2" * 100)]))
    directory = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", directory + 4)
    struct.pack_into("<I", data, second + 42, 0)

    assert (Code.WA013, "bbbb") in faults(bytes(data))


@pytest.mark.parametrize("offset", [2**63 - 1, 2**63, 2**64 - 1])
def test_member_further_than_any_file_reaches_is_missing(offset: int) -> None:
    extra = struct.pack("<HHQ", 1, 8, offset)
    entry = b"PK\1\2" + struct.pack("<6H", 20, 20, 0, 0, 0, 0x21)
    entry += struct.pack("<IIIHHHHHII", 0, 0, 0, 1, len(extra), 0, 0, 0, 0, 2**32 - 1)
    entry += b"a" + extra
    end = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), 0, 0)

    assert (Code.WA012, "a") in faults(entry + end)
