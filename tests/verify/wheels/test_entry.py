from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from winarm.verify.codes import Code

from .conftest import BOTH, UNKNOWN, contents, faults, field, with_extra


def test_zip64_sizes_are_read() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("big", "w", force_zip64=True) as member,
    ):
        member.write(b"z" * 1000)

    assert contents(buffer.getvalue()) == {"big": b"z" * 1000}
    assert faults(buffer.getvalue()) == []


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
        field(1, BOTH + b"12345678"),
        field(1, BOTH[:8]),
        field(1, b"1234"),
        field(1, struct.pack("<QQ", 5, 6)),
        b"".join(field(kind, b"") for kind in range(1, 70)),
        field(0x7075, b"\1\0"),
        field(0x7075, b"\1\0\0\0\0\xff"),
    ],
    ids=[
        "doubled",
        "doubled ZIP64",
        "longer than its space",
        "ZIP64 too long",
        "ZIP64 without need",
        "ZIP64 of half a size",
        "ZIP64 with another size",
        "very many",
        "half of a second name",
        "a second name that is not UTF-8",
    ],
)
@pytest.mark.parametrize("where", ["local", "central"])
def test_malformed_extra_fields_are_found(extra: bytes, where: str) -> None:
    data = with_extra(local=extra) if where == "local" else with_extra(central=extra)

    assert faults(data) == [(Code.WA016, "a")]


@pytest.mark.parametrize("rest", [b"\0", b"\0\0\0"])
def test_part_of_a_field_is_a_fault_where_readers_refuse_it(rest: bytes) -> None:
    assert faults(with_extra(local=UNKNOWN + rest)) == [(Code.WA016, "a")]
    assert faults(with_extra(central=UNKNOWN + rest)) == []


def test_second_name_for_another_name_is_passed_over() -> None:
    extra = field(0x7075, struct.pack("<BI", 1, zlib.crc32(b"b")) + b"evil.py")

    assert faults(with_extra(local=extra, central=extra)) == []


def test_size_that_only_a_zip64_field_could_have_is_found_without_one() -> None:
    assert (Code.WA016, "a") in faults(with_extra(header={"size": 2**32 - 1}))


def test_unicode_name_of_the_own_header_counts() -> None:
    extra = field(0x7075, struct.pack("<BI", 1, zlib.crc32(b"a")) + b"evil.py")

    assert faults(with_extra(local=extra)) == [(Code.WA012, "a")]
