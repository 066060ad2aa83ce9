"""Where a DLL comes from, by its name."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from winarm.coff.buffer import MAX_DLL_NAME
from winarm.target import WIN_ARM64, Target


class Origin(Enum):
    """Who brings a DLL."""

    SYSTEM = auto()
    #: python3XX.dll, python3.dll and the vcruntime140.dll beside them.
    PYTHON = auto()
    #: What Python's own extension modules need, in its DLLs folder.
    PYTHON_OWN = auto()
    #: The Visual C++ redistributable.
    CPP_RUNTIME = auto()
    #: vcruntime140_1.dll, which on Arm is for x64 processes.
    VCRUNTIME_1 = auto()
    DEBUG_RUNTIME = auto()
    #: MinGW, LLVM and Fortran.
    COMPILER_RUNTIME = auto()
    #: A driver's installer.
    DRIVER = auto()
    #: A path, or another system's file name.
    BUILD_TREE = auto()
    UNKNOWN = auto()


#: API sets are contracts that Windows itself resolves ("Windows API sets" in Microsoft's
#: documentation); a list of them would never be whole.
_API_SET = re.compile(r"(api-ms-win|ext-ms(-win|-onecore)?)-[a-z0-9-]+(\.dll)?")

#: First match wins.
_BY_NAME = (
    (Origin.BUILD_TREE, re.compile(r".*[/\\:].*|.*\.(so(\.[0-9.]+)?|dylib|a|lib)")),
    (Origin.DEBUG_RUNTIME, re.compile(
        r"(vcruntime|msvcp|concrt|vccorlib|vcomp|vcamp)[0-9]{2,3}(_[a-z0-9_]+?)?d"
        r"(_[a-z0-9_]+)?\.dll|msvcp[0-9]{3}_[a-z0-9_]+d\.dll|ucrtbased\.dll|msvcrtd\.dll"
        r"|mfc[0-9]{2,3}u?d\.dll"
    )),
    (Origin.VCRUNTIME_1, re.compile(r"vcruntime140_1\.dll")),
    (Origin.PYTHON, re.compile(
        r"python3[0-9]*t?(_d)?\.dll|vcruntime140\.dll|libpypy3\.[0-9]+-c\.dll"
        r"|python-native\.dll"
    )),
    (Origin.CPP_RUNTIME, re.compile(
        r"(vcruntime|msvcp|concrt|vccorlib|vcomp|vcamp|mfcm?|atl|msvcr)[0-9]{2,3}.*\.dll"
    )),
    (Origin.COMPILER_RUNTIME, re.compile(
        r"(lib)?(gcc_s|stdc\+\+|winpthread|ssp|atomic|quadmath|gomp|gfortran|c\+\+|c\+\+abi"
        r"|unwind|omp|omp140|iomp5md|clang_rt)([-_.].*)?\.dll|flang.*\.dll|libomp140\..*\.dll"
        r"|libiomp5md\.dll"
    )),
    (Origin.PYTHON_OWN, re.compile(
        r"(libcrypto|libssl)-(1_1|3)(-arm64|-x64)?\.dll|libffi-[78]\.dll|sqlite3\.dll"
        r"|tcl8[0-9]t?\.dll|tk8[0-9]t?\.dll|tcl9[0-9]t?\.dll|tcl9tk9[0-9]t?\.dll|zlib1\.dll"
    )),
    (Origin.DRIVER, re.compile(
        r"nvcuda\.dll|nvml\.dll|nvapi64\.dll|opencl\.dll|vulkan-1\.dll"
        r"|adreno.*\.dll|qnn.*\.dll|wpcap\.dll|packet\.dll"
    )),
)  # fmt: skip


#: Modules of Python whose import loads DLLs from Python's own folder.
LOADED_BY = {
    "libcrypto": ("ssl", "hashlib"),
    "libssl": ("ssl",),
    "libffi": ("ctypes",),
    "sqlite3": ("sqlite3",),
    "tcl": ("tkinter",),
    "tk": ("tkinter",),
    "zlib1": ("zlib",),
}


@lru_cache(maxsize=8192)
def origin_of(dll: str, target: Target) -> Origin:
    """Return who brings the DLL of that name to a process of `target`."""
    if len(dll) > MAX_DLL_NAME:
        return Origin.UNKNOWN
    name = dll.lower()
    if _API_SET.fullmatch(name) or name in system_dlls():
        return Origin.SYSTEM
    # The loader appends the suffix to a name without one.
    name = name if "." in name else f"{name}.dll"
    found = next((origin for origin, pattern in _BY_NAME if pattern.fullmatch(name)), None)
    if found is Origin.VCRUNTIME_1 and target != WIN_ARM64:
        # On x64, python.org ships it beside vcruntime140.dll.
        return Origin.PYTHON
    if found is None and name in system_dlls():
        return Origin.SYSTEM
    return found or Origin.UNKNOWN


#: DLLs that Windows maps at its start, and takes from there whatever is beside a module
#: (`Session Manager\\KnownDLLs` in the registry, with what these import).
_KNOWN_DLLS = frozenset({
    "advapi32.dll", "bcryptprimitives.dll", "clbcatq.dll", "combase.dll", "comdlg32.dll",
    "coml2.dll", "difxapi.dll", "gdi32.dll", "gdi32full.dll", "gdiplus.dll", "imagehlp.dll",
    "imm32.dll", "kernel32.dll", "kernelbase.dll", "msctf.dll", "msvcp_win.dll", "msvcrt.dll",
    "normaliz.dll", "nsi.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "psapi.dll",
    "rpcrt4.dll", "sechost.dll", "setupapi.dll", "shcore.dll", "shell32.dll", "shlwapi.dll",
    "ucrtbase.dll", "user32.dll", "win32u.dll", "wldap32.dll", "ws2_32.dll",
})  # fmt: skip


def is_never_bundled(file: str, target: Target) -> bool:
    """Return whether Windows takes a DLL (in lower case) from elsewhere than a wheel, always.

    These are known DLLs, API sets, and the DLLs of Python that are in the process already.
    """
    if file in _KNOWN_DLLS or _API_SET.fullmatch(file):
        return True
    return origin_of(file, target) is Origin.PYTHON


@lru_cache(maxsize=1)
def system_dlls() -> frozenset[str]:
    """Return the DLLs that every Windows on Arm has, in lower case.

    The list serves the other targets too: Windows has, with few exceptions, the same DLLs on
    every machine.
    """
    text = Path(__file__).with_name("system_dlls.txt").read_text("ascii")
    return frozenset(line for line in text.splitlines() if line and line[0] != "#")
