"""Runs under pytest, and as `python tests/test_crc16.py` where there is no pytest."""

from crc16 import crc16


def test_check_values_of_the_catalogue():
    assert crc16(b"123456789") == 0x29B1
    assert crc16(b"123456789", start=0) == 0x31C3


def test_parts_add_up():
    assert crc16(b"6789", start=crc16(b"12345")) == crc16(b"123456789")


if __name__ == "__main__":
    test_check_values_of_the_catalogue()
    test_parts_add_up()
    print("crc16 works")
