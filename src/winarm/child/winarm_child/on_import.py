"""Run a function on a module as soon as it has been imported, and before anyone sees it."""

import contextlib
import importlib.machinery
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType

#: What is done to a module.
Patch = Callable[[ModuleType], None]


#: What a module sees in `sys.modules` while it is being imported.
Seen = Callable[[], Mapping[str, ModuleType]]


def install(patches: Mapping[str, Patch], seen: Mapping[str, Seen] | None = None) -> None:
    """Have each of `patches` run on the module that it is named for, now or once imported.

    :param seen: for modules that are compiled and import past the wrapped import statement, what
        they import instead.
    """
    sys.meta_path.insert(0, _Finder(patches, seen or {}))
    for name, patch in patches.items():
        if name in sys.modules:
            patch(sys.modules[name])


@contextlib.contextmanager
def _in_place(modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """Have imports find these modules, which other ones are imported already."""
    real = {name: sys.modules[name] for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        sys.modules.update(real)


class _Finder:
    """Finds the named modules as the other finders do, with a loader that patches."""

    def __init__(self, patches: Mapping[str, Patch], seen: Mapping[str, Seen]) -> None:
        self._patches = patches
        self._seen = seen

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch, seen = self._patches.get(name), self._seen.get(name)
        if patch is None and seen is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, patch, seen)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """A loader that patches what another one has loaded; everything else is the other's."""

    def __init__(self, loader: object, patch: Patch | None, seen: Seen | None) -> None:
        self._loader = loader
        self._patch = patch
        self._seen = seen

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)  # type: ignore[attr-defined, no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        with _in_place(self._seen() if self._seen else {}):
            self._loader.exec_module(module)  # type: ignore[attr-defined]
        # What is imported from here on sees the true loader, as importlib.resources must.
        module.__loader__ = self._loader  # type: ignore[assignment]
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader  # type: ignore[assignment]
        if self._patch:
            self._patch(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)
