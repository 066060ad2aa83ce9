"""zig: one program from PyPI that makes ARM64 Windows code on any host.

The `ziglang` wheel holds clang, lld, a C and a C++ library and MinGW's headers. What differs from
other compilers, and between its versions, is written down here and in the driver that the child
runs; see the zig issues named below.

A zig that builds use stays where it is, in winarm's cache. zig makes its C and C++ libraries when
they are first asked for and keeps them, but the paths of its own `lib` folder count among what they
were made from. A front-end puts ziglang into another temporary folder for each build, so each
would wait minutes for libraries that are there already.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.host import Host, ProgramError
from winarm.locate.overlay import case_overlay
from winarm.locate.request import Request
from winarm.locate.toolchain import MICROSOFT, Toolchain
from winarm.locate.tools import tool_layer
from winarm.search import Search, first, miss
from winarm.storage import cached_folder, link_or_copy
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
        program = folder / "ziglang" / f"zig{host.exe}"
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
    except ValueError:  # InvalidVersion, or a number too long for int()
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
    folder = tool_layer(host, toolchain.target, Path(zig), base) / "bin"
    return toolchain.with_tools(folder, host.exe)


def lasting_program(host: Host, program: Path) -> Path:
    """Return the zig of a `ziglang` package in the cache, made from `program` if need be.

    Any other program is returned as it is.

    :raises FileSystemError: the cache cannot be written.
    """
    site_folder = program.parent.parent
    return lasting(host, site_folder) / program.relative_to(site_folder)


def zig_folders(host: Host) -> tuple[Path, ...]:
    """Return where a `ziglang` package may be: with winarm itself, then in its cache."""
    return (host.site_packages, *lasting_folders(host))


def lasting_folders(host: Host) -> tuple[Path, ...]:
    """Return the folders of the cache that hold a ziglang for this machine, the newest first."""
    beginning, ending = "ziglang-", f"-{host.system}-{host.machine}"
    found = [
        (parsed, folder)
        for folder in (host.cache / "tools").glob(f"{beginning}*{ending}")
        if (parsed := _parsed(folder.name.removeprefix(beginning).removesuffix(ending)))
    ]
    return tuple(folder for _, folder in sorted(found, reverse=True))


def lasting(host: Host, site_folder: Path, *, is_temporary: bool = False) -> Path:
    """Return a folder of the cache with the ziglang of `site_folder`, or that itself without one.

    :param is_temporary: whether `site_folder` will be removed although it is in the cache.
    :raises FileSystemError: the cache cannot be written.
    """
    program = Path("ziglang", f"zig{host.exe}")
    version = _installed_version(site_folder)
    if version is None or not (site_folder / program).is_file():
        return site_folder
    if site_folder.is_relative_to(host.cache) and not is_temporary:
        return site_folder
    # A cache may be shared by machines, or by both kinds of Python on one.
    name = f"ziglang-{version}-{host.system}-{host.machine}"

    def make(folder: Path) -> None:
        source = site_folder / program.parent
        # Linked, for there are 20,000 files.
        shutil.copytree(source, folder / program.parent, copy_function=link_or_copy)

    return cached_folder(host.cache / "tools" / name, (program.as_posix(),), make)


def _parsed(version: str) -> Version | None:
    try:
        return Version(version)
    except InvalidVersion:
        return None


def _installed_version(site_folder: Path) -> str | None:
    found = [path.stem for path in site_folder.glob("ziglang-*.dist-info")]
    return found[0].removeprefix("ziglang-") if len(found) == 1 else None
