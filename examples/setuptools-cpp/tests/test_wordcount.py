"""Runs under pytest, and as `python tests/test_wordcount.py` where there is no pytest."""

from wordcount import count


def test_words_are_counted_across_texts_and_threads():
    texts = ["to be or not to be", "be quick", "naïve to"] * 50
    expected = {"to": 150, "be": 150, "or": 50, "not": 50, "quick": 50, "naïve": 50}

    assert count(texts, threads=4) == expected


def test_exception_in_a_thread_becomes_a_python_exception():
    try:
        count(["fine", "not\0fine"], threads=2)
    except ValueError as error:
        assert "NUL" in str(error)
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_words_are_counted_across_texts_and_threads()
    test_exception_in_a_thread_becomes_a_python_exception()
    print("wordcount works")
