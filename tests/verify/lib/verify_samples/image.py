"""PE images, object files and libraries, built from a description; valid unless asked not to be.

The image has one section for everything but relocations: headers, then tables in the order they
are laid out, at the same distance in the file as in memory. In memory the section is as large as
to end where the relocations begin.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ARM64, AMD64, X86, ARMNT = 0xAA64, 0x8664, 0x014C, 0x01C4
ARM64EC_OBJECT, ARM64X_OBJECT = 0xA641, 0xA64E

#: HIGH_ENTROPY_VA, DYNAMIC_BASE and NX_COMPAT.
SOUND = 0x0020 | 0x0040 | 0x0100

E_LFANEW = 0x80
HEADERS_SIZE = 0x400
SECTION_RVA = 0x1000
RELOC_RVA = 0x100000
TEXT = 0x6000_0020
DATA = 0xC000_0040


@dataclass(frozen=True)
class ImageSpec:
    """What an image is to be."""

    machine: int = ARM64
    #: DLL to names, or numbers for ordinals.
    imports: Mapping[str, Sequence[str | int]] = field(default_factory=dict)
    delay_imports: Mapping[str, Sequence[str | int]] = field(default_factory=dict)
    exports: Sequence[str] = ()
    forwarders: Mapping[str, str] = field(default_factory=dict)
    name: str = "image.dll"
    wide: bool = True
    dll: bool = True
    #: A pointer to CHPE metadata: a hybrid image.
    chpe: bool = False
    #: Dynamic relocations that turn the machine into this one (ARM64X).
    x64_view: int | None = None
    dynamic_relocation_version: int = 1
    #: Size of the load configuration that it claims.
    load_config_size: int = 0x140
    #: Flags of the CLR header, and whether there is native code beside.
    clr_flags: int | None = None
    clr_native: bool = False
    pdb: str | None = None
    flags: int = SOUND
    base: int | None = None
    characteristics: int = 0x0022
    subsystem: int = 2
    subsystem_version: tuple[int, int] = (6, 2)
    #: Address and size of the relocation directory, where it is not the section of that name.
    relocations: tuple[int, int] | None = None
    #: The relocations themselves, where not one block without any.
    relocation_blocks: bytes | None = None
    #: What the headers claim, where not what is.
    section_alignment: int = 0x1000
    file_alignment: int = 0x200
    size_of_image: int | None = None
    size_of_headers: int = HEADERS_SIZE
    entry_point: int = 0x1000
    #: Addresses of exported functions, where not the entry point's.
    export_addresses: Mapping[str, int] = field(default_factory=dict)
    #: Indices of the addresses of exported names, where not their own.
    export_indices: Mapping[str, int] = field(default_factory=dict)
    #: Names in this order, not sorted.
    unsorted_exports: bool = False
    #: A side-by-side manifest, and the number of its resource.
    manifest: bytes = b""
    manifest_id: int = 2
    section_characteristics: int = TEXT
    section_rva: int = SECTION_RVA
    #: Sections beside the two: name, virtual size, rva, raw size, raw offset, characteristics.
    more_sections: Sequence[tuple[bytes, int, int, int, int, int]] = ()


class _Layout:
    """Bytes of the section, and where in memory each part of it is."""

    def __init__(self, rva: int) -> None:
        self.rva = rva
        self.data = bytearray()

    def add(self, part: bytes) -> int:
        self.data += bytes(-len(self.data) % 8)
        self.data += part
        return self.rva + len(self.data) - len(part)

    def patch(self, rva: int, part: bytes) -> None:
        at = rva - self.rva
        self.data[at : at + len(part)] = part


def image(**wishes: Any) -> bytes:  # noqa: ANN401 - the fields of ImageSpec
    """Return the bytes of an image; `wishes` are the fields of an ImageSpec."""
    spec = ImageSpec(**wishes)
    base = spec.base if spec.base is not None else (0x1_8000_0000 if spec.wide else 0x1000_0000)
    layout = _Layout(spec.section_rva)
    layout.add(b"code of no meaning")
    directories: dict[int, tuple[int, int]] = {}
    if spec.exports or spec.forwarders:
        directories[0] = _exports(layout, spec)
    if spec.imports:
        directories[1], directories[12] = _imports(layout, spec)
    if spec.delay_imports:
        directories[13] = _delay_imports(layout, spec)
    if spec.pdb is not None:
        directories[6] = _debug(layout, spec.pdb)
    if spec.clr_flags is not None:
        directories[14] = _clr(layout, spec.clr_flags, native=spec.clr_native)
    if spec.manifest:
        directories[2] = _manifest(layout, spec)
    if spec.chpe:
        directories[10] = _load_config(layout, spec, base)
    return _assemble(spec, base, bytes(layout.data), directories)


def _assemble(
    spec: ImageSpec, base: int, body: bytes, directories: Mapping[int, tuple[int, int]]
) -> bytes:
    raw = body + bytes(-len(body) % 0x200)
    relocations = _relocations(spec)
    reloc_rva = max(RELOC_RVA, -(-(spec.section_rva + len(body)) // 0x1000) * 0x1000)
    if spec.relocations is None:
        directories = {**directories, 5: (reloc_rva, len(spec.relocation_blocks or bytes(12)))}
    else:
        directories = {**directories, 5: spec.relocations}
    raw_relocations = relocations + bytes(-len(relocations) % 0x200)
    sections = [
        (b".text", reloc_rva - spec.section_rva, spec.section_rva, len(raw), HEADERS_SIZE,
         spec.section_characteristics),
        (b".reloc", len(relocations), reloc_rva, len(raw_relocations), HEADERS_SIZE + len(raw),
         0x4200_0040),
        *spec.more_sections,
    ]  # fmt: skip
    optional = _optional_header(spec, base, directories, _image_end(sections))
    characteristics = spec.characteristics | (0x2000 if spec.dll else 0)
    coff = struct.pack(
        "<4sHHIIIHH", b"PE\0\0", spec.machine, len(sections), 0, 0, 0, len(optional),
        characteristics,
    )  # fmt: skip
    table = b"".join(
        struct.pack("<8sIIIIIIHHI", name, size, rva, raw_size, raw_offset, 0, 0, 0, 0, flags)
        for name, size, rva, raw_size, raw_offset, flags in sections
    )
    dos = b"MZ" + bytes(0x3A) + struct.pack("<I", E_LFANEW)
    head = dos + bytes(E_LFANEW - len(dos)) + coff + optional + table
    return head + bytes(HEADERS_SIZE - len(head)) + raw + raw_relocations


def _image_end(sections: Sequence[tuple[bytes, int, int, int, int, int]]) -> int:
    end = max(rva + size for _, size, rva, *_ in sections)
    return -(-end // 0x1000) * 0x1000


def _optional_header(
    spec: ImageSpec, base: int, directories: Mapping[int, tuple[int, int]], end: int
) -> bytes:
    major, minor = spec.subsystem_version
    image_size = end if spec.size_of_image is None else spec.size_of_image
    middle = (spec.section_alignment, spec.file_alignment, 6, 2, 0, 0, major, minor, 0, image_size,
              spec.size_of_headers, 0, spec.subsystem, spec.flags)  # fmt: skip
    entry = spec.entry_point
    if spec.wide:
        fixed = struct.pack("<HBBIIIIIQ", 0x20B, 14, 0, 0x200, 0, 0, entry, 0x1000, base)
        fixed += struct.pack("<IIHHHHHHIIIIHH", *middle)
        fixed += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    else:
        fixed = struct.pack("<HBBIIIIIII", 0x10B, 14, 0, 0x200, 0, 0, entry, 0x1000, 0x2000, base)
        fixed += struct.pack("<IIHHHHHHIIIIHH", *middle)
        fixed += struct.pack("<IIIIII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    return fixed + b"".join(
        struct.pack("<II", *directories.get(index, (0, 0))) for index in range(16)
    )


def _thunks(layout: _Layout, spec: ImageSpec, symbols: Sequence[str | int]) -> int:
    width, flag = ("<Q", 1 << 63) if spec.wide else ("<I", 1 << 31)
    cells = [
        flag | symbol
        if isinstance(symbol, int)
        else layout.add(struct.pack("<H", 0) + symbol.encode() + b"\0")
        for symbol in symbols
    ]
    return layout.add(b"".join(struct.pack(width, cell) for cell in (*cells, 0)))


def _imports(layout: _Layout, spec: ImageSpec) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where the import table is, and where the tables of addresses are."""
    rows = b""
    starts = []
    for dll, symbols in spec.imports.items():
        name = layout.add(dll.encode() + b"\0")
        lookup = _thunks(layout, spec, symbols)
        starts.append(_thunks(layout, spec, symbols))
        rows += struct.pack("<IIIII", lookup, 0, 0, name, starts[-1])
    end = layout.rva + len(layout.data)
    rows += bytes(20)
    return (layout.add(rows), len(rows)), (starts[0], end - starts[0])


