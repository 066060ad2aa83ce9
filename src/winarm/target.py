"""The one table of spellings: target machines, and what each Python ABI is called on them.

Every tool names 64-bit Arm Windows differently (win_arm64, win-arm64, ARM64, arm64, aarch64,
0xAA64 …) and every Python derives a tag, a file suffix, a DLL and an import library from its
version. All of these spellings come from here.

Sources: PEP 425 and PEP 3149 (tags and suffixes), CPython's PC/pyconfig.h.in and
Python/dynload_win.c (`PYD_PLATFORM_TAG`, library names), the PE/COFF specification (machines).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Target:
    """A machine that code is made for, under each of its names."""

    #: Platform tag in a wheel's name, and winarm's own spelling: `win_arm64`.
    wheel_platform: str
    #: COFF machine number in an image's header.
    machine: int
    #: What `platform.machine()` says there; also CMAKE_SYSTEM_PROCESSOR.
    processor: str
    #: Visual Studio's folder and VSCMD_ARG_TGT_ARCH: `arm64`.
    vs_arch: str
    #: LLVM's and zig's name of the instruction set: `aarch64`.
    cpu: str
    #: Bits of a pointer.
    bits: int

    @property
    def sysconfig_platform(self) -> str:
        """Return what `sysconfig.get_platform()` says there: `win-arm64`, but `win32`."""
        return self.wheel_platform.replace("_", "-")

    @property
    def msvc_triple(self) -> str:
        """Return clang's target triple for Microsoft's ABI."""
        return f"{self.cpu}-pc-windows-msvc"

    @property
    def zig_triple(self) -> str:
        """Return zig's target triple for the MinGW ABI (UCRT)."""
        return f"{self.cpu.replace('i686', 'x86')}-windows-gnu"

    @property
    def mingw_triple(self) -> str:
        """Return the prefix of llvm-mingw's programs."""
        return f"{self.cpu}-w64-mingw32"

    def marker_environment(self, python: str) -> dict[str, str]:
        """Return the variables of environment markers there, for a CPython such as `3.13`.

        Release and version of Windows are empty: as with uv, nothing is known of them.
        """
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "os_name": "nt",
            "platform_machine": self.processor,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Windows",
            "platform_version": "",
            "python_full_version": f"{python}.0",
            "python_version": python,
            "sys_platform": "win32",
        }

    @property
    def spellings(self) -> frozenset[str]:
        """Return every name under which a user may ask for this target, in lower case."""
        return frozenset(
            name.lower()
            for name in (
                self.wheel_platform,
                self.sysconfig_platform,
                self.processor,
                self.vs_arch,
                self.cpu,
                self.msvc_triple,
                self.zig_triple,
                self.mingw_triple,
            )
        )


WIN_ARM64 = Target("win_arm64", 0xAA64, "ARM64", "arm64", "aarch64", 64)
WIN_AMD64 = Target("win_amd64", 0x8664, "AMD64", "x64", "x86_64", 64)
WIN32 = Target("win32", 0x014C, "x86", "x86", "i686", 32)

#: All targets, the one that winarm is for first.
TARGETS = (WIN_ARM64, WIN_AMD64, WIN32)


def parse_target(spelling: str) -> Target | None:
    """Return the target that `spelling` names in any of its forms, or None."""
    wanted = spelling.strip().lower()
    return next((target for target in TARGETS if wanted in target.spellings), None)


#: The minor version of Python that brought the stable ABI of both threadings.
_ABI3T_SINCE = 15

_VERSION = re.compile(r"3\.(?P<minor>[0-9]{1,2})(?P<threading>t?)")
_ABI_TAG = re.compile(r"cp(?P<major>3)(?P<minor>[0-9]{1,3})(?P<threading>t?)(?P<debug>d?)")


