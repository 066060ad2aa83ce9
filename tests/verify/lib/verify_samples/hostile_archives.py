"""Archives that are wrong in one way each."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.cases import (
    ARM64_WHEEL,
    PYD,
    beside,
    case,
    good,
    raw,
)

if TYPE_CHECKING:
    from pathlib import Path

# 0: the archive

raw("text with the name of a wheel", "WA002")(lambda: b"this is no archive")
raw("a wheel that is cut off", "WA002")(lambda: wh.packed(list(good().items()))[:-30])


@raw("a member whose compressed data is damaged", "WA003")
def _damaged() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    at = data.index(PYD.encode()) + len(PYD) + 20
    data[at : at + 8] = b"\xff" * 8
    return bytes(data)


@case("a decompression bomb", "WA004")
def _bomb(folder: Path) -> Path:
    return wh.wheel(folder, {PYD: im.module(), "pkg/data.bin": bytes(80 * 2**20)})


@raw("a second copy of the module, for x64", "WA005", "WA101", "WA608")
def _duplicate() -> bytes:
    import warnings  # noqa: PLC0415 - zipfile warns of what is meant here

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return wh.packed([*good().items(), (PYD, im.module(machine=im.AMD64))])


beside("two files that differ in case", "WA006", "PKG/_X.cp313-win_arm64.pyd", b"MZ", "WA107")
beside("a file where a folder is", "WA006", "pkg", b"")
beside("a member that climbs out", "WA007", "../evil.py", b"", "WA612")
beside("an absolute member", "WA007", "/etc/evil.py", b"", "WA612")
beside("a member on a drive", "WA007", "C:/evil.py", b"", "WA612")
beside("a member with a backslash", "WA007", "pkg\\evil.py", b"", "WA612")
beside("a device name", "WA008", "pkg/nul.txt", b"")
beside("a forbidden character", "WA008", "pkg/a?.txt", b"")
beside("a part that ends in a dot", "WA008", "pkg./a.txt", b"")
beside("a very long path", "WA009", f"pkg/{'d' * 100}/{'f' * 100}.py", b"")


@raw("a module that is a symbolic link", "WA010")
def _link() -> bytes:
    link = zipfile.ZipInfo(PYD)
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members = wh.contents(ARM64_WHEEL, {PYD: b"../other.pyd"})
    return wh.packed([(link if name == PYD else name, data) for name, data in members.items()])


@raw("an encrypted member", "WA011")
def _encrypted() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    for signature, flags_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags_at] |= 1
    return bytes(data)


@raw("a member whose own header has another name", "WA012")
def _renamed() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    at = data.index(PYD.encode())
    data[at : at + 3] = b"abc"
    return bytes(data)


@raw("a member whose own header says that it is a patch", "WA012")
def _local_patch() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    data[data.index(b"PK\3\4") + 6] |= 0x20
    return bytes(data)


@raw("a member with a second name", "WA012")
def _second_name() -> bytes:
    member = zipfile.ZipInfo("pkg/data.txt")
    name = b"pkg/evil.py"
    field = struct.pack("<BI", 1, zlib.crc32(b"pkg/data.txt")) + name
    member.extra = struct.pack("<HH", 0x7075, len(field)) + field
    files = wh.contents(ARM64_WHEEL, {PYD: im.module(), member.filename: b""})
    return wh.packed([(member if name == "pkg/data.txt" else name, d) for name, d in files.items()])


@raw("bytes behind a member's compressed data", "WA003")
def _behind() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    central = data.index(b"PK\1\2")
    for header, size_at in ((0, 18), (central, 20)):
        (size,) = struct.unpack_from("<I", data, header + size_at)
        struct.pack_into("<I", data, header + size_at, size + 4)
    at = 30 + len(PYD) + size
    data[at:at] = b"more"
    directory = data.index(b"PK\1\2")
    position = directory
    while data[position : position + 4] == b"PK\1\2":
        name, extra, comment = struct.unpack_from("<3H", data, position + 28)
        (offset,) = struct.unpack_from("<I", data, position + 42)
        struct.pack_into("<I", data, position + 42, offset + 4 * (offset > 0))
        position += 46 + name + extra + comment
    struct.pack_into("<I", data, position + 16, directory)
    return bytes(data)


raw("data after the archive", "WA013")(lambda: wh.packed(list(good().items())) + b"more")
raw("data before the archive", "WA013")(lambda: b"more" + wh.packed(list(good().items())))


@raw("a second directory inside the comment", "WA013", "WA606", "WA616")
def _second_directory() -> bytes:
    data = wh.packed(list(good().items()))
    other = wh.packed([("a", b"")])
    tail = struct.pack("<H", len(other))
    return data[:-2] + tail + other


@raw("a compression that installers lack", "WA014")
def _lzma() -> bytes:
    member = zipfile.ZipInfo(PYD)
    member.compress_type = zipfile.ZIP_LZMA
    return wh.packed([(member if name == PYD else name, data) for name, data in good().items()])


@raw("a member that is a patch to another file", "WA014")
def _patch() -> bytes:
    data = bytearray(wh.packed(list(good().items())))
    for signature, flags_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags_at] |= 0x20
    return bytes(data)


@raw("a member with a comment", "WA015")
def _comment() -> bytes:
    member = zipfile.ZipInfo(PYD)
    member.comment = b"more"
    return wh.packed([(member if name == PYD else name, data) for name, data in good().items()])


@raw("a member with one extra field twice", "WA016")
def _twice() -> bytes:
    member = zipfile.ZipInfo(PYD)
    member.extra = struct.pack("<HHB", 0x5455, 1, 0) * 2
    return wh.packed([(member if name == PYD else name, data) for name, data in good().items()])


@case("a folder named like the module", "WA006", "WA609")
def _folder(folder: Path) -> Path:
    members = [(f"{PYD}/", b""), *good().items()]
    path = folder / ARM64_WHEEL
    path.write_bytes(wh.packed(members))
    return path
