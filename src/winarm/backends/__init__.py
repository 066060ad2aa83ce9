"""What each inner backend needs, so that an unchanged project is built for the target."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from winarm.backends import cmake, maturin, meson_python, scikit_build_core
from winarm.backends.request import Provision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winarm.backends.request import Request

#: By the first part of the backend's name. CMake's part is for all others, too: a setup.py, or a
#: plugin of another backend, may call cmake, and what calls none does not see it.
_BY_BACKEND: dict[str, tuple[Callable[[Request], Provision], ...]] = {
    "maturin": (maturin.provision,),
    "mesonpy": (cmake.provision, meson_python.provision),
    "scikit_build_core": (cmake.provision, scikit_build_core.provision),
}


def provision(request: Request) -> Provision:
    """Return what the inner backend of `request` needs; nothing is written or run.

    :raises WinarmError: what is asked for cannot be done here.
    """
    parts = [part(request) for part in _BY_BACKEND.get(_first(request.backend), (cmake.provision,))]
    return functools.reduce(Provision.joined, parts)


def requirements(backend: str, declared: Sequence[str], *, has_ninja: bool) -> list[str]:
    """Return what must be installed for `backend` beside what the project declares.

    :param declared: the project's own build requirements, as they are written.
    :param has_ninja: whether the host has a Ninja.
    """
    calls_cmake = _first(backend) == "scikit_build_core" or cmake.is_required(declared)
    # The generator that winarm names; scikit-build-core does not ask for it on Windows.
    return ["ninja"] if calls_cmake and not has_ninja else []


def _first(backend: str) -> str:
    return backend.partition(":")[0].partition(".")[0]
