"""A Visual Studio developer prompt that winarm was started from: taken as it is, or recomputed."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.request import Request
from winarm.locate.toolchain import Toolchain
from winarm.locate.toolset import is_wanted
from winarm.search import Search, miss
from winarm.target import Target

#: What a prompt sets and compilers, linkers and MSBuild read.
_VARIABLES = (
    *("INCLUDE", "EXTERNAL_INCLUDE", "LIB", "LIBPATH", "VSINSTALLDIR", "VCINSTALLDIR"),
    *("VCToolsInstallDir", "VCToolsVersion", "WindowsSdkDir", "WindowsSDKVersion"),
    *("UniversalCRTSdkDir", "UCRTVersion"),
)


def is_open(host: Host) -> bool:
    """Return whether this is a developer prompt.

    VSCMD_ARG_TGT_ARCH alone does not say so: cibuildwheel sets it for setuptools.
    """
    return bool(host.variable("VCINSTALLDIR") or host.variable("VCToolsInstallDir"))


def prompt_toolchain(host: Host, request: Request) -> Search[Toolchain]:
    """Return the toolchain that the prompt is set for, or why it is not used as it is."""
    target = request.target
    cl = host.which("cl")
    # Next to it: Git and MSYS2 have another `link`, which may come first on PATH.
    link, lib = (folders.program(cl.parent, name) if cl else None for name in ("link", "lib"))
    if cl is None or link is None or lib is None:
        return miss("the developer prompt has no cl, link and lib on PATH")
    version = host.variable("VCToolsVersion") or toolset_of(cl)
    why = _unfit(host, target, cl)
    if not why and not is_wanted(request.version, version, host.variable("VSCMD_VER") or ""):
        why = f"the developer prompt has MSVC {version}, not {request.version}"
    if why:
        return miss(why)
    rc, mt = host.which("rc"), host.which("mt")
    toolchain = Toolchain(
        kind="msvc",
        version=version,
        origin=f"the developer prompt, {cl}",
        target=target,
        cc=(str(cl),),
        cxx=(str(cl),),
        ar=(str(lib),),
        rc=(str(rc),) if rc else (),
        dlltool=(str(lib),),
        environ={name: value for name in _VARIABLES if (value := host.variable(name))},
        link=(str(link),),
        mt=(str(mt),) if mt else (),
        # As the prompt has it, except that its own linker must come first.
        path=(cl.parent,),
    )
    return Search(toolchain)


def _unfit(host: Host, target: Target, cl: Path) -> str:
    """Return why the prompt does not make `target`'s code, or nothing."""
    spoken = (host.variable("VSCMD_ARG_TGT_ARCH") or "").strip().lower()
    if spoken and spoken != target.vs_arch:
        return f"the developer prompt is set for {spoken}"
    machine = made_for(cl)
    if machine != target.vs_arch:
        # vcvarsall says "initialized for: 'x64_arm64'" without the ARM64 tools, too.
        return f"the developer prompt's compiler, {cl}, is for {machine or 'what?'}"
    libraries = (host.variable("LIB") or "").split(";")
    if not any(made_for(Path(entry, "msvcrt.lib")) == target.vs_arch for entry in libraries):
        return f"the developer prompt's LIB has no folder of {target.vs_arch} libraries"
    return "" if host.variable("INCLUDE") else "the developer prompt sets no INCLUDE"


def made_for(file: Path) -> str:
    """Return the folder's name that says which machine a program or library of MSVC is for.

    By the path, since cl's banner is translated (meson#6757) and matched wrongly (meson#5852).
    """
    # Such a path is Windows' wherever this runs; a test's may be a POSIX one.
    parts = PureWindowsPath(str(file)).parts
    return parts[-2].casefold() if len(parts) > 1 else ""


def toolset_of(cl: Path) -> str:
    r"""Return the toolset's version from …\\MSVC\\VERSION\\bin\\HostX\\TARGET\\cl.exe."""
    parts = PureWindowsPath(str(cl)).parts
    return parts[-5] if len(parts) > 4 else "unknown"  # noqa: PLR2004
