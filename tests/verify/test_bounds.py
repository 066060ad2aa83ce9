"""A small file must not cost much time or memory, whatever it claims to hold."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unmeasured import unmeasured
from verify_samples import image as im
from verify_samples.hostile import ARM64_WHEEL, DIST_INFO, PYD
from verify_samples.wheel import contents, pack

from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image
from winarm.verify import VerifyOptions, verify
from winarm.verify.options import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a file under 1 MB may cost: the time of the processor, as many times that of writing a
#: million numbers (two seconds where this takes 0.13), and MiB over a bare process.
TIME, MEMORY = 15, 200
SMALL = 2**20

#: Prints seconds and MiB of verifying a path, over those of another, and the yardstick's seconds.
MEASURE = """
import re, sys, time
from winarm.verify import verify
def peak():
    return int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]) / 1024
verify(sys.argv[1])
before, start = peak(), time.process_time()
verify(sys.argv[2])
seconds, memory = time.process_time() - start, peak() - before
start = time.process_time()
sum(len(str(number)) for number in range(10**6))
print(seconds, memory, time.process_time() - start)
"""


def cost(good: Path, bad: Path) -> tuple[float, float, float]:
    """Return the seconds and MiB of verifying `bad` after `good`, and the yardstick's seconds."""
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, good, bad],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, memory, yardstick = map(float, said.stdout.split())
    return seconds, memory, yardstick


def many_exports() -> dict[str, bytes]:
    """Images whose exports are short, many and well compressed."""
    data = im.image(exports=[f"{number:04x}" for number in range(30_000)])
    return {f"pkg/{number}.dll": data for number in range(3)}


def many_imports() -> dict[str, bytes]:
    """Images that import thousands of DLLs which the wheel has."""
    imports = {f"{number}.dll": ["f"] for number in range(800)}
    data = im.image(imports=imports, exports=["f"])
    return {f"pkg/{number}.dll": data for number in range(45)}


def long_names() -> dict[str, bytes]:
    """Thousands of imports of one name that is very long."""
    data = im.image(imports={"python313.dll": ["f" * 60_000] * 3})
    return {f"pkg/{number}.pyd": data for number in range(200)}


def deep_folders() -> dict[str, bytes]:
    """Names with as many folders as fit."""
    return {"/".join([f"{number:03x}", *["a"] * 20_000]): b"" for number in range(8)}


def endless_record() -> dict[str, bytes]:
    """A RECORD of millions of rows."""
    return {PYD: im.module(), f"{DIST_INFO}/RECORD": b"a\n" * 5_000_000}


def zeros() -> dict[str, bytes]:
    """As many zeros as go below the limit of a bomb, with the suffix of an image."""
    return {f"pkg/{number}.dll": b"MZ" + bytes(10**7) for number in range(6)}


def many_images() -> dict[str, bytes]:
    """As many images as fit."""
    data = im.image(imports={"KERNEL32.dll": ["f"]})
    return {f"{number}.dll": data for number in range(3400)}


def many_members() -> dict[str, bytes]:
    """A library of a million empty members."""
    header = f"{'x.obj/':<16}{0:<12}{'':<6}{'':<6}{0:<8}{0:<10}`\n".encode()
    return {f"pkg/{number}.lib": b"!<arch>\n" + header * 250_000 for number in range(4)}


def address_after(data: bytes | bytearray) -> int:
    """Return the address of what follows the last section of an image."""
    section = read_image(data).headers.sections[-1]
    return section.rva + len(data) - section.raw_offset


def with_more(data: bytes, more: Callable[[int], bytes]) -> bytes:
    """Return an image with more in its last section, made from the address that it will have."""
    section = read_image(data).headers.sections[-1]
    grown = bytearray(data + more(address_after(data)))
    size = len(grown) - section.raw_offset
    struct.pack_into("<I", grown, data.index(section.name.encode()) + 16, size)
    return bytes(grown)


