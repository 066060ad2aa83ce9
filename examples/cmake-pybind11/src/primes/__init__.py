"""Prime numbers."""

from primes._primes import factors, up_to

__all__ = ["factors", "up_to"]
