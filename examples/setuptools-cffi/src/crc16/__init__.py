"""CRC-16/CCITT of some bytes."""

from crc16._crc16 import ffi, lib

__all__ = ["crc16"]


def crc16(data: bytes, start: int = 0xFFFF) -> int:
    """Return the CRC of `data`, going on from `start`."""
    return lib.crc16_ccitt(ffi.from_buffer(data), len(data), start)
