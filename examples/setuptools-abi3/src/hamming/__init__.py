"""How many bits differ between two equally long strings of bytes."""

from hamming._hamming import distance

__all__ = ["distance"]
