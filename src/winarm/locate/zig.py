"""zig: one program from PyPI that makes ARM64 Windows code on any host.

The `ziglang` wheel holds clang, lld, a C and a C++ library and MinGW's headers. What differs from
other compilers, and between its versions, is written down here and in the driver that the child
runs; see the zig issues named below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.host import Host, ProgramError
from winarm.locate.lasting_zig import lasting_program, program_name
from winarm.locate.overlay import case_overlay
from winarm.locate.request import Request
from winarm.locate.toolchain import MICROSOFT, Toolchain
from winarm.locate.tools import tool_layer
from winarm.search import Search, first, miss
from winarm.target import WIN_ARM64, Target

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


@dataclass(frozen=True, slots=True)
class Zig:
    """A program of zig, and where it was found, for people."""

    program: Path
    origin: str


def find_zig(host: Host, request: Request) -> Search[Toolchain]:
    """Return zig as a toolchain, or why there is none.

    It is looked for as a `ziglang` wheel in the request's folders, then as `zig` on PATH.
    """

    def judged(zig: Zig) -> Search[Toolchain]:
        version = _version(host, zig.program).then(request.accepts)
        return version.then(lambda number: Search(_usable(host, request, zig, number))).at(
            zig.origin
        )

    candidates = zig_candidates(host, request.site_folders)
    return first((candidate.then(judged) for candidate in candidates), cure=INSTALL)


def _usable(host: Host, request: Request, zig: Zig, version: str) -> Toolchain:
    if not request.lasting:
        return _toolchain(host, request.target, zig, version)
    lasting = replace(zig, program=lasting_program(host, zig.program))
    return _with_tools(host, _toolchain(host, request.target, lasting, version))


def zig_candidates(host: Host, site_folders: Sequence[Path]) -> Iterator[Search[Zig]]:
    """Yield zig's programs, and a miss for each place without one."""
    for folder in site_folders:
        program = folder / "ziglang" / program_name(host)
        place = f"the ziglang package in {folder}"
        yield (
            Search(Zig(program, place))
            if program.is_file()
            else miss(f"{place}: not installed there")
        )
    on_path = host.which("zig")
    yield (
        Search(Zig(on_path, f"zig on PATH, {on_path}"))
        if on_path
        else miss("zig on PATH: there is none")
    )


def windows_headers(program: Path) -> Path:
    """Return the folder of the Windows headers that zig has, all in lower case."""
    return program.resolve().parent / "lib" / "libc" / "include" / "any-windows-any"


def _version(host: Host, program: Path) -> Search[str]:
    try:
        answer = host.run([program, "version"], timeout=30)
        version = Version(_comparable(answer.stdout.strip()))
    except ProgramError as error:
        return miss(error.what)
    except InvalidVersion:
        return miss(f"`zig version` says {answer.stdout.strip()[:80]!r}")
    if version not in SUPPORTED:
        return miss(f"version {version}, and winarm works with {SUPPORTED}")
    if version in BROKEN_ON_ARM64 and _is_arm64_windows(program):
        return miss(
            f"version {version} for ARM64 Windows ends with 0xC0000005 when it compiles; "
            "0.15.2 and 0.17 do not"
        )
    return Search(str(version))


def _is_arm64_windows(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return read_machine(file.read(4096)) == WIN_ARM64.machine
    except (OSError, MalformedError):
        return False


def _comparable(spoken: str) -> str:
    # A development build says `0.16.0-dev.1859+212968c57`, which is not a PEP 440 version.
    return re.sub(r"-dev\.(\d+).*", r".dev\1", spoken)


def _toolchain(host: Host, target: Target, found: Zig, version: str) -> Toolchain:
    zig = str(found.program)
    overlay = case_overlay(host, (windows_headers(found.program),))
    triple = ("-target", target.zig_triple)
    headers = ("-ivfsoverlay", str(overlay))
    cache = host.variable("ZIG_GLOBAL_CACHE_DIR") or str(host.cache / "zig")
    return Toolchain(
        kind=KIND,
        version=version,
        origin=found.origin,
        target=target,
        cc=(zig, "cc", *triple, *headers),
        cxx=(zig, "c++", *triple, *headers),
        ar=(zig, "ar"),
        rc=(zig, "rc"),
        dlltool=(zig, "dlltool"),
        environ={"ZIG_GLOBAL_CACHE_DIR": cache},
        definitions=tuple(
            found.program.resolve().parent / "lib" / "libc" / "mingw" / name
            for name in ("lib-common", "lib64", "libarm64")
        ),
    )


def _with_tools(host: Host, toolchain: Toolchain) -> Toolchain:
    """Return the toolchain with one-word programs, which translate flags and zig's own ways."""
    zig, _, *flags = toolchain.cc
    base = (*flags, "-fno-sanitize=undefined", *MICROSOFT)
    # Where ZIG_GLOBAL_CACHE_DIR is not set when they run.
    cache = str(host.cache / "zig")
    folder = tool_layer(host, toolchain.target, Path(zig), base, cache) / "bin"
    return toolchain.with_tools(folder, ".exe" if host.system == "windows" else "")
