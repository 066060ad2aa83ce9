from setuptools import Extension, setup

setup(ext_modules=[Extension("fnv1a._fnv1a", sources=["src/fnv1a/_fnv1a.c"])])
