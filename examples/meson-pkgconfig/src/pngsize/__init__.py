"""The size of PNG images."""

from pngsize._pngsize import size, version

__all__ = ["size", "version"]
