"""Counts the words of many texts, one thread a core."""

from wordcount._wordcount import count

__all__ = ["count"]
