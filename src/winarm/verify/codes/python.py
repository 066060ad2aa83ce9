"""3: The Python that an image is for."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, WARNING, Rule

WA301 = Rule(
    ERROR,
    "an image imports another Python's DLL",
    "It was linked against the library of another Python version, and that Python's DLL is "
    "not loaded in the process.",
    "Link against the target Python's library, in a clean build folder.",
)
WA302 = Rule(
    ERROR,
    "an image imports a debug Python's DLL",
    "_DEBUG was defined, or the build used a debug Python.",
    "Build without --debug and without /MDd.",
)
WA303 = Rule(
    ERROR,
    "a stable-ABI wheel imports a version's own DLL",
    "Py_LIMITED_API was not defined everywhere, or the wrong library was named.",
    "Define Py_LIMITED_API before Python.h in every file, and link python3.lib.",
)
WA304 = Rule(
    ERROR,
    "an image confuses the GIL and the free-threaded Python",
    "It imports the DLL of the other threading build.",
    "Build the wheel with the Python whose ABI tag it carries (Py_GIL_DISABLED).",
)
WA305 = Rule(
    WARNING,
    "a module imports no Python DLL",
    "It cannot call Python's API unless it finds it in another way.",
    "Link against the target Python's library.",
)
WA306 = Rule(
    ERROR,
    "a stable-ABI wheel uses API newer than it promises",
    "The wheel's tag promises an older Python than Py_LIMITED_API was set to, or the symbol "
    "is no part of the stable ABI.",
    "Raise the wheel's tag (py_limited_api), or lower Py_LIMITED_API and do without.",
)
WA307 = Rule(
    ERROR,
    "an image imports a symbol that Python does not export",
    "The import library or headers are another version's, or the API is private on Windows.",
    "Build against the headers and library of the Python that the tag names.",
)
WA308 = Rule(
    ERROR,
    "an image imports a symbol that the wheel's own DLL does not export",
    "The DLL in the wheel is another version's than the one that was linked against.",
    "Bundle the DLL whose import library was linked.",
)