def _delay_imports(layout: _Layout, spec: ImageSpec) -> tuple[int, int]:
    rows = b""
    for dll, symbols in spec.delay_imports.items():
        name = layout.add(dll.encode() + b"\0")
        lookup = _thunks(layout, spec, symbols)
        addresses = _thunks(layout, spec, symbols)
        rows += struct.pack("<IIIIIIII", 1, name, 0, addresses, lookup, 0, 0, 0)
    rows += bytes(32)
    return layout.add(rows), len(rows)


def _exports(layout: _Layout, spec: ImageSpec) -> tuple[int, int]:
    names = [*spec.exports, *spec.forwarders]
    if not spec.unsorted_exports:
        names = sorted(set(names))
    start = layout.add(bytes(40))
    dll = layout.add(spec.name.encode() + b"\0")
    places = [
        layout.add(spec.forwarders[name].encode() + b"\0")
        if name in spec.forwarders
        else spec.export_addresses.get(name, 0x1000)
        for name in names
    ]
    # A forwarder's address lies in the directory, a function's outside of it.
    functions = layout.add(struct.pack(f"<{len(names)}I", *places))
    pointers = [layout.add(name.encode() + b"\0") for name in names]
    table = layout.add(struct.pack(f"<{len(names)}I", *pointers))
    indices = [spec.export_indices.get(name, index) for index, name in enumerate(names)]
    ordinals = layout.add(struct.pack(f"<{len(names)}H", *indices))
    layout.patch(
        start,
        struct.pack(
            "<IIHHIIIIIII", 0, 0, 0, 0, dll, 1, len(names), len(names), functions, table, ordinals
        ),
    )
    return start, layout.rva + len(layout.data) - start


