"""scikit-build-core: what it decides before CMake does."""

from __future__ import annotations

from pathlib import Path

from winarm.backends.provision import Provision
from winarm.plan import Build, EquippedBuild


def early_provision(build: Build) -> Provision:
    """Return the folder to build in, where one is to be kept.

    Names, tags and the Python of the target it asks of `sysconfig`, which answers for the target.
    """
    kept = build.settings.build_dir
    if kept is None or {"build-dir", "skbuild.build-dir"} & set(build.config_settings):
        return Provision()
    return Provision(config_settings={"build-dir": str(kept / "backend")})


def provision(build: EquippedBuild, scratch: Path) -> Provision:  # noqa: ARG001
    """Return the same for a build."""
    return early_provision(build)
