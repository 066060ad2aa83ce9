"""1: Machines that images are for."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, NOTE, WARNING, Rule

WA101 = Rule(
    ERROR,
    "an extension module is for another machine",
    "The compiler or linker was the host's, or a file of another build was packed.",
    "Build the module for the target, in a clean build folder.",
)
WA102 = Rule(
    ERROR,
    "a DLL that the wheel's code imports is for another machine",
    "A repair tool or the project copied the DLL of the building machine.",
    "Bundle the DLL that was built for the target.",
)
WA103 = Rule(
    WARNING,
    "a program in the wheel's scripts is for another machine",
    "It will run emulated at best, and cannot load the wheel's own DLLs.",
    "Build the program for the target, or allow it by name.",
)
WA104 = Rule(
    WARNING,
    "an image that no module imports is for another machine",
    "Data such as a plug-in, a helper program or a DLL that is loaded by name.",
    "Build it for the target, leave it out, or allow it by name.",
)
WA105 = Rule(
    ERROR,
    "an ARM64EC image where ARM64 is needed",
    "ARM64EC is Arm code for x64 processes; a native ARM64 Python cannot load it.",
    "Compile without /arm64EC (for ARM64 or ARM64X).",
)
WA106 = Rule(
    ERROR,
    "a file named like a Windows image is none",
    "An ELF or Mach-O library of the building machine was packed, or the file is empty or text.",
    "Pack the file that the Windows linker made.",
)
WA107 = Rule(
    ERROR,
    "an image is damaged",
    "It was cut off while it was copied, or its tables point outside of it.",
    "Build it anew.",
)
WA108 = Rule(
    WARNING,
    "an image claims to be ARM64X without an x64 view",
    "Its load configuration points to hybrid metadata, but no dynamic relocation turns its "
    "header into the x64 one.",
    "Link it anew with Microsoft's linker, or without /machine:arm64x.",
)
WA109 = Rule(
    WARNING,
    "a library or object file is for another machine",
    "Whoever links against it for the target will fail.",
    "Pack the library that was made for the target.",
)
WA110 = Rule(
    ERROR,
    "the file is for another machine",
    "It was asked for by name, and the target can neither load nor link it.",
    "Build it for the target, or name its machine with --target.",
)
WA111 = Rule(
    NOTE,
    "a library holds compiler-specific intermediate code",
    "Members made with /GL or -flto are readable by one version of one compiler only.",
    "Compile without link-time optimisation what others are to link.",
)
