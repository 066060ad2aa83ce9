"""Real wheels must pass, and two independent readers must see in them what winarm sees."""

# ruff: noqa: ANN401 - LIEF need not be installed, so its types are unknown

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from winarm.coff.image import Image, read_image
from winarm.coff.machines import Kind
from winarm.verify import verify
from winarm.verify.inspection import inspect_image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    #: DLLs and symbols in no order, once each for plain and for delay imports.
    Imports = Counter[tuple[str, bool, str | int]]

pytestmark = pytest.mark.network

#: What llvm-readobj calls a format.
FORMATS = {
    "COFF-ARM64": Kind.ARM64,
    "COFF-ARM64EC": Kind.ARM64EC,
    "COFF-ARM64X": Kind.ARM64X,
    "COFF-x86-64": Kind.AMD64,
    "COFF-i386": Kind.X86,
    "COFF-ARM": Kind.ARM32,
}
SYMBOL = re.compile(r"  Symbol: (?P<name>.*) \((?P<number>[0-9]+)\)")


def images(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith((".pyd", ".dll", ".exe")):
                yield name, archive.read(name)


def test_good_wheels_pass(good_wheels: list[Path]) -> None:
    bad = {path.name: report.findings for path in good_wheels if not (report := verify(path)).ok}

    assert bad == {}


def test_good_wheels_pass_without_warning_of_soundness(good_wheels: list[Path]) -> None:
    codes = {found.code.name for path in good_wheels for found in verify(path).findings}

    assert codes <= {"WA509", "WA702"}


def our_imports(image: Image) -> Imports:
    return Counter(
        (item.dll, item.delayed, symbol) for item in image.imports for symbol in item.symbols
    )


def test_llvm_sees_the_same(good_wheels: list[Path], tmp_path: Path) -> None:
    readobj = shutil.which("llvm-readobj-19") or shutil.which("llvm-readobj-20")
    if readobj is None:
        pytest.skip("llvm-readobj 19 is not installed (Debian: apt install llvm-19)")
    for wheel in good_wheels:
        for name, data in images(wheel):
            file = tmp_path / "image"
            file.write_bytes(data)
            said = subprocess.run(
                [readobj, "--file-headers", "--coff-imports", "--coff-exports", file],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            kind, imports, exports = parsed(said)
            ours = read_image(data)

            assert (name, ours.kind) == (name, kind)
            assert our_imports(ours) == imports, name
            assert ours.exports.names == exports, name
            assert ours.defects == ()


def parsed(said: str) -> tuple[Kind, Imports, frozenset[str]]:
    """Return machine, imports and exports from llvm-readobj's text."""
    kind = FORMATS[said.partition("Format: ")[2].partition("\n")[0].strip()]
    imports: Imports = Counter()
    exports: set[str] = set()
    block = dll = ""
    for line in said.splitlines():
        if line.endswith("{") and not line.startswith(" "):
            block = line.partition(" ")[0]
        elif block in {"Import", "DelayImport"} and line.startswith("  Name: "):
            dll = line.removeprefix("  Name: ")
        elif block in {"Import", "DelayImport"} and line.startswith("  Symbol: "):
            imports[dll, block == "DelayImport", symbol_of(line)] += 1
        elif block in {"Import", "DelayImport"} and line.startswith("  Import {"):
            block = "DelayImport"
        elif block == "DelayImport" and line.startswith("    Symbol: "):
            imports[dll, True, symbol_of(line[2:])] += 1
        elif block == "Export" and line.startswith("  Name: ") and len(line) > len("  Name: "):
            exports.add(line.removeprefix("  Name: "))
    return kind, imports, frozenset(exports)


def symbol_of(line: str) -> str | int:
    match = SYMBOL.fullmatch(line)
    assert match, line
    return match["name"] or int(match["number"])


def test_pefile_sees_the_same(good_wheels: list[Path]) -> None:
    found = {
        f"{wheel.name}:{name}": inspect_image(data).disagreements
        for wheel in good_wheels
        for name, data in images(wheel)
    }

    assert {name: words for name, words in found.items() if words} == {}


def test_lief_sees_the_same(good_wheels: list[Path]) -> None:
    lief = pytest.importorskip("lief", reason="LIEF is not installed (pip install lief)")
    for wheel in good_wheels:
        for name, data in images(wheel):
            theirs = lief.PE.parse(list(data))
            ours = read_image(data)

            assert (name, ours.kind) == (name, lief_kind(lief, theirs))
            assert our_imports(ours) == lief_imports(theirs), name
            assert ours.exports.names == lief_exports(theirs), name


def lief_kind(lief: Any, binary: Any) -> Kind:
    machine = binary.header.machine
    types = lief.PE.Header.MACHINE_TYPES
    if binary.is_arm64ec:
        return Kind.ARM64EC
    if binary.is_arm64x:
        return Kind.ARM64X
    return {types.ARM64: Kind.ARM64, types.AMD64: Kind.AMD64, types.I386: Kind.X86}.get(
        machine, Kind.ARM32
    )


def lief_imports(binary: Any) -> Imports:
    found: Imports = Counter()
    for delayed, items in ((False, binary.imports), (True, binary.delay_imports)):
        for item in items:
            for entry in item.entries:
                found[item.name, delayed, entry.ordinal if entry.is_ordinal else entry.name] += 1
    return found


def lief_exports(binary: Any) -> frozenset[str]:
    export = binary.get_export()
    return (
        frozenset(entry.name for entry in export.entries if entry.name) if export else frozenset()
    )
