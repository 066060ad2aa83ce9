"""Finding a toolchain that makes code for the target, or saying everything that is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import ToolchainNotFoundError
from winarm.locate import zig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.target import Target

#: One finder for each kind, in the order in which `auto` takes them.
FINDERS = {"zig": zig.find_zig}


def find_toolchain(
    host: Host, target: Target, wanted: str = "auto", *, site_folders: Sequence[Path] = ()
) -> Toolchain:
    """Return the toolchain called `wanted`, or with `auto` the first that is there.

    :param site_folders: `site-packages` folders to look in for toolchains from PyPI.
    :raises ToolchainNotFoundError: with every place that was looked at and why it was not it.
    """
    misses: list[str] = []
    kinds = FINDERS if wanted == "auto" else {wanted: FINDERS[wanted]}
    for find in kinds.values():
        toolchain, missed = find(host, target, site_folders)
        if toolchain is not None:
            return toolchain
        misses += missed
    raise ToolchainNotFoundError(wanted, misses, "Install one: python -m pip install ziglang")
