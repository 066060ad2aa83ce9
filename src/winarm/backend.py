"""The build backend: `build-backend = "winarm.backend"` in a project's pyproject.toml.

Without a target, or when the target is this machine, the project's inner backend does everything,
in this process, as if winarm were not there. For another machine its hooks run in a child that
sees the target. An optional hook is here exactly when the inner backend has it, which is why all
are returned by `__getattr__`; they are defined in `winarm.pipeline.hooks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Every hook of PEP 517 and PEP 660.
HOOKS = (
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "build_sdist",
    "build_wheel",
    "build_editable",
)


def __getattr__(name: str) -> Callable[..., Any]:
    if name in HOOKS:
        # Front-ends import this module for every hook; what is heavy waits for its use.
        from winarm.pipeline import hooks  # noqa: PLC0415

        if hooks.has_hook(name):
            return getattr(hooks, name)  # type: ignore[no-any-return]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *HOOKS]
