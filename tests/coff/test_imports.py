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


def test_exports_and_forwarders_are_read() -> None:
    found = read_image(
        image(exports=["PyInit__x", "other"], forwarders={"away": "K.f", "far": "a.b.g"})
    ).exports

    assert found.table == ("PyInit__x\0", "away\0", "far\0", "other\0")
    assert found.first_ordinal == 1
    assert found.forwarders == {1: "K.f", 2: "a.b.g"}
    assert found.forwards_to == {"k.dll", "a.b"}
    assert found.listed == 6
    assert found.names == {"PyInit__x", "other", "away", "far"}


def test_forwarders_that_share_a_text_are_a_defect_whatever_size_is_claimed() -> None:
    others = {f"f{number}": "K.f" for number in range(300)}
    data = bytearray(image(forwarders={"a": "K." + "f" * 900, **others}))
    headers = read_image(data).headers
    rva, size = headers.directory(0)
    count, functions = struct.unpack_from("<I4xI", data, headers.offset(rva) + 20)
    table = headers.offset(functions)
    (long,) = struct.unpack_from("<I", data, table)
    struct.pack_into(f"<{count}I", data, table, *[long] * count)
    claimed = bytes(data).replace(struct.pack("<II", rva, size), struct.pack("<II", rva, 2**31 - 1))

    assert read_image(claimed).defects == ("its forwarders overlap",)


def test_exported_names_may_hold_line_breaks() -> None:
    names = ["a", "b\nc", "d\r"]

    assert read_image(image(exports=names)).exports.names == set(names)


def test_exports_know_what_they_lack() -> None:
    exports = read_image(image(exports=["f"])).exports

    assert exports.lacks(["f", "g", 0, 1, 2]) == {"g", 0, 2}
