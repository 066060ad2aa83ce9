from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.cases import ARM64_WHEEL, DIST_INFO, PYD, good
from verify_samples.wheel import contents, pack, record_hash, wheel

from winarm.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

RECORD = f"{DIST_INFO}/RECORD"
HEAD = "Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n"


def codes(folder: Path, files: dict[str, bytes], tag: str = "cp313-cp313") -> list[str]:
    suffix = tag.split("-")[1].split(".", maxsplit=1)[0]
    plain = suffix in {"abi3", "none"}
    module = "pkg/_x.pyd" if plain else f"pkg/_x.{suffix}-win_arm64.pyd"
    dll = "python3.dll" if plain else f"python{suffix[2:]}.dll"
    members = {module: im.module(imports={dll: ["PyModuleDef_Init"]}), **files}
    path = wheel(folder, members, f"pkg-1.0-{tag}-win_arm64.whl")
    return sorted({found.code.name for found in verify(path).findings})


def metadata(text: str) -> dict[str, bytes]:
    return {f"{DIST_INFO}/METADATA": text.encode()}


@pytest.mark.parametrize(
    ("tag", "requires"),
    [
        ("cp313-cp313", ">=3.13"),
        ("cp313-cp313", ">= 3.8"),
        ("cp313-cp313", ">=3.13.5"),
        ("cp313-cp313", "==3.13.*"),
        ("cp313-cp313", "!=3.13.0,<3.14"),
        ("cp313-cp313", ">=3"),
        ("cp311-abi3", ">=3.12"),
        ("cp311-abi3", ">=3.12,<3.15"),
        ("py3-none", ">=3.9,<3.12"),
        ("py2.py3-none", ">=3.9"),
    ],
)
def test_requires_python_that_takes_the_tag_is_good(
    tag: str, requires: str, tmp_path: Path
) -> None:
    assert codes(tmp_path, metadata(f"{HEAD}Requires-Python: {requires}\n"), tag) == []


@pytest.mark.parametrize(
    ("tag", "requires"),
    [
        ("cp313-cp313", ">=3.14"),
        ("cp313-cp313", ">=3.8,<3.13"),
        ("cp313-cp313", "<3"),
        ("cp313-cp313", "!=3.13.*"),
        ("cp313-cp313", "==3.13.999"),
        ("cp311-abi3", "<3.11"),
        ("py3-none", "<3"),
        ("py3-none", ">=4"),
    ],
)
def test_requires_python_that_excludes_the_tag_is_found(
    tag: str, requires: str, tmp_path: Path
) -> None:
    assert codes(tmp_path, metadata(f"{HEAD}Requires-Python: {requires}\n"), tag) == ["WA620"]


@pytest.mark.parametrize("tag", ["cp313-cp313", "py3-none"])
@pytest.mark.parametrize("requires", ["3.x", ">=3.8;<4", ">=" + "3," * 200])
def test_requires_python_that_is_no_specifier_is_found(
    requires: str, tag: str, tmp_path: Path
) -> None:
    assert codes(tmp_path, metadata(f"{HEAD}Requires-Python: {requires}\n"), tag) == ["WA619"]


@pytest.mark.parametrize(
    "text",
    [
        "Name: pkg\nVersion: 1.0\n",
        HEAD.replace("2.1", "3.0"),
        HEAD.replace("2.1", "new"),
        f"{HEAD}Name: pkg\n",
        f"{HEAD}Requires-Python: >=3.8\nRequires-Python: >=3.9\n",
        f"{HEAD.replace('2.1', '2.4')}License-File: LICENSE\n",
    ],
)
def test_metadata_that_indexes_refuse_is_found(text: str, tmp_path: Path) -> None:
    assert codes(tmp_path, metadata(text)) == ["WA619"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("2.1", "2.5"),
        f"{HEAD}License-File: LICENSE\n",
        f"{HEAD}Author: Andr\u00e9\n",
        f"{HEAD}License: MIT\n        \n        Copyright\n",
        f"{HEAD}Classifier: Topic :: Games/Entertainment\nClassifier: Typing :: Typed\n",
        f"{HEAD}\nName: of the description\n",
    ],
)
def test_good_metadata_is_good(text: str, tmp_path: Path) -> None:
    assert codes(tmp_path, metadata(text)) == []


def test_what_only_an_index_refuses_is_no_error(tmp_path: Path) -> None:
    text = f"{HEAD}Classifier: a\nClassifier: Private :: x\n"

    assert codes(tmp_path, metadata(text)) == ["WA625", "WA626"]


def test_name_after_a_line_that_is_no_field_is_missing(tmp_path: Path) -> None:
    text = "Metadata-Version: 2.1\nLicense: MIT\nCopyright by me\nName: pkg\nVersion: 1.0\n"

    assert codes(tmp_path, metadata(text)) == ["WA614"]


