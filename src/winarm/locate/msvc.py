"""MSVC: cl, link and lib of Visual Studio or its Build Tools, on a Windows host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.locate import developer_prompt, folders
from winarm.locate.msvc_libraries import INSTALL, find_libraries, installer_command
from winarm.locate.request import ToolchainSearch
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import host_architectures, programs_in

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.msvc_libraries import Libraries
    from winarm.locate.request import Request
    from winarm.locate.toolset import Programs

KIND = "msvc"
ELSEWHERE = "msvc: it runs on Windows only; elsewhere clang-cl builds against its libraries"


def find_msvc(host: Host, request: Request) -> ToolchainSearch:
    """Return MSVC as a toolchain, or why there is none."""
    if host.system != "windows":
        return ToolchainSearch(KIND, None, (ELSEWHERE,))
    notes: tuple[str, ...] = ()
    if developer_prompt.is_open(host):
        prompt = developer_prompt.prompt_toolchain(host, request)
        if prompt.found is not None:
            return ToolchainSearch(KIND, prompt.found)
        notes = (f"{prompt.why}: winarm computed its own environment",)
    search = find_libraries(host, request)
    misses, cure = list(search.misses), search.cure
    for libraries in search.found:
        programs = programs_in(libraries.toolset.folder, host, request.target)
        if programs.found is not None:
            toolchain = _toolchain(host, request, libraries, programs.found, notes)
            return ToolchainSearch(KIND, toolchain, tuple(misses))
        misses.append(f"MSVC {libraries.toolset.version} of {libraries.instance}: {programs.why}")
        cure = installer_command(libraries.instance)
    return ToolchainSearch(KIND, None, (*misses, *notes), cure or INSTALL)


def _toolchain(
    host: Host,
    request: Request,
    libraries: Libraries,
    programs: Programs,
    notes: tuple[str, ...],
) -> Toolchain:
    kit = libraries.sdk.programs(*host_architectures(host))
    cl, link, lib = (_command(programs.folder, name) for name in ("cl", "link", "lib"))
    rc = _command(kit, "rc")
    return Toolchain(
        kind=KIND,
        version=libraries.toolset.version,
        origin=f"{libraries.instance}, Windows SDK {libraries.sdk.version}",
        target=request.target,
        cc=cl,
        cxx=cl,
        ar=lib,
        rc=rc,
        dlltool=lib,
        environ={
            **libraries.environ,
            "VSCMD_ARG_TGT_ARCH": request.target.vs_arch,
            "VSCMD_ARG_HOST_ARCH": programs.host,
            "VSCMD_SKIP_SENDTELEMETRY": "1",
            # English words, whatever the installer's language: they go into messages and logs.
            "VSLANG": "1033",
        },
        link=link,
        mt=_command(kit, "mt"),
        path=(*programs.path, *((kit,) if kit else ())),
        include_dirs=libraries.include_dirs,
        library_dirs=libraries.library_dirs,
        notes=(*notes, *(() if rc else ("the Windows SDK has no rc.exe: no resources",))),
    )


def _command(folder: Path | None, name: str) -> tuple[str, ...]:
    found = folders.program(folder, name) if folder else None
    return (str(found),) if found else ()
