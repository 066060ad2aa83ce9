"""Finding a toolchain that makes code for the target, or saying everything that is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import ToolchainNotFoundError
from winarm.locate.request import Finding, Request
from winarm.locate.toolchain import Toolchain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from winarm.host import Host
    from winarm.target import Target

__all__ = ["Finding", "Request", "Toolchain", "find_toolchain", "search_toolchains"]

# Each finder is imported when it is asked: a machine that has the first needs none of the others,
# and a build hook starts with this.


def _find_msvc(host: Host, request: Request) -> Finding:
    from winarm.locate.msvc import find_msvc  # noqa: PLC0415

    return find_msvc(host, request)


def _find_clang_cl(host: Host, request: Request) -> Finding:
    from winarm.locate.clang_cl import find_clang_cl  # noqa: PLC0415

    return find_clang_cl(host, request)


def _find_llvm_mingw(host: Host, request: Request) -> Finding:
    from winarm.locate.llvm_mingw import find_llvm_mingw  # noqa: PLC0415

    return find_llvm_mingw(host, request)


def _find_zig(host: Host, request: Request) -> Finding:
    from winarm.locate.zig import find_zig  # noqa: PLC0415

    return find_zig(host, request)


#: One finder for each kind, in the order in which `auto` takes them: first those that make what
#: CPython itself is made with, then those that need nothing of Microsoft's.
FINDERS: Mapping[str, Callable[[Host, Request], Finding]] = {
    "msvc": _find_msvc,
    "clang-cl": _find_clang_cl,
    "llvm-mingw": _find_llvm_mingw,
    "zig": _find_zig,
}


def find_toolchain(
    host: Host,
    target: Target,
    wanted: str = "auto",
    *,
    site_folders: Sequence[Path] = (),
    version: str | None = None,
    sysroot: Path | None = None,
    lasting: bool = False,
) -> Toolchain:
    """Return the toolchain called `wanted`, or with `auto` the first that is there.

    :param site_folders: `site-packages` folders to look in for toolchains from PyPI.
    :param version: the beginning of its version; of a Visual Studio, too, for `msvc`.
    :param sysroot: the headers and libraries of Windows, for `clang-cl`.
    :param lasting: copy a zig of `site_folders` into the cache first, because they are temporary.
    :raises ToolchainNotFoundError: with every place that was looked at and why it was not it.
    """
    request = Request(target, tuple(site_folders), version, sysroot, lasting)
    findings = []
    for kind in kinds(wanted):
        finding = FINDERS[kind](host, request)
        if finding.toolchain is not None:
            return finding.toolchain
        findings.append(finding)
    raise not_found(wanted, findings)


def search_toolchains(host: Host, request: Request) -> tuple[Finding, ...]:
    """Return what the search for each kind says, in the order in which `auto` takes them."""
    return tuple(find(host, request) for find in FINDERS.values())


def kinds(wanted: str) -> tuple[str, ...]:
    """Return the kinds that `wanted` stands for, in order."""
    return tuple(FINDERS) if wanted == "auto" else (wanted,)


def not_found(wanted: str, findings: Sequence[Finding]) -> ToolchainNotFoundError:
    """Return the error that says all that was looked at and what would help."""
    misses = dict.fromkeys(miss for finding in findings for miss in finding.misses)
    # With `auto`, zig is the quickest to get everywhere and comes last.
    cures = [finding for finding in findings if finding.cure][::-1]
    cure = "\n".join(f"For {finding.kind}: {finding.cure}" for finding in cures)
    return ToolchainNotFoundError(wanted, tuple(misses), cure)
