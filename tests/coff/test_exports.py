from __future__ import annotations

import struct

from verify_samples.image import image

from winarm.coff.image import read_image


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
