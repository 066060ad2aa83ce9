"""Run a function on a module as soon as it has been imported, and before anyone sees it."""

import importlib.machinery
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

#: What is done to a module.
Patch = Callable[[ModuleType], None]


def install(patches: Mapping[str, Patch]) -> None:
    """Have each of `patches` run on the module that it is named for, now or once imported."""
    sys.meta_path.insert(0, _Finder(patches))
    for name, patch in patches.items():
        if name in sys.modules:
            patch(sys.modules[name])


class _Finder:
    """Finds the named modules as the other finders do, with a loader that patches."""

    def __init__(self, patches: Mapping[str, Patch]) -> None:
        self._patches = patches

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch = self._patches.get(name)
        if patch is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, patch)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """A loader that patches what another one has loaded; everything else is the other's."""

    def __init__(self, loader: object, patch: Patch) -> None:
        self._loader = loader
        self._patch = patch

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)  # type: ignore[attr-defined, no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)  # type: ignore[attr-defined]
        # What is imported from here on sees the true loader, as importlib.resources must.
        module.__loader__ = self._loader  # type: ignore[assignment]
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader  # type: ignore[assignment]
        self._patch(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)
