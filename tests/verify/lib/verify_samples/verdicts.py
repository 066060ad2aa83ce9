"""Small wheels with the verdict that is right, for tables of near neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.cases import ANY_WHEEL, ARM64_WHEEL, PYD
from winarm.target import WIN32, WIN_AMD64
from winarm.verify import Severity, VerifyOptions, verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ANY_WHEEL", "PYD", "Verdict", "bad", "code", "good", "judged", "needing"]

LIBRARY_WHEEL = "pkg-1.0-py3-none-win_arm64.whl"
FAT_WHEEL = "pkg-1.0-cp313-cp313-win_amd64.win_arm64.whl"
HELPER = im.image(exports=["f"])
X64 = im.image(machine=im.AMD64, exports=["f"])
ALL_TARGETS = (WIN_AMD64, WIN32)


@dataclass(frozen=True)
class Verdict:
    """A wheel, and whether it is good."""

    what: str
    good: bool
    files: Mapping[str, bytes] = field(repr=False)
    filename: str = ARM64_WHEEL
    metadata: str = ""


def good(
    what: str, files: Mapping[str, bytes], *, filename: str = ARM64_WHEEL, metadata: str = ""
) -> Verdict:
    """Return a wheel without errors."""
    return Verdict(what, True, {"pkg/__init__.py": b"", **files}, filename, metadata)  # noqa: FBT003


def bad(
    what: str, files: Mapping[str, bytes], *, filename: str = ARM64_WHEEL, metadata: str = ""
) -> Verdict:
    """Return a wheel with an error."""
    return Verdict(what, False, {"pkg/__init__.py": b"", **files}, filename, metadata)  # noqa: FBT003


def judged(one: Verdict, folder: Path) -> tuple[bool, bool]:
    """Return whether a wheel has no errors, with its RECORD compared and without."""
    path = wh.wheel(folder, one.files, one.filename, metadata=one.metadata)
    with_record, without = (
        verify(path, VerifyOptions(also=ALL_TARGETS, skip_others=True, record=record))
        for record in (True, False)
    )
    return not with_record.reaches(Severity.ERROR), not without.reaches(Severity.ERROR)


def needing(dll: str, *symbols: str | int, machine: int = im.ARM64) -> bytes:
    """Return a module that needs a further DLL."""
    imports = {"python313.dll": ["PyModuleDef_Init"], dll: symbols or ["f"]}
    return im.module(imports=imports, machine=machine)


IN_LIBS = {PYD: needing("helper.dll"), "pkg.libs/helper.dll": HELPER}


def code(text: str) -> dict[str, bytes]:
    """Return a wheel whose module's DLL is in pkg.libs, and whose __init__ is `text`."""
    return {**IN_LIBS, "pkg/__init__.py": text.encode()}
