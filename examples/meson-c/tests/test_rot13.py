"""Runs under pytest, and as `python tests/test_rot13.py` where there is no pytest."""

from rot13 import rot13


def test_letters_turn():
    assert rot13("Hello, World!") == "Uryyb, Jbeyq!"


def test_twice_is_the_same_again():
    assert rot13(rot13("Grüße aus München 42")) == "Grüße aus München 42"


if __name__ == "__main__":
    test_letters_turn()
    test_twice_is_the_same_again()
    print("rot13 works")
