from setuptools import Extension, setup

setup(ext_modules=[Extension("adler._adler", ["src/adler/_adler.c"], libraries=["z"])])
