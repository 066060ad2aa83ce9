"""LLVM's programs for Microsoft's ABI: clang-cl, lld-link, llvm-lib, llvm-rc, llvm-mt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.host import ProgramError, RegistryError
from winarm.locate import folders
from winarm.locate.request import Search, begins_with, numbers
from winarm.locate.toolset import host_architectures
from winarm.locate.vswhere import program_folders
from winarm.locate.zig import zig_candidates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.host import Host
    from winarm.locate.request import Request
    from winarm.locate.vswhere import Instance

#: The oldest that is tested; it knows /winsysroot and builds against today's headers.
OLDEST = 16
#: The newest whose name is looked for; a plain `clang-cl` may be any.
NEWEST = 30

INSTALL = "install LLVM 16 or newer with lld (Debian: apt-get install clang-19 lld-19 llvm-19)"
INSTALL_WINDOWS = "winget install LLVM.LLVM"

_VERSION = re.compile(r"clang version (\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Llvm:
    """One LLVM: each program as the beginning of a command line."""

    version: str
    origin: str
    clang_cl: tuple[str, ...]
    link: tuple[str, ...]
    lib: tuple[str, ...]
    rc: tuple[str, ...]
    mt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    origin: str
    #: The compiler that understands cl's command line.
    compiler: tuple[str, ...]
    #: Its folder, in which the others are looked for first.
    folder: Path
    #: What versioned names end in: `-19`.
    suffix: str = ""


def find_llvm(host: Host, request: Request, instances: tuple[Instance, ...]) -> Search[Llvm]:
    """Return the first LLVM that is whole and new enough, and why each before it is not.

    :param instances: of Visual Studio, whose own clang-cl comes first.
    """
    misses: list[str] = []
    for candidate in _candidates(host, instances, misses):
        version, miss = _version(host, candidate.compiler)
        if not miss and not begins_with(version, request.version):
            miss = f"version {version}, and {request.version} is wanted"
        llvm = _whole(host, candidate, version) if not miss else None
        if llvm is not None:
            return Search(llvm, tuple(misses))
        miss = miss or "there is no lld-link beside it or on PATH"
        misses.append(f"{candidate.origin}: {miss}")
    llvm, missed = _inside_zig(host, request)
    return Search(llvm, (*misses, *missed))


def _candidates(
    host: Host, instances: tuple[Instance, ...], misses: list[str]
) -> Iterator[_Candidate]:
    count = 0
    for origin, folder in _homes(host, instances, misses):
        program = folders.program(folder, "clang-cl")
        if program is not None:
            count += 1
            yield _Candidate(origin, (str(program),), folder)
    for name, suffix, mode in _names(host):
        found = host.which(name)
        if found is None or (host.system == "macos" and found.parent == Path("/usr/bin")):
            # Apple's clang knows no Windows targets (cargo-xwin skips it, too).
            continue
        count += 1
        folder = found.resolve().parent
        yield _Candidate(f"{name} on PATH, {found}", (str(found), *mode), folder, suffix)
    if not count:
        misses.append("clang-cl: neither on PATH nor where LLVM is installed")


def _homes(
    host: Host, instances: tuple[Instance, ...], misses: list[str]
) -> Iterator[tuple[str, Path]]:
    """Return the folders that LLVM's installers and Visual Studio put programs into."""
    if host.system == "macos":
        for prefix in ("/opt/homebrew/opt/llvm", "/usr/local/opt/llvm"):
            yield f"Homebrew's LLVM in {prefix}", Path(prefix, "bin")
    if host.system != "windows":
        return
    for instance in instances:
        yield from _own_llvm(host, instance)
    for key in (r"SOFTWARE\LLVM\LLVM", r"SOFTWARE\Wow6432Node\LLVM\LLVM"):
        try:
            value = host.registry("HKLM", key, "")
        except RegistryError as error:
            misses.append(error.what)
            continue
        if value:
            yield f"LLVM in {value}", Path(value, "bin")
    for programs in program_folders(host):
        yield f"LLVM in {programs / 'LLVM'}", programs / "LLVM" / "bin"


def _own_llvm(host: Host, instance: Instance) -> Iterator[tuple[str, Path]]:
    spellings = {"arm64": ("ARM64", "bin"), "x64": ("x64", "bin"), "x86": ("bin",)}
    for machine in host_architectures(host):
        home = folders.inside(instance.path, "VC", "Tools", "Llvm", *spellings[machine])
        if home is not None:
            yield f"clang-cl of {instance}", home


def _names(host: Host) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Return the names of programs with their suffixes and what makes them clang-cl."""
    suffixes = ["", *(f"-{number}" for number in range(NEWEST, OLDEST - 1, -1))]
    if host.system == "windows":
        suffixes = [""]
    for suffix in suffixes:
        yield f"clang-cl{suffix}", suffix, ()
    # Debian's clang-19 comes without clang-cl; it is the same program under another name.
    for suffix in suffixes:
        yield f"clang{suffix}", suffix, ("--driver-mode=cl",)


def _version(host: Host, compiler: tuple[str, ...]) -> tuple[str, str]:
    """Return a compiler's version, and what is wrong with it, or nothing."""
    try:
        answer = host.run([*compiler, "--version"], timeout=30)
    except ProgramError as error:
        return "", error.what
    match = _VERSION.search(answer.stdout)
    if not answer.ok or match is None or "Apple" in answer.stdout:
        said = (answer.stdout.strip() or answer.stderr.strip()).partition("\n")[0][:80]
        return "", f"`--version` says {said!r}"
    if numbers(match[1]) < (OLDEST,):
        return match[1], f"version {match[1]}, and winarm works with {OLDEST} or newer"
    return match[1], ""


def _whole(host: Host, candidate: _Candidate, version: str) -> Llvm | None:
    """Return the LLVM with the compiler's kin, or None where the linker is missing."""

    def kin(name: str) -> tuple[str, ...]:
        beside = folders.program(candidate.folder, name)
        found = beside or host.which(f"{name}{candidate.suffix}") or host.which(name)
        return (str(found),) if found else ()

    link = kin("lld-link")
    if not link:
        return None
    return Llvm(
        version=version,
        origin=candidate.origin,
        clang_cl=candidate.compiler,
        link=link,
        # lld-link is a librarian, too.
        lib=kin("llvm-lib") or (*link, "/lib"),
        rc=kin("llvm-rc"),
        mt=kin("llvm-mt"),
    )


def _inside_zig(host: Host, request: Request) -> Search[Llvm]:
    """Return the LLVM that zig carries: its program answers to `clang` and `lld-link`, too."""
    misses: list[str] = []
    for program, origin in zig_candidates(host, request.site_folders, misses):
        zig = str(program)
        version, miss = _version(host, (zig, "clang"))
        if miss or not begins_with(version, request.version):
            misses.append(f"clang in {origin}: {miss or f'version {version}'}")
            continue
        # Its own idea of where clang's headers are is that of the machine it was built on.
        headers = program.resolve().parent / "lib"
        llvm = Llvm(
            version=version,
            origin=f"clang-cl in {origin}",
            clang_cl=(zig, "clang", "--driver-mode=cl", f"-resource-dir={headers}"),
            link=(zig, "lld-link"),
            lib=(zig, "lib"),
            rc=(zig, "rc"),
            mt=(),
        )
        return Search(llvm, tuple(misses))
    return Search(None, tuple(misses))
