"""llvm-mingw: clang, lld and MinGW's headers and libraries in one folder, for any host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.host import ProgramError
from winarm.locate import folders
from winarm.locate.request import ToolchainSearch, begins_with
from winarm.locate.toolchain import Toolchain
from winarm.locate.vswhere import program_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.host import Host
    from winarm.locate.request import Request

KIND = "llvm-mingw"
INSTALL = (
    "unpack a release of https://github.com/mstorsjo/llvm-mingw (the UCRT one) and put its bin "
    "folder on PATH, or its folder into LLVM_MINGW_ROOT"
)

_VARIABLES = ("LLVM_MINGW_ROOT", "LLVM_MINGW_DIR", "LLVM_MINGW")
_VERSION = re.compile(r"clang version (\d+\.\d+\.\d+)")


def find_llvm_mingw(host: Host, request: Request) -> ToolchainSearch:
    """Return llvm-mingw as a toolchain, or why there is none."""
    triple = request.target.mingw_triple
    misses: list[str] = []
    for origin, folder in _places(host, f"{triple}-clang", misses):
        compiler = folders.program(folder, f"{triple}-clang")
        if compiler is None:
            misses.append(f"{origin}: it has no {triple}-clang")
            continue
        version, miss = _version(host, compiler)
        if not miss and not begins_with(version, request.version):
            miss = f"its clang is {version}, and {request.version} is wanted"
        toolchain = None if miss else _toolchain(request, origin, folder, version)
        if toolchain is not None:
            return ToolchainSearch(KIND, toolchain, tuple(misses))
        misses.append(f"{origin}: {miss or 'its programs are not complete'}")
    return ToolchainSearch(KIND, None, tuple(misses), INSTALL)


def _places(host: Host, compiler: str, misses: list[str]) -> Iterator[tuple[str, Path]]:
    for name in _VARIABLES:
        value = host.variable(name)
        if value:
            yield f"llvm-mingw in {value} ({name})", Path(value, "bin")
    found = host.which(compiler)
    if found is None:
        misses.append(f"{compiler}: not on PATH")
    else:
        # Not resolved: the name is what makes the program compile for the target.
        yield f"llvm-mingw on PATH, {found.parent}", found.parent
    homes = [Path("/opt")] if host.system != "windows" else list(program_folders(host))
    for home in homes:
        for name in reversed(folders.names(home)):
            if name.startswith("llvm-mingw"):
                yield f"llvm-mingw in {home / name}", home / name / "bin"


def _version(host: Host, compiler: Path) -> tuple[str, str]:
    try:
        answer = host.run([compiler, "--version"], timeout=30)
    except ProgramError as error:
        return "", error.what
    match = _VERSION.search(answer.stdout)
    if not answer.ok or match is None:
        said = (answer.stdout.strip() or answer.stderr.strip()).partition("\n")[0][:80]
        return "", f"`--version` says {said!r}"
    return match[1], ""


def _toolchain(request: Request, origin: str, folder: Path, version: str) -> Toolchain | None:
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
    return toolchain if whole else None
