"""Which library of Windows has a symbol."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from winarm.host import Host
from winarm.locate import Request, Toolchain
from winarm.locate.definitions import libraries_of
from winarm.locate.zig import find_zig
from winarm.target import WIN_ARM64

DEFINITIONS = """\
LIBRARY "OWN.dll"
EXPORTS
Plain
Decorated@8
Data DATA
; Commented
"""


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    zig = ("zig",)
    programs = (zig, zig, zig, zig, zig)
    return Toolchain("zig", "1", "a test", WIN_ARM64, *programs, definitions=(tmp_path,))


@pytest.mark.parametrize("symbol", ["Plain", "Decorated", "Data"])
def test_every_form_of_a_definition(toolchain: Toolchain, tmp_path: Path, symbol: str) -> None:
    (tmp_path / "own.def.in").write_text(DEFINITIONS)

    assert libraries_of(toolchain, [symbol]) == {symbol: "own"}


@pytest.mark.parametrize("symbol", ["Commented", "Plai", "ain", "EXPORTS2", "Nowhere", ".*"])
def test_what_is_not_defined_is_in_no_library(
    toolchain: Toolchain, tmp_path: Path, symbol: str
) -> None:
    (tmp_path / "own.def").write_text(DEFINITIONS)

    assert libraries_of(toolchain, [symbol]) == {}


def test_an_api_set_is_the_last_choice(toolchain: Toolchain, tmp_path: Path) -> None:
    for name in ("api-ms-a", "longer", "own"):
        (tmp_path / f"{name}.def").write_text(DEFINITIONS)

    assert libraries_of(toolchain, ["Plain"]) == {"Plain": "own"}


@pytest.mark.parametrize("name", ["Own.Lib", "libown.a", "libown.dll.a"])
def test_import_libraries_are_definitions_too(
    toolchain: Toolchain, tmp_path: Path, name: str
) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / name).write_bytes(b"!<arch>\n/ \0__imp_Plain\0Plain\0")

    found = libraries_of(replace(toolchain, library_dirs=(tmp_path / "libs",)), ["Plain", "Plai"])

    assert found == {"Plain": "own"}


def test_folders_that_are_not_there(toolchain: Toolchain, tmp_path: Path) -> None:
    assert libraries_of(replace(toolchain, definitions=(tmp_path / "none",)), ["Plain"]) == {}


def test_the_definitions_of_the_real_zig() -> None:
    import sysconfig  # noqa: PLC0415

    site = Path(sysconfig.get_path("platlib"))
    toolchain = find_zig(Host.current(), Request(WIN_ARM64, (site,))).found
    assert toolchain is not None

    found = libraries_of(toolchain, ["CertOpenSystemStoreW", "BCryptGenRandom", "htonl", "own"])

    assert found == {
        "CertOpenSystemStoreW": "crypt32",
        "BCryptGenRandom": "bcrypt",
        "htonl": "ws2_32",
    }
