"""What setuptools learns of the target, whatever its version and the host.

Each function here changes one module of setuptools or distutils as soon as it is imported. The
compiler, the suffix of the stable ABI, the Python library of each extension, the private build
folder and the order of work come from here; tags and suffixes come from the view of `sysconfig`.
"""

import functools
import os
import re
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import paths
from .answers import sysconfig_answers
from .journal import Journal
from .on_import import Patch

if TYPE_CHECKING:
    from .target_compiler import Shared

#: Where `build_extension` may be defined for extensions to be built side by side.
KNOWN_BUILDERS = ("setuptools", "distutils", "Cython")

#: Chooses the stable ABI of both threadings.
ABI3T = "Py_TARGET_ABI3T"

#: The extension that this thread builds.
_current = threading.local()


def patches(spec: Mapping[str, Any], journal: Journal) -> dict[str, Patch]:
    """Return what is done to each module, under each name that it may be imported by."""

    # Most Pythons of a build compile nothing: a hook that only asks, CMake's ten questions.
    @functools.cache
    def common() -> "Shared":
        from .msvc_flags import translator
        from .pool import Pool
        from .target_compiler import Shared, shared

        made = Shared(Pool(spec["jobs"], journal), translator(spec, journal), current_extension)
        return shared.setdefault(spec["scratch"], made)

    compilers = functools.partial(_patch_compilers, spec, common)
    by_name: dict[str, Patch] = {
        "ccompiler": compilers,
        # Home of new_compiler in newer versions.
        "compilers.C.base": compilers,
        "dist": functools.partial(_patch_dist, journal),
        # Homes of what asks Visual Studio, in newer versions and in older ones.
        "compilers.C.msvc": _patch_visual_studio,
        "_msvccompiler": _patch_visual_studio,
        "extension": paths.patch_extension,
        "sysconfig": functools.partial(_patch_sysconfig, spec["answers"]),
        "util": functools.partial(_patch_util, spec["answers"]["platform"]),
        "command.config": functools.partial(_patch_config, journal),
        "command.build": functools.partial(_patch_build, spec),
        "command.build_ext": functools.partial(_patch_build_ext, spec, journal, common),
    }
    packages = ("distutils", "setuptools._distutils")
    return {
        **{f"{package}.{name}": by_name[name] for package in packages for name in by_name},
        "setuptools.command.build_ext": _patch_abi3_suffix,
    }


def _patch_visual_studio(module: ModuleType) -> None:
    def get_vc_env(_plat_spec: str) -> dict[str, str]:
        # As in a prompt of Visual Studio's: what is set counts.
        return {name.lower(): text for name, text in os.environ.items()}

    if os.name != "nt":
        module._get_vc_env = get_vc_env  # type: ignore[attr-defined]


def _patch_compilers(
    spec: Mapping[str, Any], common: Callable[[], "Shared"], module: ModuleType
) -> None:
    def new_compiler(
        _plat: object = None,
        compiler: object = None,
        *_args: object,
        force: bool = False,
        **_kwargs: object,
    ) -> object:
        # Whatever is asked for: this is the only compiler that makes the target's code.
        del compiler
        if spec["toolchain"]["style"] == "msvc":
            from .msvc_compiler import MsvcCompiler as Compiler
        else:
            from .compiler import GnuCompiler as Compiler

        return Compiler(spec, common(), force=force)

    if hasattr(module, "new_compiler"):
        module.new_compiler = new_compiler  # type: ignore[attr-defined]
        compiler_type = spec["toolchain"]["compiler_type"]
        module.get_default_compiler = lambda *_args: compiler_type  # type: ignore[attr-defined]


def _patch_dist(journal: Journal, module: ModuleType) -> None:
    real = module.Distribution.run_commands

    @functools.wraps(real)
    def run_commands(self: Any) -> None:
        paths.in_distribution(self)
        journal.write("declared", names=declared(self))
        real(self)

    module.Distribution.run_commands = run_commands


def _patch_sysconfig(answers: Mapping[str, Any], module: ModuleType) -> None:
    # setuptools 60 reads the variables in Python's Makefile by itself.
    asked = sysconfig_answers(answers)
    for name in ("get_config_vars", "get_config_var"):
        setattr(module, name, asked[name])


def _patch_util(platform: str, module: ModuleType) -> None:
    # Python's own distutils, and that of setuptools below 60, ask os.uname; newer ones sysconfig.
    module.get_host_platform = lambda: platform  # type: ignore[attr-defined]


#: Why a check is answered with no.
NOT_RUN = (
    "config.try_run was answered with no: a program of the target does not run on this machine. "
    "Where the project needs another answer, have it ask without running a program (try_link, or "
    "a preprocessor condition), or name an emulator in CMAKE_CROSSCOMPILING_EMULATOR"
)


def _patch_config(journal: Journal, module: ModuleType) -> None:
    real = module.config.try_run

    @functools.wraps(real)
    def try_run(self: Any, *args: Any, **kwargs: Any) -> object:
        words = os.environ.get("CMAKE_CROSSCOMPILING_EMULATOR", "").split(";")
        emulator = [word for word in words if word]

        def spawn(command: list[str], *rest: Any, **options: Any) -> None:
            try:
                type(self).spawn(self, [*emulator, *command], *rest, **options)
            except Exception:
                if not emulator:
                    journal.write("note", text=NOT_RUN)
                raise

        self.spawn = spawn
        try:
            return real(self, *args, **kwargs)
        finally:
            del self.spawn

    module.config.try_run = try_run


