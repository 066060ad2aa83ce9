"""zig: one program from PyPI that makes ARM64 Windows code on any host.

The `ziglang` wheel holds clang, lld, a C and a C++ library and MinGW's headers. What differs from
other compilers, and between its versions, is written down here and in the driver that the child
runs; see the zig issues named below.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.host import ProgramError
from winarm.locate.lasting_zig import lasting_program, program_name
from winarm.locate.overlay import case_overlay
from winarm.locate.request import ToolchainSearch, begins_with
from winarm.locate.toolchain import MICROSOFT, Toolchain
from winarm.locate.tools import tool_layer
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from winarm.host import Host
    from winarm.locate.request import Request
    from winarm.target import Target

#: The versions that are tested. 0.13 links at a base below 4 GiB, which ARM64 Windows does not
#: load; 0.15.1 cannot write an output into a subfolder (zig#24993).
SUPPORTED = SpecifierSet(">=0.14,!=0.15.1")

#: Versions of which the program for an ARM64 Windows host dies while it compiles; the one for x64
#: runs there under emulation (kludex/zttp#274).
BROKEN_ON_ARM64 = SpecifierSet("==0.16.*", prereleases=True)

KIND = "zig"
INSTALL = "python -m pip install ziglang"


def requirement(version: str | None = None) -> str:
    """Return what installs zig: the newest one that winarm works with, or one of `version`.

    >>> requirement("0.16")
    'ziglang!=0.15.1,==0.16.*,>=0.14'
    """
    series = SpecifierSet(f"=={version}.*" if version else "")
    return f"ziglang{SUPPORTED & series}"


def find_zig(host: Host, request: Request) -> ToolchainSearch:
    """Return zig as a toolchain, or why there is none.

    It is looked for as a `ziglang` wheel in the request's folders, then as `zig` on PATH.
    """
    misses: list[str] = []
    for program, origin in zig_candidates(host, request.site_folders, misses):
        version, miss = _version(host, program)
        if version is not None and not begins_with(str(version), request.version):
            miss = f"version {version}, and {request.version} is wanted"
        if version is None or miss:
            misses.append(f"{origin}: {miss}")
        else:
            if request.lasting:
                program = lasting_program(host, program)  # noqa: PLW2901 - the same one, elsewhere
            toolchain = _toolchain(host, request.target, program, version, origin)
            if request.lasting:
                toolchain = _with_tools(host, toolchain)
            return ToolchainSearch(KIND, toolchain, tuple(misses))
    return ToolchainSearch(KIND, None, tuple(misses), INSTALL)


def zig_candidates(
    host: Host, site_folders: Sequence[Path], misses: list[str]
) -> Iterator[tuple[Path, str]]:
    """Return zig's programs with where each is from; places without one go into `misses`."""
    for folder in site_folders:
        program = folder / "ziglang" / program_name(host)
        if program.is_file():
            yield program, f"the ziglang package in {folder}"
        else:
            misses.append(f"the ziglang package in {folder}: not installed there")
    program_on_path = host.which("zig")
    if program_on_path is None:
        misses.append("zig on PATH: there is none")
    else:
        yield program_on_path, f"zig on PATH, {program_on_path}"


def windows_headers(program: Path) -> Path:
    """Return the folder of the Windows headers that zig has, all in lower case."""
    return program.resolve().parent / "lib" / "libc" / "include" / "any-windows-any"


def _version(host: Host, program: Path) -> tuple[Version | None, str]:
    try:
        answer = host.run([program, "version"], timeout=30)
        version = Version(_comparable(answer.stdout.strip()))
    except ProgramError as error:
        return None, error.what
    except InvalidVersion:
        return None, f"`zig version` says {answer.stdout.strip()[:80]!r}"
    if version not in SUPPORTED:
        return None, f"version {version}, and winarm works with {SUPPORTED}"
    if version in BROKEN_ON_ARM64 and _is_arm64_windows(program):
        return None, (
            f"version {version} for ARM64 Windows ends with 0xC0000005 when it compiles; "
            "0.15.2 and 0.17 do not"
        )
    return version, ""


def _is_arm64_windows(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return read_machine(file.read(4096)) == WIN_ARM64.machine
    except (OSError, MalformedError):
        return False


def _comparable(spoken: str) -> str:
    # A development build says `0.16.0-dev.1859+212968c57`, which is no PEP 440 version.
    return re.sub(r"-dev\.(\d+).*", r".dev\1", spoken)


def _toolchain(
    host: Host, target: Target, program: Path, version: Version, origin: str
) -> Toolchain:
    zig = str(program)
    overlay = case_overlay(host, (windows_headers(program),))
    triple = ("-target", target.zig_triple)
    headers = ("-ivfsoverlay", str(overlay))
    cache = host.variable("ZIG_GLOBAL_CACHE_DIR") or str(host.cache / "zig")
    return Toolchain(
        kind=KIND,
        version=str(version),
        origin=origin,
        target=target,
        cc=(zig, "cc", *triple, *headers),
        cxx=(zig, "c++", *triple, *headers),
        ar=(zig, "ar"),
        rc=(zig, "rc"),
        dlltool=(zig, "dlltool"),
        environ={"ZIG_GLOBAL_CACHE_DIR": cache},
        definitions=tuple(
            program.resolve().parent / "lib" / "libc" / "mingw" / name
            for name in ("lib-common", "lib64", "libarm64")
        ),
    )


def _with_tools(host: Host, toolchain: Toolchain) -> Toolchain:
    """Return the toolchain with one-word programs, which translate flags and zig's own ways."""
    zig, _, *flags = toolchain.cc
    base = (*flags, "-fno-sanitize=undefined", *MICROSOFT)
    cache = toolchain.environ["ZIG_GLOBAL_CACHE_DIR"]
    folder = tool_layer(host, toolchain.target, Path(zig), base, cache) / "bin"
    return toolchain.with_tools(folder, ".exe" if host.system == "windows" else "")
