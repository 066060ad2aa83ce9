"""clang-cl: LLVM for Microsoft's ABI, against Visual Studio's libraries or those of a sysroot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from winarm.locate import sysroot
from winarm.locate.llvm import INSTALL, INSTALL_WINDOWS, find_llvm
from winarm.locate.msvc_libraries import find_libraries, joined
from winarm.locate.overlay import case_overlay
from winarm.locate.request import ToolchainSearch
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import host_architectures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.llvm import Llvm
    from winarm.locate.request import Request

KIND = "clang-cl"


def find_clang_cl(host: Host, request: Request) -> ToolchainSearch:
    """Return clang-cl as a toolchain, or why there is none."""
    if host.system == "windows" and request.sysroot is None:
        return _against_visual_studio(host, request)
    found, misses = sysroot.find_sysroot(host, request.target, request.sysroot)
    if found is None:
        return ToolchainSearch(KIND, None, misses, sysroot.MAKE)
    llvm, missed = find_llvm(host, request, ())
    if llvm is None:
        return ToolchainSearch(KIND, None, (*misses, *missed), INSTALL)
    toolchain = _toolchain(
        request,
        llvm,
        f"{llvm.origin}, with the sysroot {found.path}",
        includes=found.include_dirs,
        libraries=found.library_dirs,
        overlay=case_overlay(host, (*found.include_dirs, *found.library_dirs)),
        environ={"INCLUDE": joined(found.include_dirs), "LIB": joined(found.library_dirs)},
    )
    return ToolchainSearch(KIND, toolchain, (*misses, *missed))


def _against_visual_studio(host: Host, request: Request) -> ToolchainSearch:
    # The version that is wanted is LLVM's; the libraries may be of any.
    search = find_libraries(host, replace(request, version=None))
    if not search.found:
        return ToolchainSearch(KIND, None, search.misses, search.cure)
    libraries = search.found[0]
    llvm, missed = find_llvm(host, request, (libraries.instance,))
    if llvm is None:
        return ToolchainSearch(KIND, None, (*search.misses, *missed), INSTALL_WINDOWS)
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
    return ToolchainSearch(KIND, toolchain, (*search.misses, *missed))


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
