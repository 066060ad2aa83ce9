"""Sysroots: Microsoft's headers and libraries in a folder, as tools off Windows unpack them.

Two layouts, each with the machine's folders in either spelling (`arm64`, `aarch64`) and names in
any case:

    xwin          crt/{include,lib/ARCH}  sdk/{include,lib}/{ucrt,um,…}[/ARCH]
    winsysroot    VC/Tools/MSVC/VERSION/{include,lib/ARCH}  Windows Kits/10/{Include,Lib}/VERSION

The second is Visual Studio's own, that of clang-cl's /winsysroot, of `xwin splat
--use-winsysroot-style` and, with `kits` for `Windows Kits`, of msvc-wine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.toolset import Toolset, toolset_in, toolset_versions
from winarm.locate.windows_sdk import WindowsSdk, sdk_in
from winarm.search import Search, first, miss
from winarm.target import Target

MAKE = (
    "make a sysroot with xwin (cargo install xwin): `xwin --arch aarch64 splat --output DIR` asks "
    'you to accept Microsoft\'s licence; then name it: sysroot = "DIR" or WINARM_SYSROOT=DIR'
)

#: Variables of other tools that name such a folder.
_VARIABLES = ("XWIN_DIR", "WINSYSROOT", "WIN_SYSROOT", "XWIN_CACHE_DIR", "CARGO_XWIN_CACHE_DIR")

#: Where tools put the tree inside the folder that a user knows them by.
_BELOW = ((), ("splat",), ("xwin",), ("opt", "msvc"), (".xwin-cache", "splat"))

_LAYOUTS = "neither xwin's layout (crt, sdk) nor Visual Studio's (VC/Tools/MSVC, Windows Kits/10)"


@dataclass(frozen=True, slots=True)
class Sysroot:
    """Headers and libraries of C and of Windows for one target."""

    path: Path
    #: `xwin`, whose layout does not say it, or the versions of toolset and SDK.
    version: str
    include_dirs: tuple[Path, ...]
    library_dirs: tuple[Path, ...]


#: What is said where no folder is named and no usual place has one.
NO_SYSROOT = (
    "sysroot: clang-cl needs Microsoft's headers and libraries; set WINARM_SYSROOT to their folder"
)


def find_sysroot(host: Host, target: Target, named: Path | None) -> Search[Sysroot]:
    """Return the first sysroot that has `target`'s libraries, and why each before it is not one.

    :param named: the folder that the user names; no other is looked at then.
    """
    places = list(_places(host, named))
    if not places:
        return miss(NO_SYSROOT, cure=MAKE)
    return first(
        (sysroot_at(folder, target).at(f"sysroot {folder} ({name})") for name, folder in places),
        cure=MAKE,
    )


def sysroot_at(folder: Path, target: Target) -> Search[Sysroot]:
    """Return the sysroot in `folder`, or what is wrong with it."""
    if not folder.is_dir():
        return miss("there is no such folder")
    if ";" in str(folder):
        return miss("its path has a `;`, at which INCLUDE and LIB are split")
    for below in _BELOW:
        root = folders.inside(folder, *below)
        if root is None:
            continue
        if folders.inside(root, "crt") and folders.inside(root, "sdk"):
            return _xwin(root, target)
        if folders.inside(root, "VC", "Tools", "MSVC"):
            return _winsysroot(root, target)
    return miss(f"it has {_LAYOUTS}")


def _places(host: Host, named: Path | None) -> Iterator[tuple[str, Path]]:
    if named is not None:
        yield "the setting sysroot", named
        return
    for name in _VARIABLES:
        value = host.variable(name)
        if value:
            yield name, Path(value)
    home = host.variable("USERPROFILE" if host.system == "windows" else "HOME")
    if not home:
        return
    caches = {"linux": ".cache", "macos": "Library/Caches", "windows": "AppData/Local"}
    cached = host.variable("XDG_CACHE_HOME") if host.system == "linux" else None
    for name, folder in (
        ("cargo-xwin's cache", Path(cached or Path(home, caches[host.system]), "cargo-xwin")),
        ("xwin's", Path(home, ".xwin")),
        ("msvc-wine's", Path(home, "my_msvc")),
    ):
        if folder.is_dir():
            yield name, folder


def _xwin(root: Path, target: Target) -> Search[Sysroot]:
    libraries = []
    for path, library in (
        (("crt", "lib"), "msvcrt.lib"),
        (("sdk", "lib", "ucrt"), "ucrt.lib"),
        (("sdk", "lib", "um"), "kernel32.lib"),
    ):
        home = folders.inside(root, *path)
        own = folders.architecture_folder(home, target)
        if own is None or not folders.inside(own, library):
            wanted = f"{'/'.join(path)}/{target.cpu}/{library}"
            instead = folders.libraries_instead(home)
            return miss(f"it has no {wanted}{instead}; xwin takes --arch {target.cpu}")
        libraries.append(own)
    parts = (("crt", "include"), *(("sdk", "include", part) for part in _SDK_PARTS))
    includes = tuple(folders.present(root, *parts))
    if not any(folders.inside(folder, "windows.h") for folder in includes):
        return miss("it has no sdk/include/um/windows.h")
    return Search(Sysroot(root, "xwin", includes, tuple(libraries)))


_SDK_PARTS = ("ucrt", "um", "shared", "winrt", "cppwinrt")


def _winsysroot(root: Path, target: Target) -> Search[Sysroot]:
    versions = toolset_versions(root)
    if not versions:
        return miss("it has no toolset in VC/Tools/MSVC")
    kits = folders.first(root, ("Windows Kits", "10"), ("kits", "10"))
    if kits is None:
        return miss("it has no Windows Kits/10")

    toolsets = first(toolset_in(root, version, target) for version in versions)
    return toolsets.then(lambda toolset: sdk_in(kits, target).then(partial(_joined, root, toolset)))


def _joined(root: Path, toolset: Toolset, sdk: WindowsSdk) -> Search[Sysroot]:
    sysroot = Sysroot(
        root,
        f"MSVC {toolset.version}, Windows SDK {sdk.version}",
        (*toolset.include_dirs, *sdk.include_dirs),
        (*toolset.library_dirs, *sdk.library_dirs),
    )
    return Search(sysroot)
