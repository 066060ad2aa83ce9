"""Checksums of zlib."""

from adler._adler import adler32, version

__all__ = ["adler32", "version"]
