"""Runs under pytest, and as `python tests/test_fnv1a.py` where there is no pytest."""

from fnv1a import fnv1a_32, fnv1a_64


def test_hash_of_nothing_is_the_offset_basis():
    assert fnv1a_32(b"") == 0x811C9DC5
    assert fnv1a_64(b"") == 0xCBF29CE484222325


def test_published_values():
    assert fnv1a_32(b"foobar") == 0xBF9CF968
    assert fnv1a_64(b"foobar") == 0x85944171F73967E8


def test_text_is_refused():
    try:
        fnv1a_64("text")
    except TypeError:
        return
    raise AssertionError("str was taken for bytes")


if __name__ == "__main__":
    test_hash_of_nothing_is_the_offset_basis()
    test_published_values()
    test_text_is_refused()
    print("fnv1a works")
