from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples.cases import ARM64_WHEEL, DIST_INFO, PYD, good
from verify_samples.wheel import pack, record_hash

from winarm.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

RECORD = f"{DIST_INFO}/RECORD"


def codes(folder: Path, record: bytes) -> list[str]:
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
    assert codes(tmp_path, good()[RECORD].replace(old, new)) == found


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha3_256", "blake2b", "blake2s"])
def test_strong_hashes_are_compared(algorithm: str, tmp_path: Path) -> None:
    others = {name: data for name, data in good().items() if name != RECORD}
    rows = [f"{name},{record_hash(data, algorithm)},\n" for name, data in others.items()]

    assert codes(tmp_path, f"{''.join(rows)}{RECORD},,\n".encode()) == []

    rows[0] = f"{next(iter(others))},{record_hash(b'other', algorithm)},\n"
    assert codes(tmp_path, f"{''.join(rows)}{RECORD},,\n".encode()) == ["WA608"]


@pytest.mark.parametrize(
    "more", [b"pkg/x,,\n", b"a,b\n", b"\xff,,\n", b"../x,,\n", b"pkg/_x,sha256=a,-1\n"]
)
def test_row_too_many_is_found(more: bytes, tmp_path: Path) -> None:
    assert codes(tmp_path, good()[RECORD] + more)
