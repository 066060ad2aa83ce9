"""Runs under pytest, and as `python tests/test_median.py` where there is no pytest."""

from median import median


def test_the_middle_is_found():
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 3, 2]) == 2.5


def test_nothing_has_no_middle():
    try:
        median([])
    except ValueError:
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_the_middle_is_found()
    test_nothing_has_no_middle()
    print("median works")
