"""The toolchain that a build's settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.locate import find_toolchain, zig
from winarm.pipeline.lasting_zig import lasting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winarm.config import Settings
    from winarm.host import Host
    from winarm.locate import Toolchain
    from winarm.target import Target

#: Those that the `ziglang` wheel from PyPI can stand in for, if nothing else is there.
MET_BY_ZIG = frozenset(("auto", "clang-cl", "zig"))


def toolchain_for(
    host: Host, target: Target, settings: Settings, site_folders: Sequence[Path]
) -> Toolchain:
    """Return the toolchain that `settings` ask for.

    :raises ToolchainNotFoundError: with every place that was looked at and why it was not it.
    :raises FileSystemError: the cache, where zig is kept, cannot be written.
    """
    found = _found(host, target, settings, site_folders)
    if found.kind != zig.KIND:
        return found
    return _found(host, target, settings, [lasting(host, folder) for folder in site_folders])


def _found(
    host: Host, target: Target, settings: Settings, site_folders: Sequence[Path]
) -> Toolchain:
    return find_toolchain(
        host,
        target,
        settings.toolchain,
        site_folders=site_folders,
        version=settings.toolchain_version,
        sysroot=settings.sysroot,
    )
