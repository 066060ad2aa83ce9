"""Runs under pytest, and as `python tests/test_adler.py` where there is no pytest."""

import zlib

from adler import adler32, version


def test_the_checksum_is_that_of_python():
    assert adler32(b"Wikipedia") == zlib.adler32(b"Wikipedia") == 0x11E60398


def test_the_library_says_its_version():
    assert version().startswith("1.")


if __name__ == "__main__":
    test_the_checksum_is_that_of_python()
    test_the_library_says_its_version()
    print("adler works")
