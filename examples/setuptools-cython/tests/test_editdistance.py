"""Runs under pytest, and as `python tests/test_editdistance.py` where there is no pytest."""

from editdistance import distance


def test_known_distances():
    assert distance("kitten", "sitting") == 3
    assert distance("", "abc") == 3
    assert distance("same", "same") == 0
    assert distance("naïve", "naive") == 1


def test_none_is_refused():
    try:
        distance(None, "text")
    except TypeError:
        return
    raise AssertionError("None was taken for a text")


if __name__ == "__main__":
    test_known_distances()
    test_none_is_refused()
    print("editdistance works")