def exporting(*pointers: int, more: bytes = b"") -> bytes:
    """Return an image that exports names at `pointers`, counted from the first byte of `more`."""
    data = im.image(exports=["f"])

    def tables(rva: int) -> bytes:
        names = rva + 4 * len(pointers)
        return struct.pack(f"<{len(pointers)}I", *(names + at for at in pointers)) + more

    grown = bytearray(with_more(data, tables))
    headers = read_image(data).headers
    directory = headers.offset(headers.place(0))
    struct.pack_into("<I", grown, directory + 24, len(pointers))
    struct.pack_into("<I", grown, directory + 32, address_after(data))
    return bytes(grown)


def one_name_many_times() -> dict[str, bytes]:
    """Images that export one name 60,000 times."""
    data = exporting(*[0] * 60_000, more=b"f\0")
    return {f"pkg/{number}.dll": data for number in range(200)}


def exports_far_apart() -> dict[str, bytes]:
    """Images that export two names with millions of others between them."""
    size = 15 * 2**20
    data = exporting(0, size - 2, more=b"a\0" * (size // 2))
    return {f"pkg/{number}.dll": data for number in range(3)}


def one_list_many_times(dll: str, places: list[int], names: bytes) -> dict[str, bytes]:
    """Images that import the same list from the same DLL thousands of times.

    :param places: where in `names` the hints of the list are.
    """
    lists = 3900
    names += bytes(-len(names) % 8)

    def tables(rva: int) -> bytes:
        table = names + struct.pack(f"<{len(places) + 1}Q", *(rva + at for at in places), 0)
        name, start = rva + len(table), rva + len(names)
        table += dll.encode() + b"\0"
        return table + struct.pack("<5I", start, 0, 0, name, start) * lists + bytes(20)

    data = im.image(imports={dll: ["f"]})
    directory = struct.pack("<II", *read_image(data).headers.directory(1))
    grown = bytearray(with_more(data, tables))
    table = address_after(grown) - 20 * (lists + 1)
    struct.pack_into("<I", grown, data.index(directory), table)
    image = bytes(grown)
    assert len(read_image(image).imports) == lists
    return {"pkg/own.dll": im.image(exports=["f"])} | {f"pkg/{n}.pyd": image for n in range(3)}


def hinted(count: int) -> tuple[list[int], bytes]:
    """Return where the hints of so many names are, and hints and names."""
    names = b"".join(b"\0\0" + f"{number:0253}\0".encode() for number in range(count))
    return [256 * number for number in range(count)], names


def one_list_of_python() -> dict[str, bytes]:
    """Names of Python, listed thousands of times."""
    return one_list_many_times("python3.dll", *hinted(60))


def one_long_name_many_times() -> dict[str, bytes]:
    """Four times the same long name, which is no text, listed thousands of times."""
    return one_list_many_times("own.dll", [0] * 4, b"\0\0" + b"\xff" * 65_000 + b"\0")


def one_list_of_the_wheel() -> dict[str, bytes]:
    """Names of a DLL in the wheel, listed thousands of times."""
    return one_list_many_times("own.dll", *hinted(60))


def long_name() -> dict[str, bytes]:
    """An image with a very long name that has very many faults."""
    imports = {f"no{number}.dll": ["f"] for number in range(4000)}
    return {f"pkg/{'é' * 30_000}.dll": im.image(imports=imports), PYD: im.module()}


def long_module_name() -> dict[str, bytes]:
    """A module whose name takes long to encode."""
    return {f"pkg/{'é' * 30_000}.pyd": im.module()}


def many_tags() -> dict[str, bytes]:
    """A tag that stands for a trillion."""
    part = ".".join(map(str, range(10_000)))
    text = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {part}-{part}-{part}\n"
    return {PYD: im.module(), f"{DIST_INFO}/WHEEL": text.encode()}


def many_lines_of_tags() -> dict[str, bytes]:
    """Thousands of tags that each stand for thousands."""
    part = ".".join(map(str, range(21)))
    text = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n" + f"Tag: {part}-{part}-{part}\n" * 4000
    return {PYD: im.module(), f"{DIST_INFO}/WHEEL": text.encode()}


def long_tags() -> dict[str, bytes]:
    """A tag that stands for thousands of long ones."""
    part = ".".join(f"{number:016000}" for number in range(20))
    text = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {part}-{part}-{part}\n"
    return {PYD: im.module(), f"{DIST_INFO}/WHEEL": text.encode()}


def name_like_many_a_runtime() -> dict[str, bytes]:
    """Names that a pattern might try to split in every way."""
    tail = "_d" * 100 + "-.dll"
    imports = {f"vcruntime{number % 90 + 10}_{number}{tail}": ["f"] for number in range(4000)}
    return {f"pkg/vcruntime140{'_d' * 30_000}-.dll": im.module(), PYD: im.image(imports=imports)}


def names_beyond_ascii() -> dict[str, bytes]:
    """Modules whose names take the square of their length to encode."""
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 240)))
    data = im.image(exports=["PyInitU_x"])
    return {f"pkg/{number:03}{long}.pyd": data for number in range(500)}


