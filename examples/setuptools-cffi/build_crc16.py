"""Describes the C library to cffi; setup.py names this file in `cffi_modules`."""

from cffi import FFI

ffi = FFI()
ffi.cdef("uint16_t crc16_ccitt(const uint8_t *data, size_t length, uint16_t start);")
ffi.set_source(
    "crc16._crc16",
    '#include "crc16.h"',
    sources=["lib/crc16.c"],
    include_dirs=["lib"],
)
