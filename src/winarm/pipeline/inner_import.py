"""The inner backend in this process, where it works as if winarm were not there."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from winarm.errors import BackendError

if TYPE_CHECKING:
    from winarm.project.build_system import Project


def import_backend(project: Project) -> Any:  # noqa: ANN401 - any module
    """Import a backend as PEP 517 has front-ends do, from its own folders first.

    :raises BackendError: it cannot be imported.
    """
    backend = project.backend
    folders = [str(project.folder / folder) for folder in backend.path]
    # For good: a backend imports modules of its own while it works. A front-end does the same.
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    module_name, _, object_path = backend.name.partition(":")
    try:
        found = importlib.import_module(module_name)
        for attribute in filter(None, object_path.split(".")):
            found = getattr(found, attribute)
    except (ImportError, AttributeError) as error:
        message = f"the build backend {backend.name} cannot be imported: {error}"
        raise BackendError(
            message,
            why="It is not installed in the build environment, or there is no such backend.",
            cure="Name its distribution in [build-system] requires, and check build-backend.",
        ) from error
    return found
