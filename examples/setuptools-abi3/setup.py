from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "hamming._hamming",
            sources=["src/hamming/_hamming.c"],
            # What the C file may use: the stable ABI as of Python 3.11.
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
        )
    ],
    # The wheel's tag says the same: cp311-abi3.
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
