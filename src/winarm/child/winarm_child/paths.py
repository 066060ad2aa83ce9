r"""Paths that the Windows branch of a setup.py writes with `\`."""

import os
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

#: Attributes of an extension that are lists of paths.
OF_EXTENSIONS = ("sources", "include_dirs", "library_dirs", "extra_objects", "depends")
#: Keywords of setup() with paths somewhere inside.
OF_SETUP = ("libraries", "package_dir", "package_data", "data_files", "scripts", "headers")


def ours(path: Any) -> Any:
    r"""Return a path as this machine has it; one that is there under its own name stays.

    >>> ours("src\\x.c") if os.sep == "/" else "src/x.c"
    'src/x.c'
    """
    if os.sep == "\\" or not isinstance(path, str) or "\\" not in path or os.path.exists(path):
        return path
    return path.replace("\\", "/")


def all_ours(paths: Iterable[Any]) -> list[Any]:
    """Return paths as this machine has them."""
    return [ours(path) for path in paths]


def within(value: Any) -> Any:
    """Return the same for the paths in lists, tuples and dictionaries, at any depth."""
    if isinstance(value, list):
        return [within(item) for item in value]
    if isinstance(value, tuple):
        return tuple(within(item) for item in value)
    if isinstance(value, dict):
        return {key: within(item) for key, item in value.items()}
    return ours(value)


def in_extension(extension: Any) -> None:
    """Change the paths of an extension to this machine's."""
    for name in OF_EXTENSIONS:
        paths = getattr(extension, name, None)
        if isinstance(paths, list):
            paths[:] = all_ours(paths)


def in_distribution(dist: Any) -> None:
    """Change the paths of what setup() was given to this machine's."""
    for extension in dist.ext_modules or ():
        in_extension(extension)
    for name in OF_SETUP:
        value = getattr(dist, name, None)
        if value:
            setattr(dist, name, within(value))


def patch_extension(module: ModuleType) -> None:
    """Let every extension have this machine's paths from the start: Cython reads them early."""
    real: Callable[..., None] = module.Extension.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        in_extension(self)

    module.Extension.__init__ = init


def patch_cythonize(module: ModuleType) -> None:
    """Let cythonize take patterns with any separator."""
    real = module.cythonize

    def cythonize(module_list: Any, *args: Any, **kwargs: Any) -> Any:
        return real(within(module_list), *args, **kwargs)

    module.cythonize = cythonize  # type: ignore[attr-defined]
