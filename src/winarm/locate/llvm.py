"""LLVM's programs for Microsoft's ABI: clang-cl, lld-link, llvm-lib, llvm-rc, llvm-mt."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from winarm.host import Host, ProgramError, RegistryError
from winarm.locate import folders
from winarm.locate.request import Request, numbers
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import host_architectures
from winarm.locate.vswhere import Instance, program_folders
from winarm.locate.zig import Zig, zig_candidates
from winarm.search import Search, first, miss

KIND = "clang-cl"

#: The oldest that is tested; it knows /winsysroot and builds against today's headers.
OLDEST = 16
#: The newest whose name is looked for; a plain `clang-cl` may be any.
NEWEST = 30

INSTALL = "install LLVM 16 or newer with lld (Debian: apt-get install clang-19 lld-19 llvm-19)"
INSTALL_WINDOWS = "winget install LLVM.LLVM"

_VERSION = re.compile(r"clang version (\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class _Candidate:
    origin: str
    #: The compiler that understands cl's command line.
    compiler: tuple[str, ...]
    #: Its folder, in which the others are looked for first.
    folder: Path
    #: What versioned names end in: `-19`.
    suffix: str = ""


def find_llvm(host: Host, request: Request, *instances: Instance) -> Search[Toolchain]:
    """Return the first LLVM that is whole and new enough, and why each before it is not.

    It is a toolchain without headers and libraries.

    :param instances: of Visual Studio, whose own clang-cl comes first.
    """

    def judged(candidate: _Candidate) -> Search[Toolchain]:
        version = _recent(host, candidate.compiler).then(request.accepts)
        return version.then(partial(_whole, host, request, candidate)).at(candidate.origin)

    def inside(zig: Zig) -> Search[Toolchain]:
        version = _recent(host, (str(zig.program), "clang")).then(request.accepts)
        found = version.then(lambda number: Search(_of_zig(request, zig, number)))
        return found.at(f"clang in {zig.origin}")

    candidates = list(_candidates(host, instances))
    if not any(candidate.found for candidate in candidates):
        candidates.append(miss("clang-cl: neither on PATH nor where LLVM is installed"))
    return first(
        itertools.chain(
            (candidate.then(judged) for candidate in candidates),
            (zig.then(inside) for zig in zig_candidates(host, request.site_folders)),
        ),
        cure=INSTALL_WINDOWS if host.system == "windows" else INSTALL,
    )


def clang_version(host: Host, compiler: Sequence[str | Path]) -> Search[str]:
    """Return the version of a clang, or what it says instead."""
    try:
        answer = host.run([*compiler, "--version"], timeout=30)
    except ProgramError as error:
        return miss(error.what)
    match = _VERSION.search(answer.stdout)
    if not answer.ok or match is None or "Apple" in answer.stdout:
        said = (answer.stdout.strip() or answer.stderr.strip()).partition("\n")[0][:80]
        return miss(f"`--version` says {said!r}")
    return Search(match[1])


def _recent(host: Host, compiler: tuple[str, ...]) -> Search[str]:
    def judged(version: str) -> Search[str]:
        if numbers(version) < (OLDEST,):
            return miss(f"version {version}, and winarm works with {OLDEST} or newer")
        return Search(version)

    return clang_version(host, compiler).then(judged)


def _candidates(host: Host, instances: tuple[Instance, ...]) -> Iterator[Search[_Candidate]]:
    for home in _homes(host, instances):
        if home.found is None:
            yield miss(*home.misses)
            continue
        origin, folder = home.found
        program = folders.program(folder, "clang-cl")
        if program is not None:
            yield Search(_Candidate(origin, (str(program),), folder))
    for name, suffix, mode in _names(host):
        found = host.which(name)
        if found is None or (host.system == "macos" and found.parent == Path("/usr/bin")):
            # Apple's clang knows no Windows targets (cargo-xwin skips it, too).
            continue
        folder = found.resolve().parent
        origin = f"{name} on PATH, {found}"
        yield Search(_Candidate(origin, (str(found), *mode), folder, suffix))


def _homes(host: Host, instances: tuple[Instance, ...]) -> Iterator[Search[tuple[str, Path]]]:
    """Yield the folders that LLVM's installers and Visual Studio put programs into."""
    if host.system == "macos":
        for prefix in ("/opt/homebrew/opt/llvm", "/usr/local/opt/llvm"):
            yield Search((f"Homebrew's LLVM in {prefix}", Path(prefix, "bin")))
    if host.system != "windows":
        return
    for instance in instances:
        yield from map(Search, _own_llvm(host, instance))
    for key in (r"SOFTWARE\LLVM\LLVM", r"SOFTWARE\Wow6432Node\LLVM\LLVM"):
        try:
            value = host.registry("HKLM", key, "")
        except RegistryError as error:
            yield miss(error.what)
            continue
        if value:
            yield Search((f"LLVM in {value}", Path(value, "bin")))
    for programs in program_folders(host):
        yield Search((f"LLVM in {programs / 'LLVM'}", programs / "LLVM" / "bin"))


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


def _whole(host: Host, request: Request, candidate: _Candidate, version: str) -> Search[Toolchain]:
    """Return the LLVM of a compiler, if its linker is there."""

    def related(name: str) -> tuple[str, ...]:
        beside = folders.program(candidate.folder, name)
        found = beside or host.which(f"{name}{candidate.suffix}") or host.which(name)
        return (str(found),) if found else ()

    link = related("lld-link")
    if not link:
        return miss("there is no lld-link next to it or on PATH")
    compiler = (*candidate.compiler, f"--target={request.target.msvc_triple}")
    # lld-link is a librarian, too.
    lib = related("llvm-lib") or (*link, "/lib")
    toolchain = Toolchain(
        kind=KIND,
        version=version,
        origin=candidate.origin,
        target=request.target,
        cc=compiler,
        cxx=compiler,
        ar=lib,
        rc=related("llvm-rc"),
        dlltool=lib,
        link=link,
        mt=related("llvm-mt"),
    )
    return Search(toolchain)


def _of_zig(request: Request, zig: Zig, version: str) -> Toolchain:
    """Return the LLVM that zig carries: its program answers to `clang` and `lld-link`, too."""
    program = str(zig.program)
    # Its own idea of where clang's headers are is that of the machine it was built on.
    resources = f"-resource-dir={zig.program.resolve().parent / 'lib'}"
    target = f"--target={request.target.msvc_triple}"
    compiler = (program, "clang", "--driver-mode=cl", resources, target)
    lib = (program, "lib")
    return Toolchain(
        kind=KIND,
        version=version,
        origin=f"clang-cl in {zig.origin}",
        target=request.target,
        cc=compiler,
        cxx=compiler,
        ar=lib,
        rc=(program, "rc"),
        dlltool=lib,
        link=(program, "lld-link"),
    )