def faulty_parts() -> dict[str, bytes]:
    """Names of thousands of parts that Windows forbids."""
    return {f"{number}/" + "\1/" * 30_000 + "x": b"" for number in range(8)}


def empty_rows() -> dict[str, bytes]:
    """A RECORD of nothing but lines."""
    return {PYD: im.module(), f"{DIST_INFO}/RECORD": b"\n" * 15 * 2**20}


def endless_row() -> dict[str, bytes]:
    """A RECORD of one row."""
    row = "\N{GRINNING FACE}".encode() + b"," * 15 * 2**20
    return {PYD: im.module(), f"{DIST_INFO}/RECORD": row}


def long_version() -> dict[str, bytes]:
    """A version of more digits than Python converts."""
    text = f"Metadata-Version: 2.1\nName: pkg\nVersion: {'1' * 100_000}\n"
    return {PYD: im.module(), f"{DIST_INFO}/METADATA": text.encode()}


def no_text() -> dict[str, bytes]:
    """A RECORD that is no text."""
    return {PYD: im.module(), f"{DIST_INFO}/RECORD": b"\xff" * 15 * 2**20}


def names_of_no_text() -> dict[str, bytes]:
    """An image that imports very many names that are no text."""
    data = bytearray(im.image(imports={"python313.dll": ["a" * 200] * 90_000}))
    return {PYD: bytes(data).replace(b"a", b"\xff")}


def many_fixups() -> dict[str, bytes]:
    """An ARM64X image whose dynamic relocations have no end."""
    data = im.image(chpe=True, x64_view=im.AMD64)
    return {f"pkg/{number}.dll": data + bytes(14 * 2**20) for number in range(3)}


def far_dll(code: dict[str, bytes]) -> dict[str, bytes]:
    """Return files of which a module's DLL is found only if the code adds its folder."""
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "helper.dll": ["f"]})
    return {PYD: needing, "pkg.libs/helper.dll": im.image(exports=["f"]), **code}


def functions_in_a_chain() -> dict[str, bytes]:
    """Functions that call one another and add folders, which the file itself does not call."""
    text = "import os\n" + "".join(
        f"def f{number}():\n    os.add_dll_directory(f{number + 1}())\n" for number in range(4000)
    )
    return far_dll({"pkg/code.py": text.encode()})


def functions_that_nothing_calls() -> dict[str, bytes]:
    """Files whose functions may be called from each other file."""
    text = "import os\ndef f{}():\n    os.add_dll_directory('d')\n"
    return far_dll({f"pkg/{number}.py": text.format(number).encode() for number in range(3000)})


def sums_of_names() -> dict[str, bytes]:
    """Names that stand for sums of names, and sums of very many."""
    text = "import os\n" + "".join(f"x{n}=x{n - 1}+x{n - 1}\n" for n in range(1, 3000))
    many = "x0=" + "+".join(["a"] * 20_000) + "\n" + "os.add_dll_directory(x0)\n" * 1000
    return far_dll({"pkg/code.py": (text + "os.add_dll_directory(x2999)\n" + many).encode()})


