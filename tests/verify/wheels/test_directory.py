from __future__ import annotations

import io
import struct
import zipfile

import pytest
from verify_samples.wheel import packed

from winarm.verify.codes import Code
from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.entry import ArchiveError

from .conftest import faults, with_extra


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
        ("\u202e".encode(), 0x800, True),
        ("\u00ad".encode(), 0x800, True),
        ("\ue000".encode(), 0x800, True),
        ("\u0301".encode(), 0x800, False),
        ("\U0001f600".encode(), 0x800, False),
    ],
)
def test_names_that_readers_decode_in_different_ways_are_found(
    name: bytes,
    flags: int,
    found: bool,  # noqa: FBT001 - a parameter
) -> None:
    stand_in = "a" * len(name)
    data = packed([(stand_in, b"1")])
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.index(signature)
        data = data[: start + at] + struct.pack("<H", flags) + data[start + at + 2 :]

    assert bool(faults(data.replace(stand_in.encode(), name))) is found


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


def test_comment_is_no_fault() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"a")
        archive.comment = b"a comment"

    assert faults(buffer.getvalue()) == []


@pytest.mark.parametrize("record", [b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\7\x08"])
def test_comment_in_which_readers_find_a_record_is_found(record: bytes) -> None:
    comment = b"x" + record + b"x"
    data = with_extra()[:-2] + struct.pack("<H", len(comment)) + comment

    assert faults(data) == [(Code.WA013, "")]


def test_too_many_members_are_refused() -> None:
    data = packed([(str(number), b"") for number in range(20)])

    with pytest.raises(ArchiveError, match="20 members"):
        read_archive(io.BytesIO(data), 19)
