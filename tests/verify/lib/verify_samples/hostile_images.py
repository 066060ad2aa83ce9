"""Wheels whose images are wrong in one way each."""

from __future__ import annotations

import struct

from verify_samples import image as im
from verify_samples.cases import (
    ABI3_WHEEL,
    FREE_WHEEL,
    PYD,
    beside,
    files,
    needing,
    one,
)

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
    "WA207", "WA305", "WA508", "WA511")  # fmt: skip
one("ARM64X without an x64 view", "WA108", im.module(chpe=True))
beside("broken data of tests", "WA112", "pkg/tests/data/broken.dll", b"MZ")
files("a wheel whose only code is for x64", "WA113", "WA104",
      filename="pkg-1.0-py3-none-win_arm64.whl")(
    lambda: {"pkg/core.dll": im.image(machine=im.AMD64)}
)  # fmt: skip
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
files("a module for one of two Pythons", "WA209",
      filename="pkg-1.0-cp312.cp313-cp312.cp313-win_arm64.whl")(
    lambda: {"pkg/_x.cp312-win_arm64.pyd": im.module(python="python312.dll")}
)  # fmt: skip
named("a module in a folder that is no package", "WA210", "my-data/_x.cp313-win_arm64.pyd",
      im.module())  # fmt: skip
one("an export for Python 3.15 alone", "WA207", im.module(exports=["PyModExport__x"]))
one("an init function that is data", "WA207",
    im.module(export_addresses={"PyInit__x": im.RELOC_RVA}))  # fmt: skip

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


files("a symbol of the wheel's own DLL, which exports nothing", "WA308")(
    lambda: {PYD: needing("helper.dll"), "pkg/helper.dll": im.image()}
)


@files("a symbol that the wheel's own DLL lacks", "WA308")
def _lacking() -> dict[str, bytes]:
    return {
        PYD: needing("helper.dll", "f", "g", 9),
        "pkg/helper.dll": im.image(exports=["f"]),
    }


one("an ordinal that Python lacks", "WA307",
    im.module(imports={"python313.dll": ["PyModuleDef_Init", 9999]}))  # fmt: skip
files("a module that imports from a program", "WA512")(
    lambda: {PYD: needing("tool.exe"), "pkg/tool.exe": im.image(dll=False, exports=["f"])}
)
files("a wheel whose only library is for x64", "WA113", "WA109",
      filename="pkg-1.0-py3-none-win_arm64.whl")(
    lambda: {"pkg/x.lib": im.library(("x.obj/", im.coff(im.AMD64)))}
)  # fmt: skip


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
    ("sqlite3.dll", "WA405"),
    ("libEGL.dll", "WA405"),
):
    one(f"it needs {_dll}", _code, needing(_dll))
files("a DLL of Python's own modules, which code imports", "WA410")(
    lambda: {PYD: needing("sqlite3.dll"), "pkg/__init__.py": b"import sqlite3\n"}
)
files("a script that needs Python's DLL", "WA414", filename="pkg-1.0-py3-none-win_arm64.whl")(
    lambda: {
        "pkg-1.0.data/scripts/tool.exe": im.image(dll=False, imports={"python313.dll": ["Py_Main"]})
    }
)

files("a DLL of a required package", "WA413", metadata="Requires-Dist: shiboken6==6.1\n")(
    lambda: {PYD: needing("shiboken6.abi3.dll")}
)
files("a DLL that is named like a required package", "WA405", metadata="Requires-Dist: other\n")(
    lambda: {PYD: needing("other.dll"), "pkg/__init__.py": b""}
)


def in_libs(code: bytes) -> dict[str, bytes]:
    """Return files with a DLL in another folder than the module's, and the package's code."""
    return {
        PYD: needing("helper.dll"),
        "pkg.libs/helper.dll": im.image(exports=["f"]),
        "pkg/__init__.py": code,
    }


files("a DLL in a folder that is not searched", "WA412")(lambda: in_libs(b""))
files("a DLL in a folder that code may add", "WA408")(
    lambda: in_libs(b"import os\nos.add_dll_directory(os.environ['PKG'])\n")
)
files("a forwarder to a DLL that is nowhere", "WA309", "WA409")(
    lambda: {PYD: needing("a.dll"), "pkg/a.dll": im.image(forwarders={"f": "b.f"})}
)
files("a delay-loaded symbol that the wheel's own DLL lacks", "WA310")(
    lambda: {
        PYD: im.module(delay_imports={"helper.dll": ["g"]}),
        "pkg/helper.dll": im.image(exports=["f"]),
    }
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
    im.module(more_sections=[(b".over", 0x1000, 0x1010, 0, 0, im.DATA)]), "WA511")  # fmt: skip
