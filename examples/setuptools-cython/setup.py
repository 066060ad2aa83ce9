from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    ext_modules=cythonize(
        [Extension("editdistance._editdistance", ["src/editdistance/_editdistance.pyx"])],
        build_dir="build",
        language_level=3,
    )
)
