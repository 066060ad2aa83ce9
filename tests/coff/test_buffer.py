from __future__ import annotations

import pytest

from winarm.coff.buffer import U32, MalformedError, dll_file, fields, string_at, symbol_text


def test_fields_are_read_up_to_the_last_byte() -> None:
    assert fields(U32, b"\0\1\0\0\0", 1, "count") == (1,)


@pytest.mark.parametrize("offset", [-1, 2, 2**40])
def test_fields_beyond_the_data_are_malformed_and_named(offset: int) -> None:
    with pytest.raises(MalformedError, match="the count lies outside of the file"):
        fields(U32, b"\0\1\0\0\0", offset, "count")


def test_a_string_ends_at_its_nul() -> None:
    assert string_at(b"ab\0cd\0", 0, "name", 2 + 1) == "ab"
    assert string_at(b"ab\0cd\0", 3, "name", 10) == "cd"


@pytest.mark.parametrize(
    ("data", "offset", "most"),
    [
        (b"ab", 0, 10),
        (b"ab\0", 0, 2),
        (b"ab\0", 3, 10),
        (b"ab\0", -1, 10),
    ],
)
def test_a_string_without_end_is_malformed(data: bytes, offset: int, most: int) -> None:
    with pytest.raises(MalformedError, match="a name does not end"):
        string_at(data, offset, "name", most)


def test_no_bytes_of_a_name_are_lost() -> None:
    assert string_at(b"\xff\0", 0, "name", 10).encode("utf-8", "surrogateescape") == b"\xff"
    assert symbol_text("\xc3\xa9\xff") == "é\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("asked", "file"), [("KERNEL32", "kernel32.dll"), ("A.DLL", "a.dll"), ("x.pyd", "x.pyd")]
)
def test_the_loader_adds_a_suffix_to_a_name_without_one(asked: str, file: str) -> None:
    assert dll_file(asked) == file
