"""The hostile set: wheels that are wrong in one way each, and the code that must find it.

`CASES` is used by the tests, and by benchmarks/hostile.py, which shows what other tools say of
the same files.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_samples import image as im
from verify_samples import wheel as wh

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ARM64_WHEEL = "pkg-1.0-cp313-cp313-win_arm64.whl"
ABI3_WHEEL = "pkg-1.0-cp311-abi3-win_arm64.whl"
FREE_WHEEL = "pkg-1.0-cp313-cp313t-win_arm64.whl"
ANY_WHEEL = "pkg-1.0-py3-none-any.whl"
PYD = "pkg/_x.cp313-win_arm64.pyd"
DIST_INFO = "pkg-1.0.dist-info"


@dataclass(frozen=True)
class Case:
    """A wheel that is wrong in one way."""

    what: str
    code: str
    make: Callable[[Path], Path]
    others: frozenset[str] = field(default_factory=frozenset)


CASES: list[Case] = []


def case(what: str, code: str, *others: str) -> Callable[[Callable[[Path], Path]], None]:
    """Add a case to the set; `others` are codes that necessarily come with it."""

    def add(make: Callable[[Path], Path]) -> None:
        CASES.append(Case(what, code, make, frozenset(others)))

    return add


def files(what: str, code: str, *others: str, filename: str = ARM64_WHEEL, **extra: object) -> (
    Callable[[Callable[[], Mapping[str, bytes]]], None]
):  # fmt: skip
    """Add a case whose wheel is right in all but these files."""

    def add(make: Callable[[], Mapping[str, bytes]]) -> None:
        def build(folder: Path) -> Path:
            return wh.wheel(folder, make(), filename, **extra)  # type: ignore[arg-type]

        CASES.append(Case(what, code, build, frozenset(others)))

    return add


def one(what: str, code: str, content: bytes, *others: str, **extra: object) -> None:
    """Add a case in which the module itself is wrong."""
    files(what, code, *others, **extra)(lambda: {PYD: content})  # type: ignore[arg-type]


def beside(what: str, code: str, name: str, content: bytes, *others: str) -> None:
    """Add a case in which a file beside a good module is wrong."""
    files(what, code, *others)(lambda: {PYD: im.module(), name: content})


def raw(what: str, code: str, *others: str) -> Callable[[Callable[[], bytes]], None]:
    """Add a case whose archive is made byte by byte."""

    def add(make: Callable[[], bytes]) -> None:
        def build(folder: Path) -> Path:
            path = folder / ARM64_WHEEL
            path.write_bytes(make())
            return path

        CASES.append(Case(what, code, build, frozenset(others)))

    return add


def good() -> dict[str, bytes]:
    """Return the members of a wheel without fault."""
    return wh.contents(ARM64_WHEEL, {PYD: im.module()})


def needing(dll: str, *symbols: str | int) -> bytes:
    """Return a module that needs a further DLL."""
    imports = {"python313.dll": ["PyModuleDef_Init"], dll: symbols or ["f"]}
    return im.module(imports=imports)


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


# 1: machines

one("an x64 module", "WA101", im.module(machine=im.AMD64))
one("an x86 module", "WA101", im.module(machine=im.X86, wide=False))
one("an ARM32 module", "WA101", im.module(machine=im.ARMNT, wide=False))
one("an x86 hybrid module", "WA101", im.module(machine=im.X86, wide=False, chpe=True))
one("an ARM64EC module", "WA105", im.module(machine=im.AMD64, chpe=True))


@files("an x64 DLL that the module imports", "WA102")
def _x64_dll() -> dict[str, bytes]:
    return {
        PYD: needing("helper.dll"),
        "pkg/helper.dll": im.image(machine=im.AMD64, exports=["f"]),
    }


@files("an ARM64EC DLL that the module imports", "WA105")
def _ec_dll() -> dict[str, bytes]:
    return {
        PYD: needing("helper.dll"),
        "pkg/helper.dll": im.image(machine=im.AMD64, chpe=True, exports=["f"]),
    }


X64_EXE = im.image(machine=im.AMD64, dll=False)
beside("an x64 program among the scripts", "WA103", "pkg-1.0.data/scripts/tool.exe", X64_EXE)
beside("an x64 DLL as data", "WA104", "pkg/data/plugin.dll", im.image(machine=im.AMD64))
one("an ELF file as module", "WA106", b"\x7fELF\2\1\1" + bytes(100))
one("a Mach-O file as module", "WA106", b"\xcf\xfa\xed\xfe" + bytes(100))
one("an empty module", "WA106", b"")
one("text as module", "WA106", b"import sys\n")
one("a module cut off in its headers", "WA107", im.module()[:0x90])
one("a module with imports outside of the file", "WA107", im.module(section_rva=0x2000)[:0x480],
    "WA207", "WA305", "WA508")  # fmt: skip
one("ARM64X without an x64 view", "WA108", im.module(chpe=True))
beside("an x64 import library", "WA109", "pkg/lib/x.lib",
       im.library(("x.dll/", im.short_import(im.AMD64))))  # fmt: skip
beside("a library of intermediate code", "WA111", "pkg/lib/x.lib",
       im.library(("x.obj/", im.anonymous(im.ARM64, im.LTCG, 1))))  # fmt: skip

# 2: names of modules


def named(what: str, code: str, name: str, content: bytes, *others: str, **extra: object) -> None:
    """Add a case in which the module's name is wrong."""
    files(what, code, *others, **extra)(lambda: {name: content})  # type: ignore[arg-type]


