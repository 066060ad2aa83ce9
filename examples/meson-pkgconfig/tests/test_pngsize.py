"""Runs under pytest, and as `python tests/test_pngsize.py` where there is no pytest."""

import struct
import zlib

from pngsize import size, version


def png(width, height):
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(width)) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def test_the_size_is_that_of_the_image():
    assert size(png(3, 2)) == (3, 2)


def test_what_is_no_image_is_an_exception():
    try:
        size(b"no image at all")
    except ValueError:
        return
    raise AssertionError("no exception")


def test_the_library_says_its_version():
    assert version().startswith("1.6")


if __name__ == "__main__":
    test_the_size_is_that_of_the_image()
    test_what_is_no_image_is_an_exception()
    test_the_library_says_its_version()
    print("pngsize works")
