"""Runs under pytest, and as `python tests/test_primes.py` where there is no pytest."""

from primes import factors, up_to


def test_primes_up_to_a_limit():
    assert up_to(20) == [2, 3, 5, 7, 11, 13, 17, 19]


def test_factors_multiply_to_the_number():
    assert factors(2**40 * 1_000_003) == [2] * 40 + [1_000_003]


def test_a_c_plus_plus_exception_arrives():
    try:
        factors(0)
    except ValueError as error:
        assert str(error) == "zero has no prime factors"
        return
    raise AssertionError("no exception")


if __name__ == "__main__":
    test_primes_up_to_a_limit()
    test_factors_multiply_to_the_number()
    test_a_c_plus_plus_exception_arrives()
    print("primes works")
