"""Damaged images, libraries and wheels, for the fuzz tests: a valid seed and changes to it."""

from __future__ import annotations

import contextlib
import io
import struct
import tempfile
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.content import Counted
from verify_samples.hostile import ARM64_WHEEL, DIST_INFO, PYD
from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image
from winarm.coff.library import read_library
from winarm.verify import verify
from winarm.verify.collect import Collector
from winarm.verify.options import Budget, Limits
from winarm.verify.wheels.archive import read_archive
from winarm.verify.wheels.content import Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds of processor time that a file under 1 MB may take: five times the goal, since coverage
#: may trace it.
LONGEST = 10.0

#: Bytes at once of an image that is read from its beginning: less than there are tables.
PIECE = 256

#: Numbers at which readers go wrong.
EDGES = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000,
         0xFFFF_FFFE, 0xFFFF_FFFF)  # fmt: skip

IMAGES = (
    im.module(pdb="C:\\a\\x.pdb", delay_imports={"late.dll": ["f", 3]}, forwarders={"g": "K.f"}),
    im.module(chpe=True, x64_view=im.AMD64),
    im.image(machine=im.ARM64, chpe=True, x64_view=im.AMD64, dynamic_relocation_version=2),
    im.image(machine=im.X86, wide=False, clr_flags=1, imports={"a.dll": ["f", 9]}, chpe=True),
    im.image(exports=[f"name{number}" for number in range(40)]),
)
LIBRARIES = (
    im.library(
        ("/", bytes(8)),
        ("/<ECSYMBOLS>/", bytes(8)),
        ("//", b"long.obj\0"),
        ("/0", im.coff()),
        ("b.obj/", im.anonymous(im.ARM64, im.BIGOBJ)),
        ("x.dll/", im.short_import()),
    ),
    im.coff(),
    im.anonymous(im.ARM64, im.LTCG, 1),
)


class _Pipe(io.BytesIO):
    """A stream in which zipfile cannot go back: sizes follow the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def _streamed(members: list[tuple[str, bytes]]) -> bytes:
    """Return an archive with data descriptors, extra fields and a comment of a member."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.extra = struct.pack("<HHI", 0x5455, 4, 0) + struct.pack("<HHQQ", 1, 16, 5, 5)
            member.comment = b"c"
            archive.writestr(member, data)
    return pipe.getvalue()


WHEELS = (
    wh.packed(list(wh.contents(ARM64_WHEEL, {PYD: IMAGES[0], "pkg/x.lib": LIBRARIES[0]}).items())),
    wh.packed([("a", b"a"), ("a/b", b"b" * 500)]),
    _streamed([("a", b"a" * 300), ("b/", b""), ("b/c", b"c")]),
)
#: Files of .dist-info with everything that checks read of them.
TEXTS = (
    (
        b"Metadata-Version: 2.4\nName: pkg\nVersion: 1.0\nLicense: MIT\n        \n        (c)\n"
        b"Requires-Python: >=3.8,!=3.9.*,<4\nLicense-File: a/LICENSE\nRequires-Dist: a>=1\n\nText\n"
    ),
    b"[console_scripts]\nx-y = pkg.cli:main [extra]\n\n[gui_scripts]\nz = pkg:a.b\n",
    f'{PYD},sha256=AbC,12\n"a,b",,\n{DIST_INFO}/RECORD,,\n'.encode(),
)


class Change(NamedTuple):
    """One change to a file."""

    kind: int
    #: Where, as a fraction of the length in 1/65536.
    place: int
    value: int
    length: int


changes = st.builds(
    Change,
    kind=st.integers(0, 6),
    place=st.integers(0, 0xFFFF),
    value=st.sampled_from(EDGES) | st.integers(0, 0xFFFF_FFFF),
    length=st.integers(1, 64),
)


def changed(seed: bytes, wishes: list[Change]) -> bytes:
    """Return `seed` with the changes made one after the other."""
    data = bytearray(seed)
    for kind, place, value, length in wishes:
        at = place * len(data) >> 16
        if kind <= 2:
            cell = struct.pack("<I", value & 0xFFFF_FFFF)[: 1 << kind]
            data[at : at + len(cell)] = cell
        elif kind == 3:
            del data[at : at + length]
        elif kind == 4:
            data[at:at] = data[at : at + length]
        elif kind == 5:
            del data[at:]
        else:
            data[at : at + length] = bytes(length)
    return bytes(data)


def damaged(seeds: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Return files that are some of `seeds`, changed."""
    return st.builds(changed, st.sampled_from(seeds), st.lists(changes, max_size=8))


def check_image(data: bytes) -> None:
    """Read an image: it works, or says what is wrong."""
    with contextlib.suppress(MalformedError):
        read_image(data)


def check_beginning(data: bytes) -> None:
    """Read an image from as little of it as will do: that tells the same as all of it."""
    collector = Collector(hashes=False, budget=Budget(Limits()), wants_symbols=bool)
    data += bytes(PIECE - len(data) % PIECE)
    collector.take("x.dll", len(data), Counted(data, PIECE))
    try:
        whole = read_image(data)
    except MalformedError:
        whole = None
    assert collector.images.get("x.dll") == whole


def check_library(data: bytes) -> None:
    """Read a library: it works, or says what is wrong."""
    with contextlib.suppress(MalformedError):
        read_library(data)


def check_archive(data: bytes) -> None:
    """Read an archive and all its members: it works, or says what is wrong."""
    file = io.BytesIO(data)
    try:
        archive = read_archive(file, 1000)
    except ArchiveError:
        return
    for entry in archive.entries:
        offset = archive.data_offsets.get(entry.header_offset)
        if offset is not None:
            at_once = Content(file, entry, offset).at_once()
            try:
                in_pieces = b"".join(iter(partial(Content(file, entry, offset).read, 10**6), b""))
            except DamagedError:
                assert at_once is None, "at once, its damage is not seen"
                continue
            assert len(in_pieces) == entry.size
            assert at_once is None or at_once == in_pieces


def check_wheel(data: bytes) -> None:
    """Verify a wheel from its bytes: it has a report, whatever it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, ARM64_WHEEL)
        path.write_bytes(data)
        _verified(path)