def test_wheel_file_that_is_not_utf8_is_found(tmp_path: Path) -> None:
    text = b"Wheel-Version: 1.0\nGenerator: \xe9\nRoot-Is-Purelib: false\n"
    text += b"Tag: cp313-cp313-win_arm64\n"

    assert codes(tmp_path, {f"{DIST_INFO}/WHEEL": text}) == ["WA613"]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (b"Wheel-Version: 1.0", []),
        (b"Wheel-Version:1.10", []),
        (b"Wheel-Version: 1", ["WA613"]),
        (b"wheel-version: 1.0", ["WA613"]),
        (b"Wheel-Version: 1.", ["WA613"]),
    ],
)
def test_version_of_the_format_is_read_as_installers_do(
    field: bytes, found: list[str], tmp_path: Path
) -> None:
    text = field + b"\nRoot-Is-Purelib: false\nTag: cp313-cp313-win_arm64\n"

    assert codes(tmp_path, {f"{DIST_INFO}/WHEEL": text}) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", []),
        (b"# a\n\n[console_scripts]\n  # b\n  x = pkg:main\n", []),
        (b"[console_scripts]\n; a\nx = pkg:main\n", ["WA622"]),
        (b"[console_scripts]\nx =\n  pkg:main\n", ["WA622"]),
        (b"[console_scripts]\nx = 1pkg:main\n", ["WA622"]),
        (b"[console_scripts]\nx = p1:_f2\n", []),
        (b"[console_scripts]\na-b.c_d = pkg.cli:main\n\n[other]\nx y = pkg\n", []),
        (b"[console_scripts]\nx = pkg:main [extra]\n", []),
        (b"[gui_scripts]\nX = pkg:main\nx = pkg:main.run\n", []),
        (b"[console_scripts]\nx = %(pkg)s:main\n", ["WA622"]),
        (b"[console_scripts]\nx = pkg\n", ["WA622"]),
        (b"[console_scripts]\n../x = pkg:main\n", ["WA622"]),
        (b"[console_scripts]\nx = pkg:main\nx = pkg:other\n", ["WA622"]),
        (b"x = pkg:main\n", ["WA622"]),
        (b"[console_scripts\n", ["WA622"]),
        (b"[console_scripts]\nx = pkg:main # \xe9\n", ["WA622"]),
        (b"[other]\nx = pkg\n" * 100_000, ["WA622"]),
    ],
)
def test_entry_points_are_read_as_installers_do(
    text: bytes, found: list[str], tmp_path: Path
) -> None:
    assert codes(tmp_path, {f"{DIST_INFO}/entry_points.txt": text}) == found


def test_license_file_that_is_there_is_good(tmp_path: Path) -> None:
    text = f"{HEAD.replace('2.1', '2.4')}License-File: a/LICENSE\n"
    files = {**metadata(text), f"{DIST_INFO}/licenses/a/LICENSE": b"MIT"}

    assert codes(tmp_path, files) == []


def test_dist_info_spelled_otherwise_than_the_file_name_is_found(tmp_path: Path) -> None:
    """Installers take it, and PyPI does not find WHEEL."""
    files = {"pkg/_x.cp313-win_arm64.pyd": im.module()}
    members = contents("Pkg-1.0-cp313-cp313-win_arm64.whl", files)
    path = pack(tmp_path / "pkg-1.0-cp313-cp313-win_arm64.whl", members)

    assert {found.code.name for found in verify(path).findings} == {"WA616"}


def with_record(folder: Path, record: bytes) -> list[str]:
    path = pack(folder / ARM64_WHEEL, {**good(), RECORD: record})
    return sorted({found.code.name for found in verify(path).findings})


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"", b"", []),
        (RECORD.encode(), RECORD.replace("/", "\\").encode(), ["WA621"]),
        (PYD.encode(), PYD.replace("/", "\\").encode(), ["WA609", "WA612"]),
        (b"sha256=", b"sha1=", ["WA612"]),
        (b"sha256=", b"", ["WA612"]),
        (b"sha256=", b"sha224=", ["WA612"]),
        (b",,", b",sha256=AAAA,12", []),
        (b",,\n", b",,", []),
        (b",,\n", b",,\n\n", ["WA612"]),
        (b"\n", b"\n\n", ["WA612"]),
        (PYD.encode(), b"pkg/gone.pyd", ["WA609", "WA610"]),
    ],
)
def test_rows_of_record(old: bytes, new: bytes, found: list[str], tmp_path: Path) -> None:
    assert with_record(tmp_path, good()[RECORD].replace(old, new)) == found


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha3_256", "blake2b", "blake2s"])
def test_strong_hashes_are_compared(algorithm: str, tmp_path: Path) -> None:
    others = {name: data for name, data in good().items() if name != RECORD}
    rows = [f"{name},{record_hash(data, algorithm)},\n" for name, data in others.items()]

    assert with_record(tmp_path, f"{''.join(rows)}{RECORD},,\n".encode()) == []

    rows[0] = f"{next(iter(others))},{record_hash(b'other', algorithm)},\n"
    assert with_record(tmp_path, f"{''.join(rows)}{RECORD},,\n".encode()) == ["WA608"]


@pytest.mark.parametrize(
    "more", [b"pkg/x,,\n", b"a,b\n", b"\xff,,\n", b"../x,,\n", b"pkg/_x,sha256=a,-1\n"]
)
def test_row_too_many_is_found(more: bytes, tmp_path: Path) -> None:
    assert with_record(tmp_path, good()[RECORD] + more)
