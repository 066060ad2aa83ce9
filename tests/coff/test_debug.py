from __future__ import annotations

import struct

from verify_samples.image import image

from winarm.coff.debug import read_pdb_path
from winarm.coff.headers import DEBUG, read_headers
from winarm.coff.image import read_image

PATH = "C:\\build\\x.pdb"


def test_debug_database_is_named() -> None:
    assert read_image(image(pdb="C:\\build\\x.pdb")).pdb_path == "C:\\build\\x.pdb"


def test_without_debug_records_there_is_none() -> None:
    data = image()

    assert read_pdb_path(data, read_headers(data)) == (None, True)


def test_a_record_of_another_kind_names_none() -> None:
    data = image(pdb=PATH).replace(b"RSDS", b"NB10")

    assert read_pdb_path(data, read_headers(data)) == (None, True)


def test_a_path_without_end_is_cut() -> None:
    data = image(pdb="x" * 5000)

    path, held = read_pdb_path(data, read_headers(data))

    assert path == "x" * 1000
    assert held


def test_records_in_no_section_are_none_and_not_held() -> None:
    data = image(pdb=PATH)
    rva = read_headers(data).place(DEBUG)
    moved = data.replace(struct.pack("<I", rva), struct.pack("<I", 0x7000_0000), 1)

    assert read_pdb_path(moved, read_headers(moved)) == (None, False)


def test_the_beginning_of_an_image_says_that_it_does_not_hold_the_path() -> None:
    data = image(pdb=PATH)

    assert read_pdb_path(data[: data.index(PATH.encode())], read_headers(data))[1] is False
