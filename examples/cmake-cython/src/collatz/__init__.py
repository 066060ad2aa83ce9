"""The Collatz sequence."""

from collatz._collatz import length

__all__ = ["length"]