named("ARM64 code in a module named win_amd64", "WA201", "pkg/_x.cp313-win_amd64.pyd", im.module())
named("a module of Python 3.12", "WA202", "pkg/_x.cp312-win_arm64.pyd",
      im.module(python="python312.dll"))  # fmt: skip
named("one Python's module in a stable-ABI wheel", "WA202", "pkg/_x.cp311-win_arm64.pyd",
      im.module(python="python311.dll"), filename=ABI3_WHEEL)  # fmt: skip
named("a free-threaded module in a GIL wheel", "WA203", "pkg/_x.cp313t-win_arm64.pyd",
      im.module(python="python313t.dll"))  # fmt: skip
named("a debug module", "WA204", "pkg/_x_d.cp313-win_arm64.pyd",
      im.module(python="python313_d.dll"), "WA302")  # fmt: skip
named("a module that nothing imports", "WA205", "pkg/_x.abi3.pyd", im.module())
named("a Windows module named for Linux", "WA206", "pkg/_x.cpython-313-x86_64-linux-gnu.so",
      im.module())  # fmt: skip
named("a renamed module", "WA207", "pkg/_y.cp313-win_arm64.pyd", im.module("_x"))
one("a module that exports nothing", "WA207", im.module(exports=[]))
one("a plain library named .pyd", "WA208",
    im.image(exports=["compute"], imports={"KERNEL32.dll": ["Sleep"]}))  # fmt: skip

# 3: Python

one("another Python's DLL", "WA301", im.module(python="python312.dll"))
one("a debug Python's DLL", "WA302", im.module(python="python313_d.dll"))
named("a version's DLL in a stable-ABI wheel", "WA303", "pkg/_x.pyd", im.module(),
      filename=ABI3_WHEEL)  # fmt: skip
one("the free-threaded DLL in a GIL wheel", "WA304", im.module(python="python313t.dll"))
named("the GIL's DLL in a free-threaded wheel", "WA304", "pkg/_x.cp313t-win_arm64.pyd",
      im.module(), filename=FREE_WHEEL)  # fmt: skip
one("a module without Python's DLL", "WA305", im.module(imports={"KERNEL32.dll": ["Sleep"]}))
named("API newer than the stable ABI promised", "WA306", "pkg/_x.pyd",
      im.module(imports={"python3.dll": ["PyModuleDef_Init", "PyModule_Add"]}),
      filename=ABI3_WHEEL)  # fmt: skip
