"""Finding a toolchain that makes code for the target, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from winarm.errors import ToolchainNotFoundError
from winarm.host import Host
from winarm.locate.clang_cl import find_clang_cl
from winarm.locate.llvm_mingw import find_llvm_mingw
from winarm.locate.msvc import find_msvc
from winarm.locate.request import Request
from winarm.locate.toolchain import Toolchain
from winarm.locate.zig import find_zig, zig_folders
from winarm.search import Search
from winarm.target import WIN_ARM64, Target

__all__ = ["Request", "Toolchain", "find_toolchain", "search_toolchains"]

#: One finder for each kind, in the order in which `auto` takes them: first those that make what
#: CPython itself is made with, then those that need nothing of Microsoft's.
FINDERS: Mapping[str, Callable[[Host, Request], Search[Toolchain]]] = {
    "msvc": find_msvc,
    "clang-cl": find_clang_cl,
    "llvm-mingw": find_llvm_mingw,
    "zig": find_zig,
}


def find_toolchain(
    host: Host | None = None,
    target: Target = WIN_ARM64,
    wanted: str = "auto",
    *,
    site_folders: Sequence[Path] | None = None,
    version: str | None = None,
    sysroot: Path | None = None,
    lasting: bool = False,
) -> Toolchain:
    """Return the toolchain called `wanted`, or with `auto` the first that is there.

    :param host: the machine to look at; this one by default.
    :param wanted: `auto`, `msvc`, `clang-cl`, `llvm-mingw` or `zig`.
    :param site_folders: `site-packages` folders in which a `ziglang` package may be; by default
        those of this Python and of winarm's cache.
    :param version: the beginning of its version; of a Visual Studio, too, for `msvc`.
    :param sysroot: the headers and libraries of Windows, for `clang-cl`.
    :param lasting: for a build: copy a zig of `site_folders` into the cache first, because they
        are temporary, and give it one-word programs.
    :raises ToolchainNotFoundError: there is none; names every place that was looked at, and why.
    """
    host = host or Host.current()
    folders = zig_folders(host) if site_folders is None else tuple(site_folders)
    request = Request(target, folders, version, sysroot, lasting)
    searches: dict[str, Search[Toolchain]] = {}
    for kind in kinds(wanted):
        searches[kind] = FINDERS[kind](host, request)
        if (found := searches[kind].found) is not None:
            return found
    misses = dict.fromkeys(line for search in searches.values() for line in search.misses)
    # With `auto`, zig is the quickest to get everywhere and comes last.
    cures = [f"For {kind}: {search.cure}" for kind, search in searches.items() if search.cure]
    raise ToolchainNotFoundError(wanted, tuple(misses), "\n".join(reversed(cures)))


def search_toolchains(host: Host, request: Request) -> dict[str, Search[Toolchain]]:
    """Return the search for each kind, in the order in which `auto` takes them."""
    return {kind: find(host, request) for kind, find in FINDERS.items()}


def kinds(wanted: str) -> tuple[str, ...]:
    """Return the kinds that `wanted` stands for, in order."""
    return tuple(FINDERS) if wanted == "auto" else (wanted,)