def files_that_load_by_path() -> dict[str, bytes]:
    """Thousands of files that each load a DLL by its path."""
    here = "os.path.join(os.path.dirname(__file__), 'folder{0}', 'library{0}.dll')"
    text = f"import os, ctypes\nlibrary{{0}} = ctypes.CDLL({here})\n"
    return far_dll({f"pkg/{number}.py": text.format(number).encode() for number in range(2800)})


def files_that_load_by_name() -> dict[str, bytes]:
    """Thousands of files that each load a DLL by its name."""
    text = "import ctypes\nlibrary{0} = ctypes.CDLL('library{0}.dll')\n"
    return far_dll({f"pkg/{number}.py": text.format(number).encode() for number in range(3300)})


def libraries_and_files_that_load_by_path() -> dict[str, bytes]:
    """Libraries of another system, each looked for among thousands of paths."""
    here = "import ctypes, os\nhere = os.path.dirname(__file__)\n"
    loads = "".join(f"ctypes.CDLL(here + '/{{0}}-{number}.so')\n" for number in range(80))
    files = {f"pkg/{number}.py": (here + loads).format(number).encode() for number in range(50)}
    return {
        **files,
        **{f"pkg/{number}.dll": b"\x7fELF" for number in range(1500)},
        PYD: im.module(),
    }


def modules_beside_many_dlls() -> dict[str, bytes]:
    """Modules that load hundreds of DLLs next to them, and one that is far away."""
    around = {
        number: {f"{(number + more) % 200}.dll": ["f"] for more in range(1, 10)}
        for number in range(200)
    }
    imports = {"python313.dll": ["PyModuleDef_Init"], "0.dll": ["f"], "far.dll": ["f"]}
    return {
        "pkg/__init__.py": "".join(f"import pkg.m{number}\n" for number in range(80)).encode(),
        "pkg.libs/far.dll": im.image(exports=["f"]),
        **{f"pkg/{n}.dll": im.image(exports=["f"], imports=needs) for n, needs in around.items()},
        **{f"pkg/m{n}.pyd": im.module(f"m{n}", imports=imports) for n in range(80)},
    }


def long_chain_of_forwarders() -> dict[str, bytes]:
    """Modules that import symbols which are passed on from DLL to DLL."""
    names = [f"s{number}" for number in range(400)]
    chain = {
        f"pkg/c{at}.dll": im.image(forwarders={name: f"c{at + 1}.{name}" for name in names})
        for at in range(60)
    }
    imports = {"python313.dll": ["PyModuleDef_Init"], "c0.dll": names}
    return {
        **chain,
        "pkg/c60.dll": im.image(exports=names),
        **{f"pkg/m{n}.pyd": im.module(f"m{n}", imports=imports) for n in range(30)},
    }


def long_manifests() -> dict[str, bytes]:
    """Manifests that ask for hundreds of assemblies, in a wheel of many members."""
    identity = '<assemblyIdentity name="microsoft.windows.a" processorArchitecture="*"/>'
    inner = f"<dependency><dependentAssembly>{identity * 800}</dependentAssembly></dependency>"
    space = "urn:schemas-microsoft-com:asm.v1"
    manifest = f'<assembly xmlns="{space}" manifestVersion="1.0">{inner}</assembly>'.encode()
    modules = {f"pkg/m{n}.pyd": im.module(f"m{n}", manifest=manifest) for n in range(10)}
    return {**modules, **{f"pkg/{number}.txt": b"" for number in range(3000)}}


def folders_that_are_added() -> dict[str, bytes]:
    """Modules in many folders, and code that adds each of them, for a DLL that is not there."""
    code = "import os\n" + "".join(
        f"os.add_dll_directory(os.path.join(os.path.dirname(__file__), 'f{number}'))\n"
        for number in range(90)
    )
    module = im.module("x", imports={"python313.dll": ["PyModuleDef_Init"], "absent.dll": ["f"]})
    return {
        "pkg/__init__.py": code.encode(),
        f"{DIST_INFO}/METADATA": b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n"
        b"Requires-Dist: other\n",
        **{f"pkg/f{number}/a.txt": b"" for number in range(1500)},
        **{f"pkg/f{number}/x.pyd": module for number in range(30)},
    }


