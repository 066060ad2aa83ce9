"""Runs under pytest, and as `python tests/test_hamming.py` where there is no pytest."""

from hamming import distance


def test_bits_that_differ_are_counted():
    assert distance(b"\x00\xff", b"\x0f\xff") == 4
    assert distance(b"same", b"same") == 0


def test_lengths_must_agree():
    try:
        distance(b"a", b"ab")
    except ValueError as error:
        assert str(error) == "lengths differ: 1 and 2"
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_bits_that_differ_are_counted()
    test_lengths_must_agree()
    print("hamming works")
