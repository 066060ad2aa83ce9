"""The toolchain that a build's settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.locate import find_toolchain

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
    """
    return find_toolchain(
        host,
        target,
        settings.toolchain,
        site_folders=site_folders,
        version=settings.toolchain_version,
        sysroot=settings.sysroot,
    )
