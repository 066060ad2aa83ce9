from __future__ import annotations

import struct

import pytest
from verify_samples.image import image

from winarm.coff.headers import RESOURCE, read_headers
from winarm.coff.resources import MAX_MANIFEST, read_manifest

MANIFEST = b"<assembly/>"


def manifest(data: bytes, *, cut: int | None = None) -> tuple[bytes, bool]:
    return read_manifest(data[:cut], read_headers(data))


def resources(data: bytes | bytearray) -> int:
    """Return where in the file the directory of types is."""
    headers = read_headers(data)
    return headers.offset(headers.place(RESOURCE))


def test_an_image_without_resources_has_none() -> None:
    assert manifest(image()) == (b"", True)


@pytest.mark.parametrize(("dll", "number"), [(True, 2), (False, 1)])
def test_windows_obeys_another_number_in_a_dll_than_in_a_program(dll: bool, number: int) -> None:  # noqa: FBT001
    obeyed = image(manifest=MANIFEST, manifest_id=number, dll=dll)
    other = image(manifest=MANIFEST, manifest_id=3 - number, dll=dll)

    assert manifest(obeyed) == (MANIFEST, True)
    assert manifest(other) == (b"", True)


def test_a_long_one_is_cut_at_the_limit() -> None:
    found, held = manifest(image(manifest=b"x" * (MAX_MANIFEST + 1)))

    assert (len(found), held) == (MAX_MANIFEST, True)


def test_the_beginning_of_an_image_says_that_it_does_not_hold_all_of_it() -> None:
    data = image(manifest=MANIFEST)

    assert manifest(data, cut=data.index(MANIFEST) + 3) == (b"", False)


def test_a_manifest_where_its_folder_should_be_is_passed_over() -> None:
    """The type's entry names data at once, without directories of names and languages."""
    data = bytearray(image(manifest=MANIFEST))
    at = resources(data) + 16 + 4
    (place,) = struct.unpack_from("<I", data, at)
    struct.pack_into("<I", data, at, place & 0x7FFF_FFFF)

    assert manifest(bytes(data)) == (b"", True)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_damaged_directories_are_passed_over(level: int) -> None:
    """Each level's entry points far behind the file."""
    data = bytearray(image(manifest=MANIFEST))
    flag = 0x8000_0000 if level < 2 else 0
    struct.pack_into("<I", data, resources(data) + 24 * level + 16 + 4, 0x00FF_FFFF | flag)

    assert manifest(bytes(data)) == (b"", False)