named("a symbol outside the stable ABI", "WA307", "pkg/_x.pyd",
      im.module(imports={"python3.dll": ["PyUnicode_AsUTF8_"]}), filename=ABI3_WHEEL)  # fmt: skip
named("a symbol outside the stable ABI, from the version's own DLL", "WA306", "pkg/_x.pyd",
      im.module(imports={"python311.dll": ["PyModuleDef_Init", "_PyLong_AsByteArray"]}),
      "WA303", filename=ABI3_WHEEL)  # fmt: skip
one("a symbol that Python lacks", "WA307",
    im.module(imports={"python313.dll": ["PyModuleDef_Init", "_PyNoSuchFunction"]}) )  # fmt: skip


@files("a symbol that the wheel's own DLL lacks", "WA308")
def _lacking() -> dict[str, bytes]:
    return {
        PYD: needing("helper.dll", "f", "g", 9),
        "pkg/helper.dll": im.image(exports=["f"]),
    }


# 4: needed DLLs

for _dll, _code in (
    ("MSVCP140.dll", "WA401"),
    ("concrt140.dll", "WA401"),
    ("VCOMP140.DLL", "WA401"),
    ("mfc140u.dll", "WA401"),
    ("VCRUNTIME140_1.dll", "WA402"),
    ("VCRUNTIME140D.dll", "WA403"),
    ("MSVCP140D.dll", "WA403"),
    ("ucrtbased.dll", "WA403"),
    ("libgcc_s_seh-1.dll", "WA404"),
    ("libc++.dll", "WA404"),
    ("libwinpthread-1.dll", "WA404"),
    ("foo.dll", "WA405"),
    ("libfoo.so.1", "WA406"),
    ("/home/me/build/foo.dll", "WA406"),
    ("C:\\build\\foo.dll", "WA406"),
    ("OpenCL.dll", "WA407"),
    ("sqlite3.dll", "WA410"),
):
    one(f"it needs {_dll}", _code, needing(_dll))
files("a DLL of a required package", "WA407", metadata="Requires-Dist: shiboken6==6.1\n")(
    lambda: {PYD: needing("shiboken6.abi3.dll")}
)
files("a DLL in a folder that is not searched", "WA408")(
    lambda: {PYD: needing("helper.dll"), "pkg.libs/helper.dll": im.image(exports=["f"])}
)
one("a delay-loaded DLL that is nowhere", "WA409", im.module(delay_imports={"foo.dll": ["f"]}))
beside("a DLL that passes a function on to one that is nowhere", "WA409", "pkg/x.dll",
       im.image(exports=["f"], forwarders={"g": "foo.g"}))  # fmt: skip
beside("a plug-in that needs a DLL", "WA411", "pkg/plugin.dll",
       im.image(imports={"foo.dll": ["f"]}))  # fmt: skip

# 5: soundness of images

one("no DYNAMICBASE", "WA501", im.module(flags=0x120))
one("no NX", "WA502", im.module(flags=0x60))
one("a low base", "WA503", im.module(base=0x1000_0000))
one("stripped relocations", "WA504", im.module(characteristics=0x0023, relocations=(0, 0)))
one("relocations without a size", "WA504", im.module(relocations=(im.RELOC_RVA, 0)))
one("a section to write and run", "WA505", im.module(section_characteristics=0xE000_0020))
one("no high-entropy addresses", "WA506", im.module(flags=0x140))
one("overlapping sections", "WA507",
    im.module(more_sections=[(b".over", 0x1000, 0x1010, 0, 0, im.DATA)]))  # fmt: skip
one("a section outside of the file", "WA508",
    im.module(more_sections=[(b".out", 16, 0x200000, 0x200, 0x100000, im.DATA)]))  # fmt: skip
one("a build folder in the debug record", "WA509", im.module(pdb="C:\\Users\\me\\x.pdb"))
one("a driver's subsystem", "WA510", im.module(subsystem=1))
one("a future version of Windows", "WA510", im.module(subsystem_version=(11, 0)))

# 6: the wheel's metadata

