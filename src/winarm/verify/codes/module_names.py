"""2: Names of modules."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, WARNING, Rule

WA201 = Rule(
    ERROR,
    "a module's suffix names another platform",
    "EXT_SUFFIX of the building Python was used for a module of another machine.",
    "Build with the target's suffix (winarm does), or rename the module.",
)
WA202 = Rule(
    ERROR,
    "a module's suffix names another Python",
    "A module of an earlier build for another Python was packed.",
    "Build in a clean folder.",
)
WA203 = Rule(
    ERROR,
    "a module's suffix confuses the GIL and the free-threaded build",
    "cp313 and cp313t are different ABIs; neither Python imports the other's modules.",
    "Build the wheel with the Python whose ABI tag it carries.",
)
WA204 = Rule(
    ERROR,
    "a module is made for a debug Python",
    "Names ending in _d are imported by python_d.exe only.",
    "Build without --debug for release.",
)
WA205 = Rule(
    ERROR,
    "no Python imports a module of this name",
    "A module's file is its name and one of Python's suffixes; further dots hide it.",
    "Name it NAME.cpXY-PLATFORM.pyd or NAME.pyd (stable ABI modules too).",
)
WA206 = Rule(
    ERROR,
    "a Windows module has another system's file name",
    "The build took the host's suffix, so the file ends in .so; Windows imports only .pyd.",
    "Build with the target's suffix (winarm does).",
)
WA207 = Rule(
    ERROR,
    "a module does not export its init function",
    "The file was renamed, or PyInit_NAME is not exported (PyMODINIT_FUNC, a .def file).",
    "Export PyInit_NAME, NAME being the file's name up to its first dot.",
)
WA208 = Rule(
    WARNING,
    "a .pyd is a plain library",
    "It exports functions but none that makes it importable: fine for ctypes, not for import.",
    "Name it .dll if it is meant for ctypes.",
)
