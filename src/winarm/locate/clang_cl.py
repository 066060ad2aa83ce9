"""clang-cl: LLVM for Microsoft's ABI, against Visual Studio's libraries or those of a sysroot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from winarm.host import Host
from winarm.locate.llvm import Llvm, find_llvm
from winarm.locate.msvc_libraries import Libraries, find_libraries, joined
from winarm.locate.overlay import case_overlay
from winarm.locate.request import Request
from winarm.locate.sysroot import Sysroot, find_sysroot
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import host_architectures
from winarm.search import Search, first

KIND = "clang-cl"


def find_clang_cl(host: Host, request: Request) -> Search[Toolchain]:
    """Return clang-cl as a toolchain, or why there is none."""
    if host.system == "windows" and request.sysroot is None:
        # The version that is wanted is LLVM's; the libraries may be of any.
        libraries = first(find_libraries(host, replace(request, version=None)))
        return libraries.then(partial(_against_visual_studio, host, request))
    root = find_sysroot(host, request.target, request.sysroot)
    return root.then(partial(_against_sysroot, host, request))


def _against_sysroot(host: Host, request: Request, sysroot: Sysroot) -> Search[Toolchain]:
    def with_llvm(llvm: Llvm) -> Search[Toolchain]:
        includes, libraries = sysroot.include_dirs, sysroot.library_dirs
        toolchain = _toolchain(
            request,
            llvm,
            f"{llvm.origin}, with the sysroot {sysroot.path}",
            includes=includes,
            libraries=libraries,
            overlay=case_overlay(host, (*includes, *libraries)),
            environ={"INCLUDE": joined(includes), "LIB": joined(libraries)},
        )
        return Search(toolchain)

    return find_llvm(host, request, ()).then(with_llvm)


def _against_visual_studio(host: Host, request: Request, libraries: Libraries) -> Search[Toolchain]:
    def with_llvm(llvm: Llvm) -> Search[Toolchain]:
        toolchain = _toolchain(
            request,
            llvm,
            f"{llvm.origin}, with MSVC {libraries.toolset.version} of {libraries.instance} and "
            f"Windows SDK {libraries.sdk.version}",
            includes=libraries.include_dirs,
            libraries=libraries.library_dirs,
            overlay=None,
            environ={**libraries.environ, "VSCMD_ARG_TGT_ARCH": request.target.vs_arch},
        )
        kit = libraries.sdk.programs(*host_architectures(host))
        if kit and not toolchain.rc:
            toolchain = replace(toolchain, path=(kit,), rc=(str(kit / "rc.exe"),))
        return Search(toolchain)

    return find_llvm(host, request, (libraries.instance,)).then(with_llvm)


def _toolchain(
    request: Request,
    llvm: Llvm,
    origin: str,
    *,
    includes: tuple[Path, ...],
    libraries: tuple[Path, ...],
    overlay: Path | None,
    environ: Mapping[str, str],
) -> Toolchain:
    compiler = (*llvm.clang_cl, f"--target={request.target.msvc_triple}")
    link = llvm.link
    if overlay is not None:
        compiler = (*compiler, "-Xclang", "-ivfsoverlay", "-Xclang", str(overlay))
        link = (*link, f"/vfsoverlay:{overlay}")
    return Toolchain(
        kind=KIND,
        version=llvm.version,
        origin=origin,
        target=request.target,
        cc=compiler,
        cxx=compiler,
        ar=llvm.lib,
        rc=llvm.rc,
        dlltool=llvm.lib,
        environ=environ,
        link=link,
        mt=llvm.mt,
        include_dirs=includes,
        library_dirs=libraries,
    )
