"""What each inner backend needs, so that an unchanged project is built for the target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from winarm.backends import cmake, meson_python, rust, setuptools
from winarm.backends.provision import Provision
from winarm.host import Host
from winarm.plan import Build, EquippedBuild
from winarm.project.build_system import Project

#: The config settings by which a user names the folder to build in, by the first part of the
#: backend's name. Names, tags and Python these backends ask of `sysconfig`, which has the target's.
_BUILD_DIR = {
    "mesonpy": {"build-dir", "builddir"},
    "scikit_build_core": {"build-dir", "skbuild.build-dir"},
}


def early_provision(build: Build) -> Provision:
    """Return what every hook needs; nothing is written or run.

    What CMake needs is for all backends: a setup.py, or a plugin of another backend, may call it,
    and a build that does not ignores what it is given.

    :raises WinarmError: what is asked for cannot be done here.
    """
    rust.refuse(build.project)
    names, kept = _BUILD_DIR.get(build.project.backend.package), build.settings.build_dir
    chosen = kept and names and names.isdisjoint(build.config_settings)
    settings = {"build-dir": str(kept / "backend")} if kept and chosen else {}
    return cmake.early_provision(build).joined(Provision(config_settings=settings))


def provision(build: EquippedBuild, scratch: Path) -> Provision:
    """Return what the build needs; nothing is written or run.

    :param scratch: a private folder for generated files.
    :raises WinarmError: what is asked for cannot be done here.
    """
    made = early_provision(build).joined(cmake.provision(build, scratch))
    if build.project.backend.package == "mesonpy":
        return made.joined(meson_python.provision(build, scratch))
    return made


def requirements(project: Project, host: Host) -> list[str]:
    """Return what must be installed for the backend in addition to what the project declares.

    :raises BackendError: nothing need be installed, as the backend cannot be used here.
    """
    rust.refuse(project)
    calls_cmake = project.backend.package == "scikit_build_core" or cmake.is_required(project)
    # The generator that winarm names; scikit-build-core does not ask for it on Windows.
    return ["ninja"] if calls_cmake and not host.which("ninja") else []


def asks_for_more(project: Project, site_folders: Sequence[Path]) -> bool:
    """Return whether the backend may require more for a wheel than the project declares.

    :param site_folders: where the build's Python finds the backend.
    """
    if project.backend.name in setuptools.NAMES and not project.backend.path:
        return setuptools.asks_for_more(project.folder, site_folders)
    return True
