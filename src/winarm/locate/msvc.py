"""MSVC: cl, link and lib of Visual Studio or its Build Tools, on a Windows host."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from winarm.host import Host
from winarm.locate import developer_prompt, folders
from winarm.locate.msvc_libraries import Libraries, find_libraries, installer_command
from winarm.locate.request import Request
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import Programs, host_architectures, programs_in
from winarm.search import Search, first, miss

KIND = "msvc"
ELSEWHERE = "msvc: it runs on Windows only; elsewhere clang-cl builds against its libraries"


def find_msvc(host: Host, request: Request) -> Search[Toolchain]:
    """Return MSVC as a toolchain, or why there is none."""
    if host.system != "windows":
        return miss(ELSEWHERE)
    notes: tuple[str, ...] = ()
    if developer_prompt.is_open(host):
        prompt = developer_prompt.prompt_toolchain(host, request)
        if prompt.found is not None:
            return prompt
        notes = (f"{prompt.why}: winarm computed its own environment",)

    def with_programs(libraries: Libraries) -> Search[Toolchain]:
        name = f"MSVC {libraries.toolset.version} of {libraries.instance}"
        programs = programs_in(libraries.toolset.folder, host, request.target).at(name)
        return replace(programs, cure=installer_command(libraries.instance)).then(
            lambda found: Search(_toolchain(host, request, libraries, found, notes))
        )

    searches = (libraries.then(with_programs) for libraries in find_libraries(host, request))
    return first(itertools.chain(searches, [miss(*notes)]))


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
    found = folders.program(folder, name)
    return (str(found),) if found else ()
