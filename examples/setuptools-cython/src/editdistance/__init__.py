"""The Levenshtein distance: how many edits turn one text into another."""

from editdistance._editdistance import distance

__all__ = ["distance"]
