"""Runs under pytest, and as `python tests/test_mandel.py` where there is no pytest."""

from mandel import steps


def test_a_point_of_the_set_never_leaves():
    assert steps(0j) == 1000
    assert steps(-1 + 0j, limit=50) == 50


def test_a_point_outside_leaves_soon():
    assert steps(1 + 1j) == 2


if __name__ == "__main__":
    test_a_point_of_the_set_never_leaves()
    test_a_point_outside_leaves_soon()
    print("mandel works")
