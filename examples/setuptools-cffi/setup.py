from setuptools import setup

setup(cffi_modules=["build_crc16.py:ffi"])
