from __future__ import annotations

import struct
import time

import pytest
from verify_samples.image import X86, image

from winarm.coff.image import read_image

#: pefile stops after so many symbols, and drops the DLLs that follow.
PEFILE_LIMIT = 0x2000


@pytest.mark.parametrize("wide", [True, False])
def test_names_and_ordinals_are_read(wide: bool) -> None:  # noqa: FBT001 - a parameter
    data = image(
        wide=wide,
        machine=0xAA64 if wide else X86,
        imports={"one.dll": ["f", 7], "Two.DLL": ["g"]},
        delay_imports={"late.dll": ["h", 65535]},
    )

    assert [(dll, *symbols, delayed) for dll, symbols, delayed, _ in read_image(data).imports] == [
        ("one.dll", "f", 7, False),
        ("Two.DLL", "g", False),
        ("late.dll", "h", 65535, True),
    ]


@pytest.mark.parametrize("wide", [True, False])
def test_zeros_across_two_thunks_do_not_end_a_list(wide: bool) -> None:  # noqa: FBT001 - a parameter
    symbols = ["f", 0, "g", 0, 0, 1]
    data = image(wide=wide, machine=0xAA64 if wide else X86, imports={"one.dll": symbols})

    (found,) = read_image(data).imports

    assert list(found.symbols) == ["f", "g", 0, 0, 0, 1]


def test_names_are_read_whatever_the_order_of_their_thunks() -> None:
    data = bytearray(image(imports={"one.dll": ["f", "g", "h"]}))
    headers = read_image(data).headers
    (table,) = struct.unpack_from("<I", data, headers.offset(headers.place(1)))
    thunks = struct.unpack_from("<3Q", data, headers.offset(table))
    struct.pack_into("<3Q", data, headers.offset(table), *thunks[::-1])

    (found,) = read_image(data).imports

    assert sorted(found.symbols) == ["f", "g", "h"]


def test_dlls_after_very_many_symbols_are_kept() -> None:
    many = [f"symbol{number}" for number in range(PEFILE_LIMIT + 10)]

    found = read_image(image(imports={"big.dll": many, "last.dll": ["f"]})).imports

    assert [(item.dll, len(item.symbols)) for item in found] == [
        ("big.dll", len(many)),
        ("last.dll", 1),
    ]


def test_dlls_beyond_the_limit_of_symbols_are_kept() -> None:
    found = read_image(image(imports={"a.dll": ["f"] * 10, "b.dll": ["g"]}), max_symbols=5)

    assert found.needs() == ("a.dll", "b.dll")
    assert found.defects


def test_symbols_are_read_only_where_wanted() -> None:
    data = image(imports={"Python313.dll": ["f"], "other.dll": ["g"]})

    found = read_image(data, lambda dll: dll == "python313.dll").imports

    assert [(item.dll, *item.symbols) for item in found] == [("Python313.dll", "f"), ("other.dll",)]


def test_tables_that_overlap_cost_no_time() -> None:
    """Thousands of descriptors that all point to the same long list."""
    data = bytearray(image(imports={"a.dll": ["f"] * 2000}))
    whole = read_image(bytes(data))
    (rva, _), headers = whole.headers.directory(1), whole.headers
    descriptor = data[headers.offset(rva) : headers.offset(rva) + 20]
    more = descriptor * 4000 + bytes(20)
    table = len(data)
    data += more
    # The last section's raw data grows to the end of the file.
    at = data.index(b".reloc")
    struct.pack_into("<I", data, at + 16, len(data) - headers.sections[1].raw_offset)
    new_rva = headers.sections[1].rva + table - headers.sections[1].raw_offset
    struct.pack_into("<I", data, data.index(struct.pack("<II", rva, whole.headers.directory(1)[1])),
                     new_rva)  # fmt: skip

    start = time.process_time()
    found = read_image(bytes(data))

    assert len(found.imports) == 4000
    assert found.defects
    assert time.process_time() - start < 20
