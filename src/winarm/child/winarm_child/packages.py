"""What is done to other packages so that they speak of the target."""

import math
import os
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from . import paths
from .answers import sysconfig_answers
from .on_import import Patch


def patches(spec: Mapping[str, Any]) -> dict[str, Patch]:
    """Return what is done to other modules so that they speak of the target."""

    def numpy(module: ModuleType) -> None:
        _patch_numpy(module, spec["numpy"])

    return {
        "numpy": numpy,
        # `numpy-config`, which Meson asks, imports it from its home.
        "numpy.lib._utils_impl": numpy,
        "mesonbuild.dependencies.python": lambda module: _patch_meson(module, spec),
        "mesonpy": _patch_mesonpy,
        "Cython.Build.Dependencies": _patch_cython,
        "mypyc.build": _patch_mypyc,
        "hatch_cpp.toolchains.common": lambda module: _patch_hatch_cpp(module, spec),
    }


def _patch_mypyc(module: ModuleType) -> None:
    real = module.mypycify

    def mypycify(paths: Sequence[str], *args: Any, **kwargs: Any) -> Any:
        # It compiles only the branches of `sys.platform` that this machine takes.
        return real(["--platform", "win32", *paths], *args, **kwargs)

    module.mypycify = mypycify  # type: ignore[attr-defined]


def _patch_hatch_cpp(module: ModuleType, spec: Mapping[str, Any]) -> None:
    real = module.HatchCppPlatform.get_link_flags

    def get_link_flags(self: Any, *args: Any, **kwargs: Any) -> str:
        # It leaves that to Microsoft's headers; with gcc's flags nothing on the line names Python.
        python = spec["python_libraries"]["full"]
        folder = os.path.join(spec["answers"]["prefix"], "libs")
        return f"{real(self, *args, **kwargs)} -L{folder} -l{python}"

    module.HatchCppPlatform.get_link_flags = get_link_flags


def _patch_cython(module: ModuleType) -> None:
    paths.patch_cythonize(module)
    real = module.DependencyTree.newest_dependency

    def newest_dependency(self: Any, source: str) -> tuple[float, str]:
        # The C code that is there may be of a build for another system.
        asks = any(map(asks_for_system, {source, *self.all_dependencies(source)}))
        return (math.inf, source) if asks else real(self, source)

    module.DependencyTree.newest_dependency = newest_dependency


def asks_for_system(source: str) -> bool:
    """Return whether a source of Cython's decides by the system when it is translated to C."""
    try:
        with open(source, "rb") as file:
            return b"UNAME_" in file.read()
    except OSError:
        return False


def _patch_mesonpy(module: ModuleType) -> None:
    real = getattr(module, "_map_to_wheel", None)
    if real is None:
        return

    def map_to_wheel(sources: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        kept = {key: without_import_libraries(group) for key, group in sources.items()}
        return real(kept, *args, **kwargs)

    module._map_to_wheel = map_to_wheel  # type: ignore[attr-defined]


def without_import_libraries(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Meson installs without the import libraries of Python modules.

    >>> files = ("m.cp313-win_arm64.pyd", "m.cp313-win_arm64.dll.a", "data.lib")
    >>> list(without_import_libraries({name: {"destination": name} for name in files}))
    ['m.cp313-win_arm64.pyd', 'data.lib']
    """
    places = {str(entry["destination"]) for entry in group.values()}
    modules = {place.removesuffix(".pyd") for place in places if place.endswith(".pyd")}
    beside = {stem + ending for stem in modules for ending in (".dll.a", ".lib", ".pdb")}
    return {key: entry for key, entry in group.items() if str(entry["destination"]) not in beside}


def _patch_meson(module: ModuleType, spec: Mapping[str, Any]) -> None:
    # It holds the target's Python against the machine that runs Meson unless that is Windows.
    if hasattr(module, "detect_cpu_family"):
        module.detect_cpu_family = lambda _compilers: spec["cpu"]  # type: ignore[attr-defined]
    program = getattr(module, "BasicPythonExternalProgram", None)
    if program is None:
        return
    real = program.sanity

    def sanity(self: Any) -> bool:
        if not real(self):
            return False
        # What py.get_variable() and py.get_path() return; PEP 739's file answers the rest.
        target: dict[str, Any] = sysconfig_answers(spec["answers"])
        headers = {name: target["get_path"](name) for name in ("include", "platinclude")}
        self.info["variables"] = {
            **target["get_config_vars"](),
            "base_prefix": spec["answers"]["prefix"],
        }
        self.info["paths"] = {**self.info["paths"], **headers}
        return True

    program.sanity = sanity


def _patch_numpy(numpy: ModuleType, headers: Mapping[str, str]) -> None:
    def get_include() -> str:
        if "error" in headers:
            raise RuntimeError(headers["error"])
        return headers["include"]

    # NumPy's own headers describe the host's types: `long` has 8 bytes there, 4 on Windows.
    numpy.get_include = get_include  # type: ignore[attr-defined]
