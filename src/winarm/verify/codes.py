"""Every finding that verification can make: the one definition of codes, families and texts.

`--explain`, the reference in docs/verify.md and the families are derived from it. To add a finding,
add a member at the end of its family. A code is stable: its meaning does not change and it is not
used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import partial

#: The titles of the families; a family is the first digit of its codes.
FAMILIES = {
    "0": "The archive",
    "1": "Machines",
    "2": "Names of modules",
    "3": "Python",
    "4": "Needed DLLs",
    "5": "Soundness of images",
    "6": "The wheel's metadata",
    "7": "Layout",
    "8": "Trials (`winarm test`)",
}


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """Return the word that reports use: `error`, `warning`, `note`."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity | None:
        """Return the severity that `word` names, or None."""
        return next((severity for severity in cls if severity.label == word.lower()), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means: its severity, a title, the usual cause and the cure."""

    severity: Severity
    title: str
    cause: str
    cure: str
    #: Something could not be read, and so not be verified: such a finding cannot be hidden.
    unread: bool = False
    #: What is said of several members is one finding, in the words for the first.
    once: bool = False


error = partial(Rule, Severity.ERROR)
warning = partial(Rule, Severity.WARNING)
note = partial(Rule, Severity.NOTE)


class Code(Enum):
    """The codes; a member's name is the code, its value the rule."""

    @property
    def rule(self) -> Rule:
        """Return what the code means."""
        rule: Rule = self.value
        return rule

    @property
    def family(self) -> str:
        """Return the digit of the code's family, a key of `FAMILIES`."""
        return self.name[2]

    # 0: the archive

    WA001 = error(
        "a file cannot be read",
        "It does not exist, is not a regular file, or its permissions forbid it.",
        "Check the path and its permissions.",
        unread=True,
    )
    WA002 = error(
        "the wheel is not a readable zip archive",
        "The file was cut off, or something other than a wheel has the name of one.",
        "Build or download the wheel again.",
        unread=True,
    )
    WA003 = error(
        "a member's data is damaged",
        "The compressed data does not match the size or the CRC-32 in the archive.",
        "Build or download the wheel again.",
        unread=True,
    )
    WA004 = error(
        "a size limit is exceeded",
        "The archive is a decompression bomb, or larger than the limits that protect the machine "
        "that verifies.",
        "Do not install it; if it is genuine, raise the limit under [tool.winarm.verify.limits].",
        unread=True,
    )
    WA005 = error(
        "the archive holds two members of one name",
        "A tool appended to an existing wheel. Installers differ in which copy they take.",
        "Build the wheel again in an empty folder.",
    )
    WA006 = error(
        "two members differ only in case",
        "Windows file names ignore case, so one of the files would overwrite the other.",
        "Rename one of the files.",
    )
    WA007 = error(
        "a member's path leaves the installation folder",
        "The name is absolute, has a drive, a backslash or a `..`: an attack, or a zip tool that "
        "wrote Windows separators.",
        "Do not install it; build the wheel with forward slashes and relative names.",
    )
    WA008 = error(
        "a member's name cannot exist on Windows",
        'Windows reserves CON, NUL, COM1 and other device names, the characters <>:"|?*, and '
        "names that end in a dot or a space.",
        "Rename the file.",
    )
    WA009 = warning(
        "a member's path is very long",
        "Installed below a user's site-packages, the full path passes Windows' default limit of "
        "260 characters.",
        "Shorten the folder or file names.",
    )
    WA010 = error(
        "a member is a symbolic link or a device",
        "Wheels cannot hold links: installers write the link's target text as a file.",
        "Put the real file into the wheel.",
        unread=True,
    )
    WA011 = error(
        "a member is encrypted",
        "Installers cannot decrypt members.",
        "Build the wheel without encryption.",
        unread=True,
    )
    WA012 = error(
        "a member's own header contradicts the archive's directory",
        "The archive was edited by hand, or made so that tools see different contents.",
        "Do not install it; build the wheel again.",
        unread=True,
    )
    WA013 = error(
        "the archive has data outside of its members",
        "Bytes before, between or after the members, or a second directory: readers that start "
        "from different ends see different wheels. Package indexes reject it.",
        "Build the wheel again.",
    )
    WA014 = error(
        "a member uses a compression that installers cannot read",
        "Wheels are stored or deflated; other methods are rejected by package indexes.",
        "Build the wheel with deflate.",
        unread=True,
    )
    WA015 = error(
        "the archive uses a feature that installers or package indexes refuse",
        "Data descriptors, comments of members, extensible ZIP64 data and names that are not "
        "UTF-8: PyPI rejects them, and readers that stream an archive see other contents than "
        "readers of its directory.",
        "Pack the wheel with `wheel pack`, or write it to a file instead of a pipe.",
    )
    WA016 = error(
        "the extra fields of a member are malformed",
        "A field occurs twice, reaches past its end, or is a ZIP64 field that does not match "
        "the sizes in the header. pip, uv or PyPI refuse the archive.",
        "Pack the wheel with `wheel pack`.",
    )

    # 1: machines

    WA101 = error(
        "an extension module is for another machine",
        "The host's compiler or linker was used, or a file of another build was packed.",
        "Build the module for the target, in a clean build folder.",
    )
    WA102 = error(
        "a DLL that the wheel's code imports is for another machine",
        "A repair tool or the project copied the DLL of the building machine.",
        "Bundle the DLL that was built for the target.",
    )
    WA103 = warning(
        "a program in the wheel's scripts is for another machine",
        "It will run emulated at best, and cannot load the wheel's own DLLs.",
        "Build the program for the target, or allow it by name.",
    )
    WA104 = warning(
        "an image that no module imports is for another machine",
        "Data such as a plug-in, a helper program or a DLL that is loaded by name.",
        "Build it for the target, leave it out, or allow it by name.",
    )
    WA105 = error(
        "an ARM64EC image where ARM64 is needed",
        "ARM64EC is Arm code for x64 processes; a native ARM64 Python cannot load it.",
        "Compile without /arm64EC (for ARM64 or ARM64X).",
    )
    WA106 = error(
        "a file named like a Windows image is not one",
        "An ELF or Mach-O library of the building machine was packed, or the file is empty or "
        "text.",
        "Pack the file that the Windows linker made.",
    )
    WA107 = error(
        "an image is damaged",
        "It was cut off while it was copied, or its tables point outside of it.",
        "Build it again.",
        unread=True,
    )
    WA108 = warning(
        "an image claims to be ARM64X without an x64 view",
        "Its load configuration points to hybrid metadata, but no dynamic relocation turns its "
        "header into the x64 one.",
        "Link it again with Microsoft's linker, or without /machine:arm64x.",
    )
    WA109 = warning(
        "a library or object file is for another machine",
        "Linking against it for the target fails.",
        "Pack the library that was made for the target.",
    )
    WA110 = error(
        "the file is for another machine",
        "The file was named on the command line, and the target can neither load nor link it.",
        "Build it for the target, or name its machine with --target.",
    )
    WA111 = note(
        "a library holds compiler-specific intermediate code",
        "Members made with /GL or -flto are readable by one version of one compiler only.",
        "Disable link-time optimisation in libraries that others link.",
    )
    WA112 = warning(
        "an unused file is named like a Windows image but is not a valid one",
        "It is data of tests, or a file of another system. No module imports it.",
        "Nothing, if it is intended; otherwise leave it out.",
    )
    WA113 = error(
        "none of the wheel's native code is for its platform",
        "The wheel was built on or for another system, and only its tag was changed.",
        "Build it for the platform that the tag names.",
    )

    # 2: names of modules

    WA201 = error(
        "a module's suffix names another platform",
        "EXT_SUFFIX of the building Python was used for a module of another machine.",
        "Build with the target's suffix (winarm does), or rename the module.",
    )
    WA202 = error(
        "a module's suffix names another Python",
        "A module of an earlier build for another Python was packed.",
        "Build in a clean folder.",
    )
    WA203 = error(
        "a module's suffix names the other threading build",
        "cp313 and cp313t are different ABIs; neither Python imports the other's modules.",
        "Build the wheel with the Python whose ABI tag it carries.",
    )
    WA204 = error(
        "a module is made for a debug Python",
        "Names ending in _d are imported by python_d.exe only.",
        "Build without --debug for release.",
    )
    WA205 = error(
        "no Python imports a module of this name",
        "A module's file name is NAME and one of Python's suffixes; Python does not find a "
        "name with more dots, nor a file in .data/scripts, headers or data.",
        "Name it NAME.cpXY-PLATFORM.pyd or NAME.pyd (stable ABI modules too), in the package or in "
        ".data/platlib.",
    )
    WA206 = error(
        "a Windows module has another system's file name",
        "The build took the host's suffix, so the file ends in .so, or it set none and the file "
        "ends in .dll; Windows imports only .pyd.",
        "Build with the target's suffix (winarm does).",
    )
    WA207 = error(
        "a module does not export its init function",
        "The file was renamed, PyInit_NAME is not exported (PyMODINIT_FUNC, a .def file), or "
        "only PyModExport_NAME is, which Python knows since 3.15.",
        "Export PyInit_NAME, NAME being the file's name up to its first dot.",
    )
    WA208 = warning(
        "a .pyd is a plain library",
        "It exports functions, but no init function: ctypes can load it, and import cannot.",
        "Name it .dll if it is meant for ctypes.",
    )
    WA209 = error(
        "a module is missing for a Python that the tags promise",
        "The wheel's tags name several Pythons, or all, and the module was built for one.",
        "Build a wheel for each Python, or tag the wheel for those that it has modules for.",
    )
    WA210 = warning(
        "no import statement can name a module's folder",
        "The folder's name is not an identifier (my-data). Nothing in the wheel finds the module, "
        "and only what adds the folder to sys.path, or imports by a text, can.",
        "Put it into the package, or into .data/platlib.",
    )

    # 3: Python

    WA301 = error(
        "an image imports another Python's DLL",
        "It was linked against the library of another Python version, and that Python's DLL is "
        "not loaded in the process.",
        "Link against the target Python's library, in a clean build folder.",
    )
    WA302 = error(
        "an image imports a debug Python's DLL",
        "_DEBUG was defined, or the build used a debug Python.",
        "Build without --debug and without /MDd.",
    )
    WA303 = error(
        "a stable-ABI wheel imports a version's own DLL",
        "Py_LIMITED_API was not defined everywhere, or the wrong library was named.",
        "Define Py_LIMITED_API before Python.h in every file, and link python3.lib.",
    )
    WA304 = error(
        "an image imports the Python DLL of the other threading build",
        "It was built for the free-threaded Python and is tagged for the GIL build, or the "
        "reverse.",
        "Build the wheel with the Python whose ABI tag it carries (Py_GIL_DISABLED).",
    )
    WA305 = warning(
        "a module imports no Python DLL",
        "The module cannot call Python's API unless it looks the functions up at run time.",
        "Link against the target Python's library.",
    )
    WA306 = error(
        "a stable-ABI wheel uses API newer than it promises",
        "The wheel's tag promises an older Python than Py_LIMITED_API was set to, or the "
        "symbol is not part of the stable ABI.",
        "Raise the wheel's tag (py_limited_api), or lower Py_LIMITED_API and avoid the symbol.",
    )
    WA307 = error(
        "an image imports a symbol that Python does not export",
        "The import library or headers are another version's, or the API is private on Windows.",
        "Build against the headers and library of the Python that the tag names.",
    )
    WA308 = error(
        "an image imports a symbol that the wheel's own DLL does not export",
        "The DLL in the wheel is not the version that was linked against.",
        "Bundle the DLL whose import library was linked.",
    )
    WA309 = error(
        "a needed symbol is forwarded to a symbol that does not exist",
        "A DLL forwards the symbol to a DLL that is absent or lacks it, or the forwarders form "
        "a loop. Windows resolves forwarders when it binds the import.",
        "Bundle the DLL of the version that was linked against, and what it forwards to.",
    )
    WA310 = warning(
        "a delay import names a symbol that the wheel's own DLL does not export",
        "The DLL in the wheel is not the version that was linked against; the first call of "
        "the function fails.",
        "Bundle the DLL whose import library was linked.",
    )

    # 4: Needed DLLs

    WA401 = error(
        "Microsoft's C++ runtime is needed and not in the wheel",
        "Neither Windows nor python.org's Python brings msvcp140, concrt140, vcomp140 and related"
        " DLLs; on a machine without the redistributable the import fails.",
        "Bundle it with `delvewheel repair` (from the redistributable's folder for the target), or "
        "link it statically (/MT with the UCRT dynamic).",
    )
    WA402 = error(
        "vcruntime140_1.dll is needed, which no ARM64 process can load",
        "On Arm that file is an ARM64EC image for emulated programs; ARM64 compilers never ask "
        "for it.",
        "Build with the ARM64 compiler and its own runtime library.",
    )
    WA403 = error(
        "a debug runtime is needed",
        "Debug runtimes are installed with the compiler only and may not be redistributed.",
        "Build for release: /MD, not /MDd.",
    )
    WA404 = error(
        "the compiler's runtime library is needed and not in the wheel",
        "The runtime DLLs of MinGW and LLVM (libgcc_s, libstdc++, libc++) are not part of Windows.",
        "Link it statically (-static, -static-libgcc, -static-libstdc++), or bundle the DLL.",
    )
    WA405 = error(
        "a needed DLL is neither in the wheel nor on every machine",
        "A third-party library was linked dynamically and not packed.",
        "Bundle it with `delvewheel repair`, link it statically, or name it under `external` if "
        "another package brings it.",
    )
    WA406 = error(
        "a needed DLL is named by a path of the building machine",
        "The library carries a path, or another system's file name, as its name; Windows finds "
        "DLLs by file name.",
        "Make the import library again from the DLL's plain name.",
    )
    WA407 = note(
        "a needed DLL comes from elsewhere",
        "A driver, or another package that this one requires, brings it.",
        "Nothing, if that is right; the package must add the DLL's folder with "
        "os.add_dll_directory.",
    )
    WA408 = warning(
        "a needed DLL is in a folder where Windows may not look",
        "Windows searches the module's own folder; others need os.add_dll_directory, and it is "
        "not clear that code of the wheel adds this one before the module is imported.",
        "Put the DLL next to the module, or call os.add_dll_directory in the package's __init__.",
    )
    WA409 = warning(
        "a DLL that is loaded when first used is neither in the wheel nor on every machine",
        "It is delay-loaded: the import works, the first call into it fails.",
        "Bundle it, or make sure that the code works without it.",
    )
    WA410 = warning(
        "a DLL of Python's own modules is needed",
        "libffi, libcrypto, sqlite3 and others are in Python's DLLs folder; versions change, and "
        "other distributions of Python lack them.",
        "Bundle the library, or link it statically.",
    )
    WA411 = warning(
        "an image that no module needs lacks a DLL",
        "A plug-in or a program cannot be loaded until something else brings the DLL.",
        "Bundle the DLL, or leave the image out.",
    )
    WA412 = error(
        "a needed DLL is in a folder where Windows does not look",
        "Windows searches the module's own folder; others need os.add_dll_directory, and no "
        "code that runs before the import adds this one or loads the DLL by its path.",
        "Put the DLL next to the module, or call os.add_dll_directory in the package's __init__.",
    )
    WA413 = warning(
        "needed DLLs may come with a required distribution",
        "They are not in the wheel. Its package is shared with a distribution in Requires-Dist, "
        "or its code adds folders that are not in the wheel.",
        "Verify both wheels in one call, or name the other with --with.",
        once=True,
    )

    WA414 = error(
        "a program in Scripts needs Python's DLL",
        "Windows looks for python3XX.dll next to the program and along PATH. Scripts does not have "
        "it: that of a virtual environment has only launchers.",
        "Make it an entry point, or start Python from it (python.exe next to it).",
    )

    # 5: soundness of images

    WA501 = error(
        "Windows refuses the image: it cannot be moved in memory",
        "DYNAMICBASE is not set; Windows on Arm loads no image without it.",
        "Link with /DYNAMICBASE (-Wl,--dynamicbase).",
    )
    WA502 = error(
        "Windows refuses the image: its data may be executed",
        "NX_COMPAT is not set; Windows on Arm requires it.",
        "Link with /NXCOMPAT (-Wl,--nxcompat).",
    )
    WA503 = error(
        "the image's base address is below 4 GiB",
        "ARM64 images live above 4 GiB; Microsoft's linker refuses to make any other.",
        "Leave the base address to the linker (no /BASE, no --image-base).",
    )
    WA504 = error(
        "Windows refuses the image: it has no usable relocations",
        "They were stripped, the directory has an address but no size, or its blocks are damaged.",
        "Link without /FIXED and without stripping relocations.",
    )
    WA505 = warning(
        "a section is writable and executable",
        "Code that can write to it can run code of its own; hardened systems refuse it.",
        "Separate code and data (no merged sections).",
    )
    WA506 = warning(
        "the image does not use high-entropy addresses",
        "HIGH_ENTROPY_VA is not set, which every ARM64 linker sets by default.",
        "Link with /HIGHENTROPYVA (-Wl,--high-entropy-va).",
    )
    WA507 = error(
        "sections overlap",
        "The section table is damaged or was made by a packer; Windows refuses it.",
        "Link the image again.",
    )
    WA508 = error(
        "a section lies outside of the file",
        "The image was cut off.",
        "Copy or build it again.",
    )
    WA509 = note(
        "the image names a folder of the building machine",
        "Its debug record holds the full path of the .pdb.",
        "Link with /PDBALTPATH:%_PDB%, or without debug information.",
        once=True,
    )
    WA510 = warning(
        "the image is for an unusual subsystem",
        "Modules and programs are for the console or the windows subsystem, version 6.0 to 10.0.",
        "Link with /SUBSYSTEM:CONSOLE or WINDOWS and no version of your own.",
    )
    WA511 = error(
        "Windows refuses the image: its headers contradict one another",
        "A tool changed the image and not all of its headers: sections must follow one another "
        "without gaps, and the sizes and alignments must fit them.",
        "Link the image again, and do not pack or edit it afterwards.",
    )
    WA512 = error(
        "a module or a DLL is not marked as a DLL",
        "It was linked as a program. Windows maps such a file without binding its imports.",
        "Link it with /DLL (-shared).",
    )
    WA513 = error(
        "the image demands a signature that it does not have",
        "FORCE_INTEGRITY is set (/INTEGRITYCHECK); Windows loads such an image only if it is "
        "signed.",
        "Link without /INTEGRITYCHECK, or sign the image.",
    )
    WA514 = error(
        "the image's manifest cannot be satisfied",
        "The side-by-side manifest is not valid, or asks for an assembly for another machine or "
        "without a machine, for Visual C++ 2005 to 2008, which do not exist for Arm, or for one "
        "that is neither in Windows nor next to the image. Loading fails with error 14001.",
        'Link without that manifest (/MANIFEST:NO), or with processorArchitecture="*".',
    )
    WA515 = error(
        "the table of exports is wrong",
        "A tool changed the image: exports have no address or one outside of the image, or their "
        "names are not in order.",
        "Link the image again.",
    )
    WA516 = error(
        "the loader is pointed to what is not in the image",
        "The entry point, a thread callback or a table for the loader is outside of the image, "
        "is not code, or cannot be written.",
        "Link the image again.",
    )

    # 6: the wheel's metadata

    WA601 = error(
        "the wheel's tag is for another platform",
        "It was built without the target's platform, or for another one.",
        "Build it for the target, or verify it for its own platform (--target).",
    )
    WA602 = error(
        "the tags in WHEEL differ from the file name",
        "The file was renamed; pip goes by the name, other tools by WHEEL.",
        "Use `wheel tags` to change tags, which changes both.",
    )
    WA603 = warning(
        "Root-Is-Purelib is true in a wheel with native code",
        "The build backend treats the project as pure Python.",
        "Tell the backend that there are extension modules (setuptools: has_ext_modules).",
    )
    WA604 = error(
        "a wheel for any platform holds extension modules",
        "pip installs it on every system, where the modules cannot be imported.",
        "Tag it with its platform.",
    )
    WA605 = warning(
        "a wheel for any platform holds native code",
        "DLLs or programs fit one machine; pip installs the wheel on all.",
        "Tag it with its platform, or allow the files by name.",
    )
    WA606 = warning(
        "a wheel for one platform holds no native code",
        "The extensions were not built, or the backend tags a pure project.",
        "Find out why the extensions are missing, or tag the wheel py3-none-any.",
    )
    WA607 = error(
        "the wheel has no RECORD",
        "It was packed by hand. Installers refuse it.",
        "Pack it with `wheel pack`.",
    )
    WA608 = error(
        "a file differs from its RECORD entry",
        "It was changed after the wheel was made: signed, stripped or repaired without updating "
        "RECORD.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA609 = error(
        "a file is not in RECORD",
        "It was added after the wheel was made; uninstalling leaves it behind.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA610 = error(
        "RECORD names a file that the wheel lacks",
        "The file was removed after the wheel was made; on uninstall, pip may delete a file of "
        "that name which another package installed.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA611 = error(
        "RECORD has two entries for one file",
        "A tool appended to RECORD.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA612 = error(
        "RECORD cannot be read",
        "An entry is not path, hash and size; a path has backslashes or leaves the folder; a hash"
        " is absent or weaker than SHA-256.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA613 = error(
        "the WHEEL file is missing or wrong",
        "Installers need its Wheel-Version (1.x) and Root-Is-Purelib.",
        "Build the wheel with a PEP 517 backend.",
    )
    WA614 = error(
        "METADATA is missing or contradicts the file name",
        "The file was renamed, or the backend computed the version twice.",
        "Build the wheel again.",
    )
    WA615 = error(
        "the file name is not a valid wheel file name",
        "Installers read NAME-VERSION(-BUILD)-PYTHON-ABI-PLATFORM.whl, with a version of PEP 440.",
        "Give it back the name that the backend gave it.",
    )
    WA616 = error(
        "the wheel has no .dist-info folder of its name and version",
        "The file was renamed, or packed by hand.",
        "Build the wheel again.",
    )
    WA617 = note(
        "not checked: not for Windows",
        "The wheel's tag names another system, or the file is a source archive.",
        "Nothing.",
    )
    WA618 = error(
        "the .data folder holds something installers do not know",
        "Its parts are purelib, platlib, headers, scripts and data.",
        "Move the files to one of these, or into the package.",
    )
    WA619 = error(
        "METADATA cannot be used",
        "It is not UTF-8, lacks Metadata-Version, has a field twice that may be there once, a "
        "Requires-Python that is not a version specifier, or a License-File that the wheel lacks. "
        "pip, uv or PyPI refuse the wheel.",
        "Correct the project's metadata, and build the wheel again.",
    )
    WA620 = error(
        "Requires-Python excludes the Python in the wheel's tag",
        "Installers check both, and no Python satisfies both.",
        "Correct requires-python of the project, or build for a Python that it allows.",
    )
    WA621 = warning(
        "RECORD spells its own path with backslashes",
        "Paths in RECORD have forward slashes. Installers write this row again.",
        "Repack with `wheel unpack` and `wheel pack`.",
    )
    WA622 = error(
        "entry_points.txt cannot be used",
        "It is not UTF-8 or not in the form of an INI file, or an entry does not name a module. "
        "pip and PyPI refuse the wheel.",
        "Correct the project's entry points, and build the wheel again.",
    )
    WA623 = error(
        "no Python installs a wheel with these tags",
        "Python tag and ABI tag contradict each other (cp312-cp313, or py3-abi3), or they are not "
        "in lower case, which uv refuses.",
        "Tag it with the Python that built it (cp313-cp313), or with cpXY-abi3.",
    )
    WA624 = note(
        "the wheel is a variant",
        "PEP 825, a draft, lets a label follow the platform in the file name and puts what the "
        "label means into variant.json. pip and package indexes do not know such names yet.",
        "Nothing, if a tool that knows variants installs it; otherwise remove the label from "
        "the file name.",
    )
    WA625 = warning(
        "PyPI refuses the wheel for its METADATA",
        "A classifier that does not exist, an address that is not one, a long Summary or label, or "
        "License besides License-Expression. Installers take it.",
        "Correct the project's metadata before it is uploaded.",
    )
    WA626 = note(
        "the wheel is not for PyPI",
        "PyPI refuses versions with a local part (1.0+cpu), requirements with an address (x @ "
        "https://…) and classifiers that begin with Private. Installers and other package indexes "
        "take them.",
        "Nothing, if that is right.",
    )

    # 7: layout

    WA701 = warning(
        "one of two files hides the other",
        "Python imports one and never sees the other, often a file of an older build; or both are "
        "installed to one place (.data/platlib/x and x).",
        "Build in a clean folder, or remove one.",
    )
    WA702 = note(
        "a by-product of linking is in the wheel",
        "Import libraries, .exp, .pdb and .obj files are not used at run time.",
        "Leave them out (package-data, or the linker's /IMPLIB and /PDB folders).",
    )

    # 8: trials; found by running the code, not by verify

    WA801 = error(
        "importing a module raises an exception",
        "The module's own code fails on ARM64 Windows, or a package that it needs is not "
        "installed.",
        "Read the exception; declare what is needed in Requires-Dist, or name it with --requires.",
    )
    WA802 = error(
        "the process ends while a module is imported",
        "The module's native code crashes or calls exit: wrong structure sizes, a missing "
        "symbol, code for another machine.",
        "Read the traceback; build with headers of the same Python and the same libraries.",
    )
    WA803 = error(
        "importing a module takes too long",
        "The module waits for something or loops forever.",
        "Read the traceback; --timeout gives a slow module more time.",
    )
    WA804 = error(
        "Windows refuses to load a module",
        "A DLL that it needs lacks a symbol, or the initialisation of a DLL fails.",
        "Ship the DLLs that the module was linked with.",
    )
    WA805 = error(
        "another module of the same name is imported",
        "A module of Python itself, or another file of the wheel, comes first.",
        "Rename the module, or remove the other file.",
    )
    WA806 = error(
        "the command of the trial fails",
        "A test fails, or the command ends with an exit status other than 0.",
        "Read its output.",
    )
    WA807 = warning(
        "the trial leaves processes running",
        "The code started processes and did not wait for them; they were ended.",
        "End processes that a test starts.",
    )
    WA808 = warning(
        "a part of the wheel needs a package that is not installed",
        "The module belongs to tests or to an extra; the rest of the wheel is imported.",
        "Name what it needs with --requires or --extra, or leave it out with --skip.",
    )


def find_codes(beginning: str) -> tuple[Code, ...]:
    """Return the code of that name, or the codes whose names begin so, in any case.

    `WA4` and `4` name a family.
    """
    wanted = beginning.strip().upper()
    wanted = wanted if wanted.startswith("WA") else f"WA{wanted}"
    return tuple(code for code in Code if code.name.startswith(wanted)) if beginning.strip() else ()