def declared(dist: Any) -> list[str]:
    """Return the full names of the extensions that setup() was given."""
    # As build_ext does, without making the command: its class may import what is not there yet.
    _, package = dist.get_option_dict("build_ext").get("package", ("", dist.ext_package))
    names = [ext[0] if isinstance(ext, tuple) else ext.name for ext in dist.ext_modules or ()]
    return [f"{package}.{name}" if package else name for name in names]


def _patch_build(spec: Mapping[str, Any], module: ModuleType) -> None:
    real = module.build.finalize_options

    @functools.wraps(real)
    def finalize_options(self: Any) -> None:
        # No stale object of another toolchain, Python or flag. A backend that names a folder on
        # the command line, as pdm-backend does, looks for the result there.
        source, _ = self.distribution.get_option_dict("build").get("build_base", ("", ""))
        if source != "command line":
            self.build_base = spec["build_base"]
        real(self)

    module.build.finalize_options = finalize_options


def _patch_build_ext(
    spec: Mapping[str, Any],
    journal: Journal,
    common: Callable[[], "Shared"],
    module: ModuleType,
) -> None:
    build_ext = module.build_ext
    real_fullpath = build_ext.get_ext_fullpath
    real_libraries = build_ext.get_libraries
    real_build_extensions = build_ext.build_extensions
    real_build_extension = build_ext.build_extension

    @functools.wraps(real_fullpath)
    def get_ext_fullpath(self: Any, ext_name: str) -> str:
        path = str(real_fullpath(self, ext_name))
        # The project may name the file as it likes, by a `get_ext_filename` of its own.
        name = self.get_ext_fullname(ext_name)
        file = "/".join((*name.split(".")[:-1], os.path.basename(path)))
        journal.write("file", extension=name, file=file)
        return path

    @functools.wraps(real_libraries)
    def get_libraries(self: Any, ext: Any) -> list[str]:
        names = spec["python_libraries"]
        # Some say py_limited_api of code that does not keep to it (pysimdjson 7.0.2). Microsoft's
        # headers then link the full library; here it offers what the stable one, before it, lacks.
        abi3t = "abi3t" in names and targets_abi3t(ext)
        limited = abi3t or getattr(ext, "py_limited_api", False)
        kinds = ("abi3t" if abi3t else "stable", "full") if limited else ("full",)
        libraries = [name for name in real_libraries(self, ext) if name not in names.values()]
        return [*libraries, *(names[kind] for kind in kinds)]

    @functools.wraps(real_build_extensions)
    def build_extensions(self: Any) -> None:
        pool = common().pool
        pool.plan(sum(len(ext.sources) for ext in self.extensions))
        # A `build_extensions` of the project's that ends here, as most do, has done its part.
        if not self.parallel and may_run_side_by_side(self):
            # They wait for the pool most of the time, so that it never runs dry.
            self.parallel = min(len(self.extensions), 4 * pool.jobs)
        real_build_extensions(self)

    @functools.wraps(real_build_extension)
    def build_extension(self: Any, ext: Any) -> None:
        _current.name = ext.name if self.parallel else None
        try:
            real_build_extension(self, ext)
        finally:
            _current.name = None

    build_ext.get_ext_fullpath = get_ext_fullpath
    build_ext.get_libraries = get_libraries
    build_ext.build_extensions = build_extensions
    build_ext.build_extension = build_extension


def targets_abi3t(ext: Any) -> bool:
    """Return whether an extension asks for the stable ABI of both threadings (PEP 803).

    By a macro, among the arguments or in its sources: all that Microsoft's headers go by.
    """
    macros = [macro[0] for macro in getattr(ext, "define_macros", None) or ()]
    arguments = map(str, getattr(ext, "extra_compile_args", None) or ())
    if ABI3T in macros or any(ABI3T in argument for argument in arguments):
        return True
    return any(defines(os.fspath(source), ABI3T) for source in getattr(ext, "sources", None) or ())


def defines(source: str, macro: str) -> bool:
    """Return whether the beginning of a source defines a macro."""
    try:
        with open(source, encoding="utf-8", errors="replace") as file:
            text = file.read(2**20)
    except OSError:
        return False
    return re.search(rf"^[ \t]*#[ \t]*define[ \t]+{macro}\b", text, re.MULTILINE) is not None


def may_run_side_by_side(command: Any) -> bool:
    """Return whether no project code takes part in building one extension of `command`.

    Projects that override `build_extension`, or put a method of their own into the compiler,
    change what all extensions share on the way.
    """
    home = command.build_extension.__module__.partition(".")[0]
    compiler = command.compiler
    changed = any(callable(getattr(type(compiler), name, None)) for name in vars(compiler))
    # What setuptools calls shlibs are linked by other extensions, and have an order.
    ordered = getattr(command, "shlibs", ())
    known = (*KNOWN_BUILDERS, __name__.partition(".")[0])
    return home in known and not changed and not ordered


def current_extension() -> str | None:
    """Return the name of the extension that this thread builds beside others, if it does."""
    return getattr(_current, "name", None)


def _patch_abi3_suffix(module: ModuleType) -> None:
    # Before 84.2.1 it came from the running Python: `.abi3.so` on Linux.
    module.get_abi3_suffix = lambda: ".pyd"  # type: ignore[attr-defined]
