from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pefile  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from winarm.coff.buffer import MAX_NAME
from winarm.errors import TargetPythonError
from winarm.target_python.export_directory import named_exports

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain

CODE, DATA, EXPORTS = 0x1000, 0x2000, 0x3000
EXECUTABLE, READABLE = 0x60000020, 0x40000040

#: Name and address of each; the last one lies in the export directory, so it forwards.
SYMBOLS = {
    b"PyBool_Type": DATA + 8,
    b"PyObject_Call": CODE + 16,
    b"?mangled@@YAXXZ": CODE,
    b"Py_Forwarded": EXPORTS + 4,
}


def dll(
    symbols: dict[bytes, int] = SYMBOLS, *, count: int | None = None, wide: bool = True
) -> bytes:
    """Build the least image that has an export directory."""
    names = b"".join(name + b"\0" for name in symbols)
    tables = 40 + len(symbols) * 10
    pointers, at = [], EXPORTS + tables
    for name in symbols:
        pointers.append(at)
        at += len(name) + 1
    number = len(symbols) if count is None else count
    functions = EXPORTS + 40
    pointer_table = functions + 4 * len(symbols)
    ordinals = pointer_table + 4 * len(symbols)
    directory = struct.pack(
        "<IIHHIIIIIII",
        *(0, 0, 0, 0, 0, 1),
        *(number, number, functions, pointer_table, ordinals),
    )
    directory += struct.pack(f"<{len(symbols)}I", *symbols.values())
    directory += struct.pack(f"<{len(symbols)}I", *pointers)
    directory += struct.pack(f"<{len(symbols)}H", *range(len(symbols)))
    exports = directory + names
    optional = struct.pack("<H", 0x20B if wide else 0x10B).ljust(108 if wide else 92, b"\0")
    optional += struct.pack("<I", 16)
    optional += struct.pack("<II", EXPORTS, len(exports)).ljust(128, b"\0")
    header = b"PE\0\0" + struct.pack("<HHIIIHH", 0xAA64, 3, 0, 0, 0, len(optional), 0)
    sections = b"".join(
        struct.pack("<8sIIIIIIHHI", name, 0x1000, address, 0x200, offset, 0, 0, 0, 0, flags)
        for name, address, offset, flags in (
            (b".text", CODE, 0x400, EXECUTABLE),
            (b".data", DATA, 0x400, READABLE),
            (b".edata", EXPORTS, 0x400, READABLE),
        )
    )
    dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    return (dos + header + optional + sections).ljust(0x400, b"\0") + exports


def written(folder: Path, content: bytes) -> Path:
    (folder / "python315.dll").write_bytes(content)
    return folder / "python315.dll"


@pytest.mark.parametrize("wide", [True, False])
def test_names_are_sorted_and_their_kind_is_that_of_their_memory(
    tmp_path: Path, *, wide: bool
) -> None:
    exports = named_exports(written(tmp_path, dll(wide=wide)))

    assert list(exports.items()) == [
        ("PyBool_Type", "DATA"),
        ("PyObject_Call", "FUNC"),
        ("Py_Forwarded", "FUNC"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ",
        dll()[:0x200],
        dll()[:0x430],
        dll(count=0xFFFFFF),
        dll({b"PyBool_Type": 0x9000}),
        dll().replace(b"PE\0\0", b"LE\0\0"),
        dll({b"P" * (MAX_NAME + 1): CODE}),
    ],
    ids=["empty", "cut", "no sections", "no tables", "endless", "nowhere", "no image", "long"],
)
def test_what_is_no_dll_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TargetPythonError, match=r"python315\.dll is not a DLL that exports"):
        named_exports(written(tmp_path, content))


def test_an_absent_dll_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(TargetPythonError, match=r"python315\.dll cannot be read"):
        named_exports(tmp_path / "python315.dll")


@given(st.integers(0x3C, len(dll()) - 1), st.binary(min_size=1, max_size=8))
@example(0x3C, b"\xff\xff\xff\xff")
def test_no_bytes_make_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes
) -> None:
    content = dll()[:at] + noise + dll()[at + len(noise) :]

    try:
        exports = named_exports(written(tmp_path_factory.getbasetemp(), content))
    except TargetPythonError:
        exports = {}
    assert set(exports.values()) <= {"FUNC", "DATA"}


@pytest.mark.integration
def test_it_reads_what_pefile_reads(zig_host: Host, zig: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "d.c").write_text(
        "__declspec(dllexport) int PyX_Data = 1;\n"
        "__declspec(dllexport) int PyX_Call(void) { return PyX_Data; }\n"
    )

    answer = zig_host.run(
        [*zig.cc, "-shared", "-o", "python315.dll", "d.c"], cwd=tmp_path, timeout=600
    )

    assert answer.ok, answer.stderr
    with pefile.PE(tmp_path / "python315.dll") as image:
        names = sorted(entry.name.decode() for entry in image.DIRECTORY_ENTRY_EXPORT.symbols)
    exports = named_exports(tmp_path / "python315.dll")
    assert list(exports) == names
    assert (exports["PyX_Data"], exports["PyX_Call"]) == ("DATA", "FUNC")
