"""Finding a toolchain that makes code for the target, or saying everything that is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import ToolchainNotFoundError
from winarm.host import Host
from winarm.locate.clang_cl import find_clang_cl
from winarm.locate.lasting_zig import zig_folders
from winarm.locate.llvm_mingw import find_llvm_mingw
from winarm.locate.msvc import find_msvc
from winarm.locate.request import Request, ToolchainSearch
from winarm.locate.toolchain import Toolchain
from winarm.locate.zig import find_zig
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from winarm.target import Target

__all__ = ["Request", "Toolchain", "ToolchainSearch", "find_toolchain", "search_toolchains"]

#: One finder for each kind, in the order in which `auto` takes them: first those that make what
#: CPython itself is made with, then those that need nothing of Microsoft's.
FINDERS: Mapping[str, Callable[[Host, Request], ToolchainSearch]] = {
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
    :raises ToolchainNotFoundError: with every place that was looked at and why it was not it.
    """
    host = host or Host.current()
    folders = zig_folders(host) if site_folders is None else tuple(site_folders)
    request = Request(target, folders, version, sysroot, lasting)
    findings = []
    for kind in kinds(wanted):
        finding = FINDERS[kind](host, request)
        if finding.toolchain is not None:
            return finding.toolchain
        findings.append(finding)
    raise not_found(wanted, findings)


def search_toolchains(host: Host, request: Request) -> tuple[ToolchainSearch, ...]:
    """Return what the search for each kind says, in the order in which `auto` takes them."""
    return tuple(find(host, request) for find in FINDERS.values())


def kinds(wanted: str) -> tuple[str, ...]:
    """Return the kinds that `wanted` stands for, in order."""
    return tuple(FINDERS) if wanted == "auto" else (wanted,)


def not_found(wanted: str, findings: Sequence[ToolchainSearch]) -> ToolchainNotFoundError:
    """Return the error that says all that was looked at and what would help."""
    misses = dict.fromkeys(miss for finding in findings for miss in finding.misses)
    # With `auto`, zig is the quickest to get everywhere and comes last.
    cures = [finding for finding in findings if finding.cure][::-1]
    cure = "\n".join(f"For {finding.kind}: {finding.cure}" for finding in cures)
    return ToolchainNotFoundError(wanted, tuple(misses), cure)