def files_with_errors() -> dict[str, bytes]:
    """Files that are parsed several times, without their wrong statements."""
    text = "import os\nos.add_dll_directory('d{0}')\nx = = {0}\n" + "a\n" * 1000 + "x = = 1\n"
    return far_dll({f"pkg/{number}.py": text.format(number).encode() for number in range(300)})


def modules_that_give_one_another_values() -> dict[str, bytes]:
    """Modules each of which takes a value, and calls a function, of the next two."""
    text = (
        "import os\nfrom . import m{1}, m{2}\nfrom .m{1} import *\n"
        "def f(x, y=m{1}.D):\n    os.add_dll_directory(x)\n    return m{1}.f(m{2}.f(x)), y\n"
        "D = m{1}.f(m{2}.D), m{2}.f(m{1}.D), D\nos.add_dll_directory(D[0])\n"
    )
    files = {
        f"pkg/m{one}.py": text.format(one, (one + 1) % 400, (one + 7) % 400).encode()
        for one in range(400)
    }
    return far_dll({"pkg/__init__.py": b"from . import m0\n", **files})


def containers_of_containers() -> dict[str, bytes]:
    """A container of thousands, of which thousands of items are taken, in loops over loops."""
    lines = [f"a{n} = (a{n - 1}, *a{n - 1}, a{n - 1}[x], a0[{n}])" for n in range(1, 400)]
    loops = [
        f"for p{n}, q{n} in zip(a{n}, p{n - 1}, big[{n}]):\n    x = p{n}" for n in range(1, 400)
    ]
    puts = [f"big.append(a{n})\nbig[{n}] = self.big\nself.big = big" for n in range(1, 400)]
    body = "\n".join((f"big = ({'x,' * 20_000})", *lines, *loops, *puts))
    code = f"import os\n{body}\nfor d in a399:\n    os.add_dll_directory(d)\n"
    return far_dll({"pkg/__init__.py": f"{code}os.add_dll_directory(x)\n".encode()})


def calls_with_arguments() -> dict[str, bytes]:
    """Functions that return what others return, and files that call them with arguments."""
    functions = "".join(
        f"def f{n}(x, *y, z=(1, 2)):\n    os.add_dll_directory(x)\n"
        f"    return [f{n + 1}(x, y, z), f{n + 1}(*y, *x), *f{n + 2}(z, x)]\n"
        for n in range(200)
    )
    calls = "".join(f"f{n}(f{n + 1}(here, {n}), *dirs, z=f{n + 2})\n" for n in range(200))
    own = f"import os\n{functions}for d in f0(here, 1):\n    os.add_dll_directory(d)\n{calls}"
    files = {f"pkg/c{n}.py": f"from .f import *\n{calls}".encode() for n in range(50)}
    return far_dll({"pkg/f.py": own.encode(), **files})


def long_start() -> dict[str, bytes]:
    """A .pth file in which the names of thousands of files are looked for."""
    files = {f"pkg/module{number}.py": b"" for number in range(3000)}
    return far_dll({"x.pth": b"import sys\n" + b"#z z z z \n" * 100_000, **files})


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "make",
    [
        calls_with_arguments,
        containers_of_containers,
        modules_that_give_one_another_values,
        files_that_load_by_path,
        files_that_load_by_name,
        files_with_errors,
        folders_that_are_added,
        libraries_and_files_that_load_by_path,
        modules_beside_many_dlls,
        long_chain_of_forwarders,
        long_manifests,
        long_start,
        functions_in_a_chain,
        functions_that_nothing_calls,
        sums_of_names,
        many_exports,
        exports_far_apart,
        one_long_name_many_times,
        one_list_of_python,
        one_list_of_the_wheel,
        one_name_many_times,
        many_imports,
        many_images,
        many_members,
        many_fixups,
        many_tags,
        many_lines_of_tags,
        long_tags,
        name_like_many_a_runtime,
        names_beyond_ascii,
        faulty_parts,
        empty_rows,
        endless_row,
        long_name,
        long_names,
        long_module_name,
        long_version,
        deep_folders,
        endless_record,
        no_text,
        names_of_no_text,
        zeros,
    ],
)
def test_small_file_costs_little(make: Callable[[], dict[str, bytes]], tmp_path: Path) -> None:
    good = pack(tmp_path / "good.whl", contents(ARM64_WHEEL, {PYD: im.module()}))
    bad = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, make()), zipfile.ZIP_DEFLATED)
    assert bad.stat().st_size < SMALL

    seconds, memory, yardstick = cost(good, bad)
    assert seconds < TIME * yardstick
    assert memory < MEMORY + bad.stat().st_size / 2**20