@dataclass(frozen=True, slots=True, order=True)
class PythonABI:
    """A CPython version with its threading: what modules built for it are called."""

    minor: int
    free_threaded: bool = False
    major: int = 3

    @classmethod
    def parse(cls, tag: str) -> PythonABI | None:
        """Return the ABI that a tag such as `cp313` or `cp314t` names, or None."""
        match = _ABI_TAG.fullmatch(tag)
        if match is None or match["debug"]:
            return None
        return cls(int(match["minor"]), bool(match["threading"]), int(match["major"]))

    @classmethod
    def spelled(cls, written: str) -> PythonABI | None:
        """Return the ABI that a user writes as `3.13` or `3.13t`, or None."""
        match = _VERSION.fullmatch(written)
        return cls(int(match["minor"]), bool(match["threading"])) if match else None

    @property
    def version(self) -> str:
        """Return the version with its dot: `3.13`."""
        return f"{self.major}.{self.minor}"

    @property
    def spelling(self) -> str:
        """Return how users write it: `3.13`, `3.13t`."""
        return f"{self.version}{'t' if self.free_threaded else ''}"

    @property
    def nodot(self) -> str:
        """Return the version as file names have it: `313`, `313t`."""
        return f"{self.major}{self.minor}{'t' if self.free_threaded else ''}"

    @property
    def interpreter_tag(self) -> str:
        """Return the Python tag of a wheel: `cp313`, never with a `t`."""
        return f"cp{self.major}{self.minor}"

    @property
    def tag(self) -> str:
        """Return the ABI tag of a wheel: `cp313`, `cp313t`."""
        return f"cp{self.nodot}"

    @property
    def library(self) -> str:
        """Return the name of the import library without its ending: `python313`."""
        return f"python{self.nodot}"

    @property
    def dll(self) -> str:
        """Return the name of the DLL: `python313.dll`."""
        return f"{self.library}.dll"

    @property
    def stable_library(self) -> str:
        """Return the stable ABI's import library: `python3`, free-threaded `python3t`."""
        return "python3t" if self.free_threaded else "python3"

    @property
    def stable_dll(self) -> str:
        """Return the stable ABI's DLL."""
        return f"{self.stable_library}.dll"

    @property
    def abi3t_library(self) -> str | None:
        """Return the import library of modules for both threadings (PEP 803).

        Since 3.15 every Python on Windows has its DLL, with the GIL and without it.
        """
        return "python3t" if self.minor >= _ABI3T_SINCE else None

    def offers_stable_dll(self, *, both_threadings: bool) -> bool:
        """Return whether this Python has `python3t.dll`, or else `python3.dll`."""
        if both_threadings:
            return self.free_threaded or self.abi3t_library is not None
        return not self.free_threaded

    def soabi(self, target: Target) -> str:
        """Return SOABI as sysconfig has it on `target`: `cp313-win_arm64`."""
        return f"{self.tag}-{target.wheel_platform}"

    def winver(self, target: Target) -> str:
        """Return `sys.winver` on `target`, its key in the registry: `3.13-arm64`."""
        return self.version + {"win32": "-32", "win_arm64": "-arm64"}.get(target.wheel_platform, "")

    def extension_suffix(self, target: Target) -> str:
        """Return EXT_SUFFIX on `target`: `.cp313-win_arm64.pyd`."""
        return f".{self.soabi(target)}.pyd"

    def loadable_suffixes(self, target: Target) -> tuple[str, ...]:
        """Return the endings that this Python imports on `target`, in its own order."""
        return (self.extension_suffix(target), STABLE_SUFFIX)


@cache
def accepted_tags(python: PythonABI, target: Target) -> tuple[str, ...]:
    """Return the tags of the wheels that pip installs for a Python on `target`, best first."""
    from packaging.tags import compatible_tags, cpython_tags  # noqa: PLC0415 - 15 ms

    version, platforms = (python.major, python.minor), [target.wheel_platform]
    own = cpython_tags(version, [python.tag], platforms)
    shared = compatible_tags(version, python.interpreter_tag, platforms)
    return tuple(dict.fromkeys(str(tag) for tag in (*own, *shared)))


#: What a module of the stable ABI ends in on Windows; every Python there imports it.
STABLE_SUFFIX = ".pyd"

#: The first Python that winarm builds for, and the newest one whose layout it knows.
OLDEST_PYTHON = PythonABI(11)
NEWEST_PYTHON = PythonABI(15)
