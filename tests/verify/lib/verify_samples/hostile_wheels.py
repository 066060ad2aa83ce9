"""Wheels whose metadata or layout is wrong in one way each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.cases import (
    ANY_WHEEL,
    DIST_INFO,
    PYD,
    beside,
    case,
    files,
    good,
    raw,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
changed("a WHEEL whose version is not a number", "WA613", "WHEEL", WHEEL.replace(b"1.0", b"1.x"))
raw("no METADATA", "WA614", "WA610")(lambda: without(f"{DIST_INFO}/METADATA"))
METADATA = b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n"
changed("another version in METADATA", "WA614", "METADATA", METADATA.replace(b"1.0", b"2.0"))
changed("METADATA that is not UTF-8", "WA619", "METADATA", METADATA + b"Author: Andr\xe9\n")
changed("a Requires-Python without the wheel's Python", "WA620", "METADATA",
        METADATA + b"Requires-Python: >=3.8,<3.13\n")  # fmt: skip
changed("a classifier that does not exist", "WA625", "METADATA",
        METADATA + b"Classifier: License-Expression :: MIT\n")  # fmt: skip
changed("a requirement with an address", "WA626", "METADATA",
        METADATA + b"Requires-Dist: other @ https://example.org/other.whl\n")  # fmt: skip
raw("RECORD that spells itself with a backslash", "WA621")(
    lambda: with_record(lambda text: text.replace(b"info/RECORD", b"info\\RECORD"))
)
files("a script that names no function", "WA622")(
    lambda: {
        PYD: im.module(),
        f"{DIST_INFO}/entry_points.txt": b"[console_scripts]\nx = pkg\n",
    }
)

files("test data that is not an image", "WA112")(
    lambda: {PYD: im.module(), "pkg/tests/empty.exe": b""}
)


@case("a variant", "WA624")
def _variant(folder: Path) -> Path:
    return wh.pack(folder / "pkg-1.0-cp313-cp313-win_arm64-cu12.whl", good())


@case("a name that is no wheel's", "WA615")
def _misnamed(folder: Path) -> Path:
    return wh.pack(folder / "pkg.whl", good())


@case("a wheel that was renamed", "WA616")
def _other_name(folder: Path) -> Path:
    return wh.pack(folder / "other-1.0-cp313-cp313-win_arm64.whl", good())


beside("an unknown part of .data", "WA618", "pkg-1.0.data/bin/tool", b"")
files("tags that contradict each other", "WA623", filename="pkg-1.0-cp312-cp313-win_arm64.whl")(
    lambda: {PYD: im.module()}
)

# 7: layout

beside("a module that hides another", "WA701", "pkg/_x.pyd", im.module())
beside("an import library of the module", "WA702", "pkg/_x.cp313-win_arm64.lib",
       im.library(("x.dll/", im.short_import())))  # fmt: skip
beside("a debug database", "WA702", "pkg/_x.pdb", b"Microsoft C/C++ MSF 7.00\r\n\x1aDS")
