"""MSVC's toolset in a tree of Visual Studio: its headers, libraries and programs.

What is there decides, never a component's name: requiring the component "(Latest)" misses an
installation that has a pinned toolset only (cc-rs#1525), and one for x64 misses ARM64-only ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.request import begins_with, numbers
from winarm.search import Search, miss
from winarm.target import Target

#: Which hosts' programs run on a machine, the native ones first.
HOST_FOLDERS = {
    "arm64": ("arm64", "x64", "x86"),
    "amd64": ("x64", "x86"),
    "x86_64": ("x64", "x86"),
    "x86": ("x86",),
}

#: The version file of the default toolset, and those of pinned ones, which may be there alone.
_VERSION_FILE = "Microsoft.VCToolsVersion.default.txt"
_PINNED = ("microsoft.vctoolsversion.v", ".default.txt")


@dataclass(frozen=True, slots=True)
class Toolset:
    """One version of MSVC's headers and of its libraries for one target."""

    folder: Path
    #: `14.44.35207`
    version: str
    include_dirs: tuple[Path, ...]
    library_dirs: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Programs:
    """cl, link and lib that make a target's code."""

    #: `arm64`, `x64` or `x86`: the machine that they run on.
    host: str
    folder: Path
    #: Where DLLs are that they load (mspdb140.dll), in the order of PATH.
    path: tuple[Path, ...]


def host_architectures(host: Host) -> tuple[str, ...]:
    """Return the machines whose programs run on `host`, as Visual Studio names them."""
    return HOST_FOLDERS.get(host.machine, ("x64", "x86"))


def toolset_versions(installation: Path) -> tuple[str, ...]:
    """Return the toolsets in a Visual Studio folder: its default first, then from the newest.

    The folder may also be `VC`'s parent in a tree that a tool has unpacked.
    """
    home = folders.inside(installation, "VC", "Tools", "MSVC")
    found = [name for name in folders.names(home) if numbers(name)]
    build = folders.inside(installation, "VC", "Auxiliary", "Build")
    pinned = [name for name in folders.names(build) if _is_pinned(name)]
    versions = [folders.line_of(folders.inside(build, name)) for name in pinned]
    preferred = [
        folders.line_of(folders.inside(build, _VERSION_FILE)),
        *sorted(versions, key=numbers, reverse=True),
        *sorted(found, key=numbers, reverse=True),
    ]
    return tuple(dict.fromkeys(version for version in preferred if version in found))


def toolset_in(
    installation: Path, version: str, target: Target, *, spectre: bool = False
) -> Search[Toolset]:
    """Return a toolset's headers and libraries, or what it lacks."""
    folder = folders.inside(installation, "VC", "Tools", "MSVC", version)
    include = folders.inside(folder, "include")
    if folder is None or include is None:
        return miss("it has no headers")
    libraries = folders.inside(folder, "lib")
    home = folders.inside(libraries, "spectre") if spectre else libraries
    own = folders.architecture_folder(home, target)
    if own is None or not folders.inside(own, "msvcrt.lib"):
        instead = folders.libraries_instead(libraries)
        return miss(f"it has no lib\\{target.vs_arch}\\msvcrt.lib{instead}")
    atl = folders.inside(folder, "atlmfc")
    atl_include = folders.inside(atl, "include")
    atl_libraries = folders.architecture_folder(folders.inside(atl, "lib"), target)
    auxiliary = folders.inside(installation, "VC", "Auxiliary", "VS", "include")
    toolset = Toolset(
        folder=folder,
        version=version,
        include_dirs=tuple(filter(None, (include, atl_include, auxiliary))),
        library_dirs=tuple(filter(None, (atl_libraries, own))),
    )
    return Search(toolset)


def programs_in(toolset: Path, host: Host, target: Target) -> Search[Programs]:
    """Return the programs in a toolset's folder that run here, or why there are none."""
    home = folders.inside(toolset, "bin")
    runnable = host_architectures(host)
    for machine in runnable:
        native = folders.inside(home, f"Host{machine}")
        own = folders.inside(native, target.vs_arch)
        if own and all(folders.program(own, name) for name in ("cl", "link", "lib")):
            # mspdb140.dll and related DLLs are next to the host's own compiler.
            beside = folders.inside(native, machine)
            path = (own, beside) if beside and beside != own else (own,)
            return Search(Programs(machine, own, path))
    return miss(f"it has no bin\\Host{runnable[0]}\\{target.vs_arch} with cl, link and lib")


def is_wanted(wanted: str | None, toolset: str, instance: str) -> bool:
    """Return whether `wanted` names this toolset, or the Visual Studio that it belongs to.

    >>> is_wanted("14.29", "14.29.30133", "17.14.1"), is_wanted("2019", "14.29.1", "16.11.5")
    (True, True)
    """
    if wanted is None:
        return True
    major = {"2019": "16", "2022": "17", "2026": "18"}.get(wanted.strip(), wanted)
    return begins_with(toolset, major) or begins_with(instance, major)


def _is_pinned(name: str) -> bool:
    start, end = _PINNED
    return name.casefold().startswith(start) and name.casefold().endswith(end)
