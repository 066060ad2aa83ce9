"""SQL in memory."""

from minisql._minisql import value, version

__all__ = ["value", "version"]