files("a wheel tagged for x64", "WA601", filename="pkg-1.0-cp313-cp313-win_amd64.whl")(
    lambda: {"pkg/_x.pyd": im.module()}
)


def changed(what: str, code: str, name: str, text: bytes, *others: str) -> None:
    """Add a case in which a file of .dist-info is wrong."""
    files(what, code, *others)(lambda: {PYD: im.module(), f"{DIST_INFO}/{name}": text})


WHEEL = b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp313-cp313-win_arm64\n"
changed("other tags in WHEEL", "WA602", "WHEEL", WHEEL.replace(b"arm64", b"amd64"))
changed("native code called pure", "WA603", "WHEEL", WHEEL.replace(b"false", b"true"))
files("a module in a wheel for any platform", "WA604", "WA603", filename=ANY_WHEEL)(
    lambda: {"pkg/_x.pyd": im.module()}
)
files("a DLL in a wheel for any platform", "WA605", "WA603", filename=ANY_WHEEL)(
    lambda: {"pkg/x.dll": im.image()}
)
files("a platform wheel without native code", "WA606")(lambda: {"pkg/__init__.py": b""})


def without(name: str) -> bytes:
    """Return a wheel that lacks a member."""
    return wh.packed([pair for pair in good().items() if pair[0] != name])


def with_record(change: Callable[[bytes], bytes]) -> bytes:
    """Return a wheel whose RECORD is changed."""
    members = good()
    members[f"{DIST_INFO}/RECORD"] = change(members[f"{DIST_INFO}/RECORD"])
    return wh.packed(list(members.items()))


raw("no RECORD", "WA607")(lambda: without(f"{DIST_INFO}/RECORD"))
raw("a module that was changed afterwards", "WA608")(
    lambda: wh.packed([(n, im.module(subsystem=3) if n == PYD else d) for n, d in good().items()])
)
raw("a module that RECORD lacks", "WA609")(
    lambda: wh.packed([*good().items(), ("pkg/_y.cp313-win_arm64.pyd", im.module("_y"))])
)
raw("a row without a file", "WA610")(
    lambda: with_record(lambda text: text + f"pkg/gone.py,{wh.record_hash(b'')},0\n".encode())
)
raw("a row that is there twice", "WA611")(
    lambda: with_record(lambda text: text.splitlines(keepends=True)[0] + text)
)
raw("RECORD with backslashes", "WA612", "WA609")(
    lambda: with_record(lambda text: text.replace(b"pkg/_x", b"pkg\\_x"))
)
raw("a weak hash", "WA612")(
    lambda: with_record(
        lambda text: text.replace(
            wh.record_hash(im.module()).encode(), wh.record_hash(im.module(), "md5").encode()
        )
    )
)
raw("no WHEEL", "WA613", "WA610")(lambda: without(f"{DIST_INFO}/WHEEL"))
changed("a WHEEL of the future", "WA613", "WHEEL", WHEEL.replace(b"1.0", b"2.0"))
raw("no METADATA", "WA614", "WA610")(lambda: without(f"{DIST_INFO}/METADATA"))
changed("another version in METADATA", "WA614", "METADATA", b"Name: pkg\nVersion: 2.0\n")


@case("a name that is no wheel's", "WA615")
def _misnamed(folder: Path) -> Path:
    return wh.pack(folder / "pkg.whl", good())


@case("a wheel that was renamed", "WA616")
def _other_name(folder: Path) -> Path:
    return wh.pack(folder / "other-1.0-cp313-cp313-win_arm64.whl", good())


beside("an unknown part of .data", "WA618", "pkg-1.0.data/bin/tool", b"")

# 7: layout

beside("a module that hides another", "WA701", "pkg/_x.pyd", im.module())
beside("an import library of the module", "WA702", "pkg/_x.cp313-win_arm64.lib",
       im.library(("x.dll/", im.short_import())))  # fmt: skip
beside("a debug database", "WA702", "pkg/_x.pdb", b"Microsoft C/C++ MSF 7.00\r\n\x1aDS")
