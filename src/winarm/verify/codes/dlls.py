"""4: DLLs that an image needs."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, NOTE, WARNING, Rule

WA401 = Rule(
    ERROR,
    "Microsoft's C++ runtime is needed and not in the wheel",
    "Neither Windows nor python.org's Python brings msvcp140, concrt140, vcomp140 and kin; "
    "on a machine without the redistributable the import fails.",
    "Bundle it with `delvewheel repair` (from the redistributable's arm64 folder), or link "
    "it statically (/MT with the UCRT dynamic).",
)
WA402 = Rule(
    ERROR,
    "vcruntime140_1.dll is needed, which no ARM64 process can load",
    "On Arm that file is an ARM64EC image for emulated programs; ARM64 compilers never ask for it.",
    "Build with the ARM64 compiler and its own runtime library.",
)
WA403 = Rule(
    ERROR,
    "a debug runtime is needed",
    "Debug runtimes are installed with the compiler only and may not be redistributed.",
    "Build for release: /MD, not /MDd.",
)
WA404 = Rule(
    ERROR,
    "the compiler's runtime library is needed and not in the wheel",
    "MinGW and LLVM put parts of the language into DLLs of their own.",
    "Link it statically (-static, -static-libgcc, -static-libstdc++), or bundle the DLL.",
)
WA405 = Rule(
    ERROR,
    "a needed DLL is neither in the wheel nor on every machine",
    "A third-party library was linked dynamically and not packed.",
    "Bundle it with `delvewheel repair`, link it statically, or name it under `external` "
    "if another package brings it.",
)
WA406 = Rule(
    ERROR,
    "a needed DLL is named by a path of the building machine",
    "The library carries a path, or another system's file name, as its name; Windows finds "
    "DLLs by file name.",
    "Make the import library anew from the DLL's plain name.",
)
WA407 = Rule(
    NOTE,
    "a needed DLL comes from elsewhere",
    "A driver, or another package that this one requires, brings it.",
    "Nothing, if it is so; the importing package must call os.add_dll_directory.",
)
WA408 = Rule(
    WARNING,
    "a needed DLL is in a folder where Windows does not look",
    "Windows searches the module's own folder; others need os.add_dll_directory, and no "
    "file of the wheel calls it.",
    "Put the DLL beside the module, or call os.add_dll_directory in the package's __init__.",
)
WA409 = Rule(
    WARNING,
    "a DLL that is loaded when first used is neither in the wheel nor on every machine",
    "It is delay-loaded: the import works, the first call into it fails.",
    "Bundle it, or make sure that the code does without.",
)
WA410 = Rule(
    WARNING,
    "a DLL of Python's own modules is needed",
    "libffi, libcrypto, sqlite3 and kin lie in Python's DLLs folder; versions change, and "
    "other distributions of Python lack them.",
    "Bundle the library, or link it statically.",
)

WA411 = Rule(
    WARNING,
    "an image that no module needs wants a DLL that is not in the wheel",
    "A plug-in or a program cannot be loaded until something else brings the DLL.",
    "Bundle the DLL, or leave the image out.",
)
