"""setuptools: whether it would ask for more than a project declares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from winarm.environment.isolation import installed_version
from winarm.project.build_system import LEGACY_BACKEND, SETUPTOOLS
from winarm.project.facts import own_files

#: The names under which a project may call it.
NAMES = frozenset((SETUPTOOLS, LEGACY_BACKEND))

#: The first that brings its own bdist_wheel; others ask for `wheel`.
_WITHOUT_WHEEL = Version("70.1")
#: What a setup.py, a module of its own, or setup.cfg says where the build requires more.
_REQUIRES = re.compile(rb"setup[-_]requires|fetch_build_egg")
#: Files of a project that are read at most, and bytes of each.
_MOST_FILES, _MOST_BYTES = 2_000, 2**20


def asks_for_more(project: Path, site_folders: Sequence[Path]) -> bool:
    """Return whether `get_requires_for_build_wheel` may name something.

    Its answer is what `setup_requires` gives to setup(). For it setuptools runs all of setup.py,
    which may try the compiler for seconds and does so again in the build. Where no file of the
    project has that word, the answer is known. (No plug-in of setuptools is known to add to it.)

    :param project: the project's folder.
    :param site_folders: where the build's Python finds setuptools.
    """
    if not _is_without_wheel(site_folders):
        return True
    # From these the arguments of setup() may come.
    scripts = (file for file in own_files(project) if file.suffix in {".py", ".cfg"})
    return any(number == _MOST_FILES or _mentions(file) for number, file in enumerate(scripts))


def _is_without_wheel(site_folders: Sequence[Path]) -> bool:
    version = installed_version("setuptools", site_folders)
    try:
        return version is not None and Version(version) >= _WITHOUT_WHEEL
    except InvalidVersion:
        return False


def _mentions(file: Path) -> bool:
    """Return whether a file names what setup() requires, or cannot be read whole."""
    try:
        if not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return True
        return _REQUIRES.search(file.read_bytes()) is not None
    except OSError:
        return True