def _debug(layout: _Layout, pdb: str) -> tuple[int, int]:
    record = b"RSDS" + bytes(16) + struct.pack("<I", 1) + pdb.encode() + b"\0"
    at = layout.add(record)
    offset = at - layout.rva + HEADERS_SIZE
    entry = struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, len(record), at, offset)
    return layout.add(entry), len(entry)


def _clr(layout: _Layout, flags: int, *, native: bool) -> tuple[int, int]:
    header = struct.pack("<IHHIIII", 72, 2, 5, 0, 0, flags, 0) + bytes(36)
    header += struct.pack("<II", 0x1000 if native else 0, 8 if native else 0)
    return layout.add(header), len(header)


def _manifest(layout: _Layout, spec: ImageSpec) -> tuple[int, int]:
    """Add the directory of types, of names and of languages, the data's place, and the data."""
    content = layout.add(spec.manifest)
    levels = b""
    for level, name in enumerate((24, spec.manifest_id, 0x409)):
        below = 24 * (level + 1) | (0x8000_0000 if level < 2 else 0)
        levels += struct.pack("<12xHHII", 0, 1, name, below)
    levels += struct.pack("<IIII", content, len(spec.manifest), 0, 0)
    return layout.add(levels), len(levels)


def _load_config(layout: _Layout, spec: ImageSpec, base: int) -> tuple[int, int]:
    metadata = layout.add(bytes(16))
    config = bytearray(0x140)
    struct.pack_into("<I", config, 0, spec.load_config_size)
    if spec.wide:
        struct.pack_into("<Q", config, 0xC8, base + metadata)
    else:
        struct.pack_into("<I", config, 0x7C, base + metadata)
    if spec.x64_view is not None:
        # The second section, .reloc, holds the table after its own 12 bytes.
        struct.pack_into("<IH", config, 0xE0 if spec.wide else 0x88, 12, 2)
    return layout.add(bytes(config)), len(config)


