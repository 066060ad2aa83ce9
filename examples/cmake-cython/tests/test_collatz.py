"""Runs under pytest, and as `python tests/test_collatz.py` where there is no pytest."""

from collatz import length


def test_steps_are_counted():
    assert [length(number) for number in (1, 2, 3, 27)] == [0, 1, 7, 111]


def test_zero_is_refused():
    try:
        length(0)
    except ValueError:
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_steps_are_counted()
    test_zero_is_refused()
    print("collatz works")
