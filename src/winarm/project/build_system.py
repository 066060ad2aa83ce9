"""The build backend that winarm calls: the one that a project declares, or the one after winarm.

The rules of `[build-system]` are those of PEP 518 (the table and its defaults) and PEP 517
(`build-backend`, `backend-path`, and setuptools' legacy backend for projects that name none).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.config import Settings, settings_of
from winarm.config.sources import ConfigSettings
from winarm.config.values import OWN_BACKEND, is_backend_name
from winarm.errors import BackendError, SourceError, bullets
from winarm.pyproject import read_pyproject, stays_inside, table

if TYPE_CHECKING:
    from winarm.host import Host

#: What PEP 517 has front-ends do for a project that names no backend: setup.py is run with the
#: project's folder on sys.path.
LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
SETUPTOOLS = "setuptools.build_meta"
SCIKIT_BUILD_CORE = "scikit_build_core.build"

#: What installs the backends that a project can have winarm call, by the first part of their name.
_DISTRIBUTIONS = {
    "flit_core": "flit-core",
    "hatchling": "hatchling",
    "pdm": "pdm-backend",
    "poetry": "poetry-core",
    "scikit_build_core": "scikit-build-core",
    # From 77 on the child can supply suffix, libraries and compiler.
    "setuptools": "setuptools>=77",
}


@dataclass(frozen=True, slots=True)
class BuildSystem:
    """A project's `[build-system]`, with the defaults for what it leaves out."""

    #: Requirements of the build, as they are written.
    requires: tuple[str, ...]
    #: `package.module` or `package.module:object`.
    backend: str
    #: Folders inside the project, as they are written, from which the backend is imported.
    backend_path: tuple[str, ...]
    #: Whether the project names the backend itself.
    declared: bool

    @property
    def required_names(self) -> frozenset[str]:
        """Return the normalised names of the distributions that the build requires."""
        return frozenset(filter(None, map(requirement_name, self.requires)))


@dataclass(frozen=True, slots=True)
class InnerBackend:
    """The backend whose hooks do the work."""

    #: `package.module` or `package.module:object`.
    name: str
    #: Folders inside the project from which it is imported; none for an installed one.
    path: tuple[str, ...] = ()
    #: Whether winarm chose it, so that the project may not require what it is installed from.
    chosen: bool = False

    @property
    def package(self) -> str:
        """Return the package that it is imported from: `setuptools`."""
        return re.split("[.:]", self.name, maxsplit=1)[0]

    def unavailable(self, reason: object) -> BackendError:
        """Return the error for a backend that cannot be imported."""
        return BackendError(
            f"the build backend {self.name} cannot be imported: {reason}",
            why="It is not installed in the build environment, or there is no such backend.",
            cure="Name its distribution in [build-system] requires, and check build-backend.",
        )


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it is read once: where it is, what it declares, what winarm is asked for."""

    folder: Path
    system: BuildSystem
    settings: Settings
    backend: InnerBackend

    @property
    def backend_requires(self) -> tuple[str, ...]:
        """Return what the backend needs in addition to the project's own requirements."""
        requirement = _DISTRIBUTIONS.get(self.backend.package)
        if requirement is None or not self.backend.chosen or self.backend.path:
            return ()
        known = requirement_name(requirement) in self.system.required_names
        return () if known else (requirement,)


def read_project(
    folder: Path,
    config_settings: ConfigSettings | None,
    host: Host,
    *,
    asked_in: Path | None = None,
) -> Project:
    """Read the project in `folder`, with all settings for it.

    :param asked_in: where relative folders of config settings and variables count from, if that
        is not the project.
    :raises SettingsError: settings are wrong.
    :raises SourceError: the project has no usable build system.
    :raises FileSystemError: pyproject.toml cannot be read.
    """
    document = read_pyproject(folder)
    settings = settings_of(document or {}, folder, config_settings, host, asked_in=asked_in)
    system = build_system(folder, document)
    return Project(folder, system, settings, inner_backend(system, document or {}, settings))


def build_system(project: Path, document: Mapping[str, Any] | None) -> BuildSystem:
    """Return what the project in the folder `project` declares to build it.

    :param document: its pyproject.toml, if it has one.

    :raises SourceError: there is no build system, or the table is not valid.
    """
    if document is None and not (project / "setup.py").is_file():
        raise SourceError(
            f"{project} is a source without a build system.",
            why="It has neither a pyproject.toml nor a setup.py.",
            cure="Name the folder that holds one of them, or an sdist.",
        )
    declared = (document or {}).get("build-system")
    if declared is None:
        return BuildSystem(("setuptools",), LEGACY_BACKEND, (), declared=False)
    problems = _table_problems(declared, project)
    if problems:
        raise SourceError(
            f"[build-system] in {project / 'pyproject.toml'} is wrong:\n{bullets(problems)}",
            cure="PEP 517 and PEP 518 define the table.",
        )
    return BuildSystem(
        requires=tuple(declared["requires"]),
        backend=declared.get("build-backend", LEGACY_BACKEND),
        backend_path=tuple(declared.get("backend-path", ())),
        declared="build-backend" in declared,
    )


def inner_backend(
    system: BuildSystem, document: Mapping[str, Any], settings: Settings
) -> InnerBackend:
    """Return the backend that builds the project.

    A project that declares a backend of its own keeps it, so that an unchanged sdist is built
    as everybody builds it. `[tool.winarm]` decides for a project that declares winarm's, or none.
    """
    if system.declared and system.backend.partition(":")[0] != OWN_BACKEND:
        return InnerBackend(system.backend, system.backend_path)
    if settings.build_backend is not None:
        name, path = settings.build_backend, settings.backend_path
    elif "scikit-build" in table(document, "tool"):
        name, path = SCIKIT_BUILD_CORE, ()
    else:
        name, path = SETUPTOOLS if system.declared else LEGACY_BACKEND, ()
    return InnerBackend(name, path, chosen=True)


def _table_problems(table: object, project: Path) -> list[str]:
    """Return what is wrong with a `[build-system]`, which may be any TOML value."""
    if not isinstance(table, dict):
        return ["it must be a table"]
    problems = []
    if "requires" not in table:
        problems.append('requires is missing; write for instance requires = ["setuptools"]')
    elif not _is_texts(table["requires"]):
        problems.append("requires must be an array of strings")
    backend = table.get("build-backend", LEGACY_BACKEND)
    if not isinstance(backend, str) or not is_backend_name(backend):
        problems.append(
            'build-backend must be a string such as "setuptools.build_meta" '
            f'or "package.module:object", not {backend!r}'
        )
    path = table.get("backend-path", [])
    if not _is_texts(path):
        problems.append("backend-path must be an array of strings")
    else:
        problems += [
            f"backend-path: {folder!r} is not a folder inside the project"
            for folder in path
            if not stays_inside(project, folder)
        ]
    return problems


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def requirement_name(requirement: str) -> str:
    """Return the normalised name in a requirement, or nothing if it is not valid.

    >>> requirement_name("Scikit_Build.core >= 0.10; python_version > '3'")
    'scikit-build-core'
    """
    # 21 ms, which a pass-through does not pay.
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