def _relocations(spec: ImageSpec) -> bytes:
    block = struct.pack("<IIHH", 0x1000, 12, 0, 0)
    if spec.relocation_blocks is not None:
        return spec.relocation_blocks
    if spec.x64_view is None:
        return block
    # A value of two bytes, written over the machine in the header.
    fixup = struct.pack("<HH", (E_LFANEW + 4) | 1 << 12 | 1 << 14, spec.x64_view)
    # Before it: eight bytes of zeros, and a difference.
    others = struct.pack("<H", 0x10 | 0 << 12 | 3 << 14) + struct.pack("<HH", 0x20 | 2 << 12, 1)
    entries = others + fixup
    entries += bytes(-len(entries) % 4)
    page = struct.pack("<II", 0, 8 + len(entries)) + entries
    if spec.dynamic_relocation_version == 1:
        entry = struct.pack("<QI", 6, len(page)) + page
    else:
        entry = struct.pack("<IIQII", 24, len(page), 6, 0, 0) + page
    return block + struct.pack("<II", spec.dynamic_relocation_version, len(entry)) + entry


def module(name: str = "_x", python: str = "python313.dll", **changes: Any) -> bytes:  # noqa: ANN401
    """Return a sound extension module of CPython."""
    values: dict[str, object] = {
        "exports": [f"PyInit_{name}"],
        "imports": {
            python: ["PyModuleDef_Init"],
            "VCRUNTIME140.dll": ["memcpy"],
            "KERNEL32.dll": ["GetLastError"],
        },
    }
    return image(**{**values, **changes})


def coff(machine: int = ARM64) -> bytes:
    """Return an object file without sections."""
    return struct.pack("<HHIIIHH", machine, 0, 0, 0, 0, 0, 0) + bytes(20)


def anonymous(machine: int, identity: str, version: int = 2) -> bytes:
    """Return an object file with an anonymous header of the given class."""
    head = struct.pack("<HHHHI", 0, 0xFFFF, version, machine, 0)
    return head + bytes.fromhex(identity) + bytes(28)


BIGOBJ = "c7a1bad1eebaa94baf20faf66aa4dcb8"
LTCG = "38feb30ca5d9ab4dac9bd6b6222653c2"


def short_import(machine: int = ARM64) -> bytes:
    """Return a short import of an import library."""
    names = b"symbol\0image.dll\0"
    return struct.pack("<HHHHIIHH", 0, 0xFFFF, 0, machine, 0, len(names), 0, 4) + names


def library(*members: tuple[str, bytes]) -> bytes:
    """Return a library of named members."""
    data = b"!<arch>\n"
    for name, content in members:
        header = f"{name:<16}{0:<12}{'':<6}{'':<6}{0:<8}{len(content):<10}`\n"
        data += header.encode() + content + b"\n" * (len(content) & 1)
    return data
