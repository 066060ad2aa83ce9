from __future__ import annotations

import struct
import time
from typing import Any

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.verify.inspection import (
    InspectionError,
    inspect_bounded,
    inspect_image,
    read_with_pefile,
)

SAMPLE = im.module(
    imports={"python313.dll": ["PyModuleDef_Init", 7]},
    delay_imports={"late.dll": ["f"]},
    exports=["PyInit__x", "other"],
)


def test_both_readers_agree_on_a_sound_image() -> None:
    found = inspect_image(SAMPLE)

    assert found.disagreements == ()
    assert found.winarm["machine"] == "ARM64"
    assert found.winarm["loads_on"] == ["win_arm64"]
    assert found.winarm["imports"] == ["python313.dll"]
    assert found.pefile["headers"]["machine_name"] == "ARM64"
    assert found.pefile["imports"] == [{"dll": "python313.dll", "symbols": ["PyModuleDef_Init", 7]}]
    assert found.pefile["delay_imports"] == [{"dll": "late.dll", "symbols": ["f"]}]
    assert [one["name"] for one in found.pefile["exports"]] == ["PyInit__x", "other"]
    assert found.size == len(SAMPLE)


def test_more_symbols_than_pefile_reads_by_itself_are_compared() -> None:
    """pefile stops after 8,192 symbols, and drops the DLLs that follow."""
    names = [f"f{number}" for number in range(9000)]
    found = inspect_image(im.module(imports={"a.dll": names, "python313.dll": ["f"]}))

    assert found.disagreements == ()
    assert [entry["dll"] for entry in found.pefile["imports"]] == ["a.dll", "python313.dll"]


def test_image_that_only_one_can_read_is_a_disagreement() -> None:
    # pefile reads images with more sections than the 96 that Windows loads.
    data = bytearray(SAMPLE)
    start = struct.unpack_from("<I", data, 0x3C)[0]
    struct.pack_into("<H", data, start + 6, 97)

    found = inspect_image(bytes(data))

    assert found.winarm == {"error": "it has 97 sections, and Windows loads at most 96"}
    assert found.disagreements == ("winarm cannot read the image, pefile can",)


@pytest.mark.parametrize("data", [b"", b"MZ", b"text", SAMPLE[:200]])
def test_what_neither_can_read_is_no_disagreement(data: bytes) -> None:
    found = inspect_image(data)

    assert "error" in found.winarm
    assert "error" in found.pefile
    assert found.disagreements == ()


@pytest.mark.parametrize(
    ("what", "has"),
    [
        ({"machine": im.AMD64}, "winarm reads the machine as 0x8664, pefile as 0xaa64"),
        (
            {"imports": {"python313.dll": ["PyModuleDef_Init"]}},
            "pefile sees 1 imports that winarm does not, such as python313.dll: 7",
        ),
        ({"exports": ["PyInit__x"]}, "pefile sees 1 exports that winarm does not, such as other"),
    ],
)
def test_differences_are_said(what: dict[str, Any], has: str) -> None:
    given: dict[str, Any] = {
        "imports": {"python313.dll": ["PyModuleDef_Init", 7]},
        "delay_imports": {"late.dll": ["f"]},
        "exports": ["PyInit__x", "other"],
    }
    other = read_image(im.module(**{**given, **what}))

    assert has in read_with_pefile(SAMPLE, other)[1]


def test_own_process_says_the_same() -> None:
    assert inspect_bounded(SAMPLE, 60) == inspect_image(SAMPLE)


def test_own_process_is_ended_when_its_time_is_over() -> None:
    began = time.monotonic()

    with pytest.raises(InspectionError, match="longer than"):
        inspect_bounded(SAMPLE, 1e-6)

    assert time.monotonic() - began < 30
