"""scikit-build-core: what it decides before CMake does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.backends.request import Provision

if TYPE_CHECKING:
    from winarm.backends.request import Request


def provision(request: Request) -> Provision:
    """Return its settings: the folder to build in, where one is to be kept.

    Names, tags and the Python of the target it asks of `sysconfig`, which answers for the target.
    """
    kept = request.settings.build_dir
    if kept is None or {"build-dir", "skbuild.build-dir"} & set(request.config_settings):
        return Provision()
    return Provision(config_settings={"build-dir": str(kept / "backend")})
