"""clang-cl: LLVM for Microsoft's ABI, against Visual Studio's libraries or those of a sysroot."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from winarm.host import Host
from winarm.locate.llvm import find_llvm
from winarm.locate.msvc_libraries import Libraries, find_libraries, joined
from winarm.locate.overlay import case_overlay
from winarm.locate.request import Request
from winarm.locate.sysroot import Sysroot, find_sysroot
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import host_architectures
from winarm.search import Search, first


def find_clang_cl(host: Host, request: Request) -> Search[Toolchain]:
    """Return clang-cl as a toolchain, or why there is none."""
    if host.system == "windows" and request.sysroot is None:
        # The version that is wanted is LLVM's; the libraries may be of any.
        libraries = first(find_libraries(host, replace(request, version=None)))
        return libraries.then(partial(_against_visual_studio, host, request))
    root = find_sysroot(host, request.target, request.sysroot)
    return root.then(partial(_against_sysroot, host, request))


def _against_sysroot(host: Host, request: Request, sysroot: Sysroot) -> Search[Toolchain]:
    includes, libraries = sysroot.include_dirs, sysroot.library_dirs

    def with_llvm(llvm: Toolchain) -> Search[Toolchain]:
        overlay = case_overlay(host, (*includes, *libraries))
        compiler = (*llvm.cc, "-Xclang", "-ivfsoverlay", "-Xclang", str(overlay))
        toolchain = replace(
            llvm,
            origin=f"{llvm.origin}, with the sysroot {sysroot.path}",
            cc=compiler,
            cxx=compiler,
            link=(*llvm.link, f"/vfsoverlay:{overlay}"),
            environ={"INCLUDE": joined(includes), "LIB": joined(libraries)},
            include_dirs=includes,
            library_dirs=libraries,
        )
        return Search(toolchain)

    return find_llvm(host, request).then(with_llvm)


def _against_visual_studio(host: Host, request: Request, libraries: Libraries) -> Search[Toolchain]:
    def with_llvm(llvm: Toolchain) -> Search[Toolchain]:
        kit = libraries.sdk.programs(*host_architectures(host)) if not llvm.rc else None
        toolchain = replace(
            llvm,
            origin=f"{llvm.origin}, with MSVC {libraries.toolset.version} of {libraries.instance} "
            f"and Windows SDK {libraries.sdk.version}",
            rc=(str(kit / "rc.exe"),) if kit else llvm.rc,
            environ={**libraries.environ, "VSCMD_ARG_TGT_ARCH": request.target.vs_arch},
            path=(kit,) if kit else (),
            include_dirs=libraries.include_dirs,
            library_dirs=libraries.library_dirs,
        )
        return Search(toolchain)

    return find_llvm(host, request, libraries.instance).then(with_llvm)