one("a section outside of the file", "WA508",
    im.module(more_sections=[(b".out", 16, 0x101000, 0x200, 0x100000, im.DATA)]))  # fmt: skip
one("a build folder in the debug record", "WA509", im.module(pdb="C:\\Users\\me\\x.pdb"))
one("a driver's subsystem", "WA510", im.module(subsystem=1))
one("a future version of Windows", "WA510", im.module(subsystem_version=(11, 0)))

for _what, _changes in (
    ("a gap between sections", {"more_sections": [(b".far", 16, 0x103000, 0, 0, im.DATA)]}),
    ("an empty section", {"more_sections": [(b".none", 0, 0x101000, 0, 0, im.DATA)]}),
    ("a section over the headers", {"more_sections": [(b".in", 16, 0x101000, 16, 0x80, im.DATA)]}),
    ("SizeOfImage of nothing", {"size_of_image": 0}),
    ("SizeOfImage less than the sections", {"size_of_image": 0x100000}),
    ("SizeOfImage of an impossible size", {"size_of_image": 0x7800_0000}),
    ("SizeOfHeaders of nothing", {"size_of_headers": 0}),
    ("SizeOfHeaders over the file", {"size_of_headers": 0x2000}),
    ("SectionAlignment of nothing", {"section_alignment": 0}),
    ("SectionAlignment that is not a power of two", {"section_alignment": 0x3000}),
    ("SectionAlignment over the distance of sections", {"section_alignment": 0x20_0000}),
    ("FileAlignment of nothing", {"file_alignment": 0}),
    ("FileAlignment over SectionAlignment", {"file_alignment": 0x2000}),
    ("a base that no address can be", {"base": 0x1_8000_1000}),
    (
        "sections in another order in the file",
        {"more_sections": [(b".in", 16, 0x101000, 16, 0x402, im.DATA)]},
    ),
    ("no EXECUTABLE_IMAGE", {"characteristics": 0x0020}),
):
    one(_what, "WA511", im.module(**_changes))
beside("a DLL that was linked as a program", "WA512", "pkg/h.dll", im.image(dll=False))
one("an init function in the headers", "WA207",
    im.module(export_addresses={"PyInit__x": 0x10}))  # fmt: skip
one("a module that was linked as a program", "WA512", im.module(dll=False))
one("a signature that is not there", "WA513", im.module(flags=im.SOUND | 0x80))
one("an export without address", "WA515", im.module(export_addresses={"PyInit__x": 0}))
one("an export outside of the image", "WA515", im.module(export_addresses={"PyInit__x": 2**30}))
one("an export that is not there", "WA515", im.module(export_indices={"PyInit__x": 7}))
one("exports that are not in order", "WA515",
    im.module(exports=["b", "PyInit__x"], unsorted_exports=True))  # fmt: skip
one("an entry point outside of the image", "WA516", im.module(entry_point=0x200000))
one("an entry point in data", "WA516", im.module(entry_point=0x100000))
for _what, _blocks in (
    ("a block of relocations without end", struct.pack("<II", 0x1000, 0)),
    ("a block of relocations beyond their end", struct.pack("<IIHH", 0x1000, 64, 0, 0)),
    ("relocations outside of the image", struct.pack("<IIHH", 2**28, 12, 0xA000, 0)),
    ("relocations of an unknown type", struct.pack("<IIHH", 0x1000, 12, 0xF000, 0)),
    ("a block of relocations of an odd number", struct.pack("<IIHHH", 0x1000, 14, 0, 0, 0)),
    ("bytes behind the relocations", struct.pack("<IIHHI", 0x1000, 12, 0, 0, 0)),
):
    one(_what, "WA504", im.module(relocation_blocks=_blocks))


def manifest(*assemblies: str) -> bytes:
    """Return a manifest that depends on assemblies, each given as its attributes."""
    dependencies = "".join(
        f"<dependency><dependentAssembly><assemblyIdentity {one}/></dependentAssembly></dependency>"
        for one in assemblies
    )
    namespace = "urn:schemas-microsoft-com:asm.v1"
    return f'<assembly xmlns="{namespace}" manifestVersion="1.0">{dependencies}</assembly>'.encode()


CONTROLS = 'type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0"'
one("a manifest for x64", "WA514",
    im.module(manifest=manifest(f'{CONTROLS} processorArchitecture="amd64"')))  # fmt: skip
one(
    "a manifest that leaves the machine of Windows' controls out",
    "WA514",
    im.module(manifest=manifest(CONTROLS)),
)
one("a manifest of Visual C++ 2008", "WA514",
    im.module(manifest=manifest('name="Microsoft.VC90.CRT" version="9.0.21022.8"')))  # fmt: skip
one("a manifest that is not XML", "WA514", im.module(manifest=b"<assembly>"))
