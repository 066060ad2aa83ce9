"""Sizes of C types on 64-bit Windows; expected values are those that Python prints there."""

from __future__ import annotations

import ctypes
import struct

import pytest

from winarm.child.winarm_child.answers import Unavailable
from winarm.child.winarm_child.sizes import (
    TargetArray,
    TargetStruct,
    ctypes_answers,
    ctypes_sizes,
    portable,
    struct_answers,
)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("l", 4),
        ("L", 4),
        ("q", 8),
        ("P", 8),
        ("n", 8),
        ("bq", 16),
        ("bl", 8),
        ("bq0l", 16),
        ("lb", 5),
        ("3s2x l", 12),
        ("@hhl", 8),
        (b"l", 4),
    ],
)
def test_a_native_format_has_the_targets_size_and_alignment(
    written: str | bytes, size: int
) -> None:
    assert struct.calcsize(portable(written)) == size


@pytest.mark.parametrize("written", ["<l", ">l", "!l", "=l", "y", "l$", 7, None])
def test_what_means_the_same_everywhere_or_nothing_is_left_alone(written: object) -> None:
    assert portable(written) is written


def test_a_format_that_is_wrong_fails_as_ever() -> None:
    calcsize = struct_answers(None)["calcsize"]
    assert callable(calcsize)

    with pytest.raises(struct.error, match="bad char"):
        calcsize("y")


def test_a_struct_packs_and_unpacks_in_the_targets_sizes() -> None:
    layout = TargetStruct("hl")

    assert layout.size == 8
    assert layout.unpack(layout.pack(1, -2)) == (1, -2)
    with pytest.raises(struct.error):
        layout.pack(1, 2**40)


def test_an_array_keeps_its_code_and_has_the_targets_items() -> None:
    numbers = TargetArray("L", [1, 2**32 - 1])

    assert (numbers.typecode, numbers.itemsize, len(numbers.tobytes())) == ("L", 4, 8)
    assert list(numbers) == [1, 2**32 - 1]
    with pytest.raises(OverflowError):
        numbers.append(2**32)
    assert TargetArray("d", [1.5]).itemsize == 8


def test_types_of_ctypes_have_the_targets_sizes() -> None:
    types = ctypes_sizes()

    assert {name: ctypes.sizeof(one) for name, one in types.items()} == {  # type: ignore[arg-type]
        name: size
        for name, size in {
            "c_long": 4,
            "c_ulong": 4,
            "c_longdouble": 8,
            "c_wchar": 2,
            "c_time_t": 8,
        }.items()
        if hasattr(ctypes, name)
    }


def test_a_wide_character_is_made_of_a_text() -> None:
    character = ctypes_sizes()["c_wchar"]
    assert callable(character)

    assert character("é").value == 0xE9
    with pytest.raises(TypeError):
        character("ab")


def test_windows_own_ctypes_says_why_it_is_not_there() -> None:
    answer = ctypes_answers({})["windll"]

    assert isinstance(answer, Unavailable)
    assert "ctypes.windll exists on Windows only" in answer.why
