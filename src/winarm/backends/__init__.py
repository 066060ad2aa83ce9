"""What each inner backend needs, so that an unchanged project is built for the target."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Protocol

from winarm.backends import cmake, meson_python, rust, scikit_build_core
from winarm.backends.provision import Provision
from winarm.plan import Build, EquippedBuild
from winarm.project.build_system import Project


class _Tool(Protocol):
    """A module that knows one build tool."""

    def early_provision(self, build: Build) -> Provision:
        """Return what hooks need that come before a build and compile nothing."""

    def provision(self, build: EquippedBuild, scratch: Path) -> Provision:
        """Return what a build needs."""


#: By the first part of the backend's name. CMake is for all others too: a setup.py, or a plugin of
#: another backend, may call it, and a build that does not ignores what it is given.
_BY_BACKEND: dict[str, tuple[_Tool, ...]] = {
    "mesonpy": (cmake, meson_python),
    "scikit_build_core": (cmake, scikit_build_core),
}


def early_provision(build: Build) -> Provision:
    """Return what hooks before the build need; nothing is written or run.

    :raises WinarmError: what is asked for cannot be done here.
    """
    return functools.reduce(
        Provision.joined, [tool.early_provision(build) for tool in _tools(build.project)]
    )


def provision(build: EquippedBuild, scratch: Path) -> Provision:
    """Return what the build needs; nothing is written or run.

    :param scratch: a private folder for generated files.
    :raises WinarmError: what is asked for cannot be done here.
    """
    return functools.reduce(
        Provision.joined, [tool.provision(build, scratch) for tool in _tools(build.project)]
    )


def requirements(project: Project, *, has_ninja: bool) -> list[str]:
    """Return what must be installed for the backend in addition to what the project declares.

    :param has_ninja: whether the host has a Ninja.
    """
    calls_cmake = project.backend.package == "scikit_build_core" or cmake.is_required(project)
    # The generator that winarm names; scikit-build-core does not ask for it on Windows.
    return ["ninja"] if calls_cmake and not has_ninja else []


def _tools(project: Project) -> tuple[_Tool, ...]:
    if rust.is_needed(project):
        return (rust,)
    return _BY_BACKEND.get(project.backend.package, (cmake,))