def check_contents(image: bytes, library: bytes, text: bytes) -> None:
    """Verify a sound archive with damaged members."""
    members = wh.contents(
        ARM64_WHEEL, {PYD: image, "pkg/x.lib": library, f"{DIST_INFO}/WHEEL": text}
    )
    members[f"{DIST_INFO}/RECORD"] += text
    check_wheel(wh.packed(list(members.items())))


def check_texts(metadata: bytes, entry_points: bytes, record: bytes) -> None:
    """Verify a sound archive with damaged files of .dist-info."""
    members = wh.contents(ARM64_WHEEL, {PYD: IMAGES[0]})
    members[f"{DIST_INFO}/METADATA"] = metadata
    members[f"{DIST_INFO}/entry_points.txt"] = entry_points
    members[f"{DIST_INFO}/RECORD"] += record
    check_wheel(wh.packed(list(members.items())))


def check_code(text: bytes) -> None:
    """Verify a wheel whose module finds its DLL only if code, here any, adds the DLL's folder."""
    check_wheel(wh.packed(list(wh.contents(ARM64_WHEEL, code_beside(text)).items())))


def code_beside(text: bytes) -> dict[str, bytes]:
    """Return files of which the module's DLL is in another folder."""
    return {
        PYD: im.module(imports={"python313.dll": ["PyModuleDef_Init"], "h.dll": ["f"]}),
        "pkg.libs/h.dll": im.image(exports=["f"]),
        "pkg/__init__.py": text,
        "pkg/_other.py": text,
    }


def _verified(path: Path) -> None:
    start = time.process_time()
    for found in verify(path).findings:
        assert found.line().isprintable()
    assert time.process_time() - start < LONGEST


texts = st.binary(max_size=200) | st.text(st.characters(codec="utf-8"), max_size=100).map(
    str.encode
)

#: Expressions and statements; `$` stands for another expression, `:` at an end for another block.
EXPRESSIONS = (
    "__file__", "'pkg.libs'", "'..'", "'h.dll'", "''", "p", "q", "os.pardir", "__path__[0]", "1",
    "os.path.dirname($)", "os.path.join($, $)", "$ + $", "$ / $", "f'{$}/{$}'", "'%s/%s' % ($, $)",
    "'{}/{}'.format($, $)", "pathlib.Path($).parent", "pathlib.Path($).parents[1]", "f($)", "g()",
    "[$, $]", "[$ for p in $]", "glob.glob($)", "$ if $ else $", "os.path.abspath($)", "(q := $)",
    "ctypes.CDLL($)", "ctypes.CDLL($)._name", "lambda p: $", "os.listdir($)", "*$", "p.p.p", "$[0]",
)  # fmt: skip
STATEMENTS = (
    "import os, ctypes", "from os import add_dll_directory as q", "from . import _x", "p = $",
    "q = p = $", "os.add_dll_directory($)", "ctypes.CDLL($)", "q($)", "f($)", "return $", "raise $",
    "def f(p):", "def g():", "class f:", "if sys.platform == 'win32':", "if $:", "else:", "try:",
    "except OSError:", "finally:", "for p in $:", "with os.add_dll_directory($) as q:", "while $:",
    "if sys.version_info >= (3, 8) and not $:", "pass", "break", "map(os.add_dll_directory, $)",
)  # fmt: skip


@st.composite
def sources(draw: st.DrawFn) -> bytes:
    """Return Python source that is often right, and full of references in a circle."""
    lines = []
    depth = 0
    for statement in draw(st.lists(st.sampled_from(STATEMENTS), max_size=25)):
        if not statement.endswith(":"):
            depth = max(0, depth - draw(st.integers(0, 2)))
        elif statement.startswith(("else", "except", "finally")):
            depth = max(0, depth - 1)
        text = statement
        for _ in range(draw(st.integers(0, 8))):
            text = text.replace("$", draw(st.sampled_from(EXPRESSIONS)), 1)
        lines.append("    " * depth + text.replace("$", "p"))
        depth += statement.endswith(":")
    return "\n".join([*lines, "    " * depth + "pass"]).encode()


#: What is tried, by name: a check and the strategies of its arguments.
TARGETS: dict[str, tuple[Callable[..., None], tuple[st.SearchStrategy[bytes], ...]]] = {
    "image": (check_image, (damaged(IMAGES),)),
    "beginning": (check_beginning, (damaged(IMAGES),)),
    "library": (check_library, (damaged(LIBRARIES),)),
    "archive": (check_archive, (damaged(WHEELS),)),
    "wheel": (check_wheel, (damaged(WHEELS),)),
    "texts": (check_texts, (damaged(TEXTS), damaged(TEXTS), damaged(TEXTS))),
    "code": (check_code, (sources(),)),
    "contents": (check_contents, (damaged(IMAGES), damaged(LIBRARIES), texts)),
}
