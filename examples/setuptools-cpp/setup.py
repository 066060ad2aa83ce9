import sys

from setuptools import Extension, setup

# During a win_arm64 build on Linux or macOS this says "win32", as it would on the target.
if sys.platform == "win32":
    flags = ["/std:c++17", "/EHsc"]
else:
    flags = ["-std=c++17", "-pthread"]

setup(
    ext_modules=[
        Extension(
            "wordcount._wordcount",
            sources=["src/wordcount/_wordcount.cpp", "src/wordcount/counter.cpp"],
            include_dirs=["src/wordcount"],
            depends=["src/wordcount/counter.hpp"],
            extra_compile_args=flags,
            language="c++",
        )
    ]
)
