"""The middle of a list of numbers."""

from median._median import median

__all__ = ["median"]
