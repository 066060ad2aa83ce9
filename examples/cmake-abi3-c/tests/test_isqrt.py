"""Runs under pytest, and as `python tests/test_isqrt.py` where there is no pytest."""

from isqrt import isqrt


def test_roots_are_rounded_down():
    assert [isqrt(number) for number in (0, 1, 3, 4, 99)] == [0, 1, 1, 2, 9]
    assert isqrt(2**64 - 1) == 2**32 - 1


def test_a_negative_number_is_refused():
    try:
        isqrt(-1)
    except OverflowError:
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_roots_are_rounded_down()
    test_a_negative_number_is_refused()
    print("isqrt works")