def much_text() -> dict[str, bytes]:
    """Files of .dist-info, each just below its own limit."""
    lines = b"a b c\n" * (15 * 2**20 // 6)
    return {PYD: im.module(), **{f"{DIST_INFO}/{number}": lines for number in range(30)}}


def much_code() -> dict[str, bytes]:
    """Python files that have much to parse, next to a DLL that they may load."""
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "helper.dll": ["f"]})
    code = b"import os\nos.add_dll_directory(x)\n" + b"a\n" * 500_000
    calls = b"CDLL(x)\n" * 19_000
    return {
        PYD: needing,
        "pkg.libs/helper.dll": im.image(exports=["f"]),
        **{f"pkg/{number}.py": code for number in range(6)},
        **{f"pkg/calls{number}.py": calls for number in range(6)},
    }


#: Costly images and texts that are small when they are packed.
COSTLY = (
    exports_far_apart,
    long_names,
    many_exports,
    many_fixups,
    many_images,
    many_imports,
    many_members,
    much_text,
    names_of_no_text,
    one_list_of_the_wheel,
    one_long_name_many_times,
    one_name_many_times,
    zeros,
)


def all_together() -> dict[str, bytes]:
    """Return costly members of every kind, and what hardly packs so that they may be large."""
    files: dict[str, bytes] = {}
    for make in COSTLY:
        for name, data in make().items():
            new = name if name.startswith(DIST_INFO) else f"{make.__name__}/{name}"
            files.setdefault(new, data)
    return {**files, "pkg/random.bin": random.Random(1).randbytes(5 * 2**20)}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("make", [all_together, much_code, much_text])
def test_file_of_ten_megabytes_costs_no_more_than_its_budget(
    make: Callable[[], dict[str, bytes]], tmp_path: Path
) -> None:
    """A wheel below 10 MB takes at most 10 s and 300 MiB."""
    good = pack(tmp_path / "good.whl", contents(ARM64_WHEEL, {PYD: im.module()}))
    bad = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, make()), zipfile.ZIP_DEFLATED)
    assert bad.stat().st_size < 10**7

    seconds, memory, _ = cost(good, bad)
    assert seconds < 10
    assert memory < 300


def test_time_that_is_used_up_ends_verification(tmp_path: Path) -> None:
    path = pack(tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, {PYD: im.module()}))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "_x.pyd").write_bytes(im.module())

    for subject in (path, tmp_path / "tree"):
        report = verify(subject, VerifyOptions(limits=Limits(seconds=-60)))

        assert [found.code.name for found in report.findings if "processor" in found.message]


def test_more_sections_than_windows_loads_are_refused() -> None:
    data = bytearray(im.image())
    struct.pack_into("<H", data, im.E_LFANEW + 6, 97)

    with pytest.raises(MalformedError, match="97 sections"):
        read_image(data)


def test_symbols_of_all_images_are_bounded(tmp_path: Path) -> None:
    path = pack(
        tmp_path / ARM64_WHEEL, contents(ARM64_WHEEL, {PYD: im.module(), "b.dll": im.image()})
    )

    report = verify(path, VerifyOptions(limits=Limits(symbols=10)))

    assert ("WA107", "b.dll") in [(found.code.name, found.member) for found in report.findings]
