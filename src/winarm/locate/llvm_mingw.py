"""llvm-mingw: clang, lld and MinGW's headers and libraries in one folder, for any host."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.llvm import clang_version
from winarm.locate.request import Request
from winarm.locate.toolchain import Toolchain
from winarm.locate.vswhere import program_folders
from winarm.search import Search, first, miss

KIND = "llvm-mingw"
INSTALL = (
    "unpack a release of https://github.com/mstorsjo/llvm-mingw (the UCRT one) and put its bin "
    "folder on PATH, or its folder into LLVM_MINGW_ROOT"
)

_VARIABLES = ("LLVM_MINGW_ROOT", "LLVM_MINGW_DIR", "LLVM_MINGW")


def find_llvm_mingw(host: Host, request: Request) -> Search[Toolchain]:
    """Return llvm-mingw as a toolchain, or why there is none."""
    compiler = f"{request.target.mingw_triple}-clang"

    def judged(place: tuple[str, Path]) -> Search[Toolchain]:
        origin, folder = place
        program = folders.program(folder, compiler)
        if program is None:
            return miss(f"it has no {compiler}").at(origin)
        version = clang_version(host, [program]).then(request.accepts)
        return version.then(partial(_toolchain, request, origin, folder)).at(origin)

    return first((place.then(judged) for place in _places(host, compiler)), cure=INSTALL)


def _places(host: Host, compiler: str) -> Iterator[Search[tuple[str, Path]]]:
    for name in _VARIABLES:
        value = host.variable(name)
        if value:
            yield Search((f"llvm-mingw in {value} ({name})", Path(value, "bin")))
    found = host.which(compiler)
    if found is None:
        yield miss(f"{compiler}: not on PATH")
    else:
        # Not resolved: the name is what makes the program compile for the target.
        yield Search((f"llvm-mingw on PATH, {found.parent}", found.parent))
    homes = [Path("/opt")] if host.system != "windows" else list(program_folders(host))
    for home in homes:
        for name in reversed(folders.names(home)):
            if name.startswith("llvm-mingw"):
                yield Search((f"llvm-mingw in {home / name}", home / name / "bin"))


def _toolchain(request: Request, origin: str, folder: Path, version: str) -> Search[Toolchain]:
    def command(*names: str) -> tuple[str, ...]:
        found = (folders.program(folder, name) for name in names)
        return next(((str(program),) for program in found if program), ())

    triple = request.target.mingw_triple
    toolchain = Toolchain(
        kind=KIND,
        version=version,
        origin=origin,
        target=request.target,
        cc=command(f"{triple}-clang"),
        cxx=command(f"{triple}-clang++"),
        ar=command(f"{triple}-ar", "llvm-ar"),
        rc=command(f"{triple}-windres", "llvm-windres"),
        dlltool=command(f"{triple}-dlltool", "llvm-dlltool"),
        path=(folder,),
        definitions=(folder.parent / triple / "lib",),
    )
    whole = toolchain.cc and toolchain.cxx and toolchain.ar and toolchain.dlltool
    return Search(toolchain) if whole else miss("its programs are not complete")
