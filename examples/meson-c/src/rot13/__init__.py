"""Turns letters by thirteen places."""

from rot13._rot13 import rot13

__all__ = ["rot13"]
