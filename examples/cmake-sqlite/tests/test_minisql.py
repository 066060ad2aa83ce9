"""Runs under pytest, and as `python tests/test_minisql.py` where there is no pytest."""

from minisql import value, version


def test_sql_is_answered():
    assert value("select 6 * 7") == "42"


def test_a_mistake_is_an_exception():
    try:
        value("select")
    except ValueError as error:
        assert "incomplete input" in str(error)
        return
    raise AssertionError("no exception")


def test_the_library_says_its_version():
    assert version().startswith("3.")


if __name__ == "__main__":
    test_sql_is_answered()
    test_a_mistake_is_an_exception()
    test_the_library_says_its_version()
    print("minisql works")
