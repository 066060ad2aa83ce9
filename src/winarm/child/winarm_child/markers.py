"""`packaging.markers` where a project's own code asks: `sys_platform` and others are the target's.

Build tools evaluate markers, too, for what they install on this machine. So it is decided by who
asks, each time.
"""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .answers import platform_answers
from .on_import import Patch

#: Where the package is: by itself, and in setuptools.
NAMES = ("packaging.markers", "setuptools._vendor.packaging.markers")


def patch(answers: Mapping[str, Any], is_projects: Callable[[Mapping[str, Any]], bool]) -> Patch:
    """Return what is done to the module.

    :param is_projects: whether the globals of a function are those of the project's code.
    """

    def on_target() -> dict[str, str]:
        asked: Any = platform_answers(answers)
        return {
            "os_name": "nt",
            "sys_platform": "win32",
            **{
                f"platform_{name}": asked[name]()
                for name in ("machine", "release", "system", "version")
            },
        }

    def patch_markers(module: ModuleType) -> None:
        if not (hasattr(module, "default_environment") and hasattr(module, "Marker")):
            return
        real_environment, real_evaluate = module.default_environment, module.Marker.evaluate

        def default_environment() -> Any:
            found = real_environment()
            if is_projects(sys._getframe(1).f_globals):
                found.update(on_target())
            return found

        def evaluate(self: Any, environment: Any = None, *args: Any, **kwargs: Any) -> Any:
            if is_projects(sys._getframe(1).f_globals):
                environment = {**on_target(), **(environment or {})}
            return real_evaluate(self, environment, *args, **kwargs)

        module.default_environment = default_environment  # type: ignore[attr-defined]
        module.Marker.evaluate = evaluate

    return patch_markers
