"""Square roots of whole numbers."""

from isqrt._isqrt import isqrt

__all__ = ["isqrt"]
