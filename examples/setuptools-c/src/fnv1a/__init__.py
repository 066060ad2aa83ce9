"""The FNV-1a hash: quick, tiny, and the same on every machine."""

from fnv1a._fnv1a import fnv1a_32, fnv1a_64

__all__ = ["fnv1a_32", "fnv1a_64"]
