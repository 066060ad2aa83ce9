"""Who asks decides who answers: `sys`, `os`, `platform` and `sysconfig` as a project sees them.

A setup.py decides by asking Python where it runs. In a cross build the honest answer is the
target's, while the standard library and setuptools must go on working on the host. So a module
that imports one of these gets, by where its own code stands,

- the project's code: a view with the target's answers;
- a short table of build helpers: the same without the sizes of C, which they ask for themselves;
- a command such as `python -c`: all but `sys`, `os` and programs, since it looks for files here;
- setuptools and its kin: the real modules, but a `sysconfig` that describes what is built;
- everything else: the real modules.

`sys.meta_path` is never asked for `sys` and `os`, so the import statement itself is wrapped. What
is not covered: reading `sys.modules["sys"]`, and a module that a project hands to other code.
"""

import builtins
import functools
import importlib
import os
import platform
import sys
import sysconfig
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from . import markers, registry
from .answers import ANSWERS, Lazy, Unavailable
from .on_import import Patch, Seen

#: Build helpers that decide as a setup.py does; a leading `*` stands for any vendoring package.
HELPERS = (
    "pybind11",
    "nanobind",
    "cppy",
    "cffi.ffiplatform",
    "cffi.recompiler",
    "cffi.setuptools_ext",
    "cffi.verifier",
    # Compile-time names such as UNAME_SYSNAME.
    "Cython.Compiler.Scanning",
    # Which files of a wheel are native, and how Meson is called.
    "mesonpy",
    # Decides which tables of pyproject.toml hold.
    "scikit_build_core.settings.skbuild_overrides",
    # Their tags, file names and flags.
    "hatch_cpp",
    "hatch_mypyc",
    # Its tags, and what it says of the platform to CMake.
    "py_build_cmake",
    # Its tags, and what it generates for Windows.
    "sipbuild",
    # Wheel tags of hatchling, poetry-core and pdm-backend.
    "*packaging.tags",
)

#: Those of them that are compiled, and import nothing but `os` and `platform` of what has views.
COMPILED = ("Cython.Compiler.Scanning",)

#: What describes a build to itself: they run on the host and ask `sysconfig` about the target.
BUILDERS = (
    "setuptools",
    "distutils",
    "wheel",
    "_distutils_hack",
    "scikit_build_core",
    "skbuild",
)

#: Build tools that run on the host wherever they are, a project's own folder included.
HOST_TOOLS = ("mesonbuild",)

#: Modules that Windows does not have.
POSIX_ONLY = frozenset(
    ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty", "crypt")
)

#: Modules that only Windows has; importing them on another host can only fail.
WINDOWS_ONLY = ("msvcrt", "_winapi", "winsound", "nt")

#: Path components of installed code, which is never the project's own.
INSTALLED = frozenset(("site-packages", "dist-packages", ".eggs"))


class Views:
    """The views of the modules, and the decision who gets which."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._roots = tuple({way(root) for root in spec["project"] for way in (named, real)})
        # A Python may stand in the project's folder: conda create -p ./env.
        library = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
        folders = {way(path) for path in library for way in (named, real)}
        self._not_ours = tuple(f for f in folders if any(is_in(f, root) for root in self._roots))
        named_by_user = spec["target_view"]
        self._named = tuple(name for name in named_by_user if name[:1] != "!")
        self._excluded = (*HOST_TOOLS, *(name[1:] for name in named_by_user if name[:1] == "!"))
        self._answers = spec["answers"]
        self._audiences: dict[tuple[str, str], str] = {}
        self._made: dict[str, View] = {}
        self._registry: ModuleType | None = None

    def seen(
        self, name: str, module: ModuleType, importer: Mapping[str, Any], wanted: Any = ()
    ) -> ModuleType:
        """Return what the code with the globals `importer` sees when it imports `module`.

        :param name: what it is imported as; not asked of the module, which may be a lazy one.
        :param wanted: the names that are imported from it.
        :raises ImportError: one of them does not exist on the target.
        """
        if name not in ANSWERS or name not in SHOWN_TO[self._audience(importer)]:
            return module
        view = self._view(name, module)
        for gone in set(vars(view)["_view_without"]).intersection(wanted or ()):
            raise ImportError(vars(view)["_view_without"][gone], name=name)
        return view

    def _view(self, name: str, module: ModuleType) -> "View":
        if name not in self._made:
            inside = {
                of[len(name) + 1 :]: Lazy(lambda of: self._view(of, importlib.import_module(of)))
                for of in ANSWERS
                if of.rpartition(".")[0] == name
            }
            self._made[name] = View(module, {**ANSWERS[name](self._answers), **inside})
        return self._made[name]

    def windows_module(self, name: str, importer: Mapping[str, Any]) -> ModuleType | None:
        """Return what the project's code gets for a module that only Windows has, or None.

        :raises ModuleNotFoundError: nothing can take its place, or only POSIX systems have it.
        """
        if os.name == "nt" or name not in {"winreg", *WINDOWS_ONLY, *POSIX_ONLY}:
            return None
        if self._audience(importer) != "project":
            return None
        if name in POSIX_ONLY:
            raise ModuleNotFoundError(f"{name} does not exist on Windows", name=name)
        if name == "winreg":
            self._registry = self._registry or registry.make()
            return self._registry
        raise ModuleNotFoundError(
            f"{name} exists on Windows only, and this build runs on {platform.system()}. "
            "A project that is cross-built cannot ask the machine that it is built for: "
            "guard the import, or build on Windows.",
            name=name,
        )

    def concerns(self, name: str, importer: Mapping[str, Any]) -> bool:
        """Return whether importing `name` may give this importer something else."""
        return name in ANSWERS and bool(SHOWN_TO[self._audience(importer)])

    def is_projects(self, importer: Mapping[str, Any]) -> bool:
        """Return whether these globals are those of the project's code."""
        return self._audience(importer) == "project"

    def _audience(self, importer: Mapping[str, Any]) -> str:
        importer = self._with_a_file(importer)
        name, file = str(importer.get("__name__")), importer.get("__file__")
        if file is None:
            # `python -c` and code on standard input: a CMakeLists.txt that asks.
            return "command" if name == "__main__" else "other"
        key = (name, file)
        if key not in self._audiences:
            self._audiences[key] = self._decide(name, file)
        return self._audiences[key]

    def _decide(self, name: str, file: str) -> str:
        if any(self._is(name, file, pattern) for pattern in self._excluded):
            return "other"
        if any(self._is(name, file, pattern) for pattern in self._named):
            return "project"
        if any(is_named(name, helper) for helper in HELPERS):
            return "helper"
        if name.partition(".")[0] in BUILDERS:
            return "builder"
        # Under both names: a file of the project may be a link, and so may the project's folder.
        return "project" if any(self._is_project(way(file)) for way in (named, real)) else "other"

    def _is(self, name: str, file: str, pattern: str) -> bool:
        """Return whether a pattern names a module, or its file or a folder of it."""
        if "/" not in pattern and not pattern.endswith(".py"):
            return is_named(name, pattern)
        path = os.path.normcase(pattern).rstrip(os.sep)
        places = {os.path.join(root, path) for root in self._roots}
        found = {way(file) for way in (named, real)}
        return any(f == place or is_in(f, place) for f in found for place in places)

    def _is_project(self, file: str) -> bool:
        if any(is_in(file, folder) for folder in self._not_ours):
            return False
        return any(
            is_in(file, root) and not INSTALLED.intersection(file[len(root) :].split(os.sep))
            for root in self._roots
        )

    @staticmethod
    def _with_a_file(importer: Mapping[str, Any]) -> Mapping[str, Any]:
        # Code that was exec'd in a fresh namespace belongs to whoever exec'd it. Modules without a
        # file have a spec, and so has the `__main__` of `python -c`.
        if "__file__" in importer or "__spec__" in importer:
            return importer
        frame = sys._getframe(1)
        while frame is not None:
            if "__file__" in frame.f_globals and frame.f_globals.get("__name__") != __name__:
                return frame.f_globals
            frame = frame.f_back  # type: ignore[assignment]
        return importer


def named(path: str) -> str:
    """Return the absolute form of a path, as it is written."""
    return os.path.normcase(os.path.abspath(path))


def real(path: str) -> str:
    """Return the absolute form of a path with all links followed."""
    return os.path.normcase(os.path.realpath(path))


def is_in(path: str, folder: str) -> bool:
    """Return whether a path that `named` or `real` returned is in such a folder."""
    return path.startswith(folder + os.sep)


def is_named(name: str, pattern: str) -> bool:
    """Return whether the module `name` is `pattern` or inside it.

    >>> is_named("cffi.recompiler", "cffi"), is_named("cffi_x", "cffi")
    (True, False)
    >>> is_named("setuptools._vendor.packaging.tags", "*packaging.tags")
    True
    """
    if pattern.startswith("*"):
        return name == pattern[1:] or name.endswith("." + pattern[1:])
    return name == pattern or name.startswith(pattern + ".")


#: Answers that are no more than a look at the real thing: who replaces them means that.
SHARED = frozenset(("environ", "getenv"))


class View(ModuleType):
    """A module that gives some answers of its own and is the real one in all else."""

    def __init__(self, real: ModuleType, answers: Mapping[str, object]) -> None:
        super().__init__(real.__name__)
        # Theirs, not those of an empty module.
        self.__dict__.clear()
        gone = {name: a.why for name, a in answers.items() if isinstance(a, Unavailable)}
        lazy = {name: a for name, a in answers.items() if isinstance(a, Lazy)}
        self.__dict__.update({k: v for k, v in answers.items() if k not in {*gone, *lazy}})
        self.__dict__.update(_view_of=real, _view_without=gone, _view_lazy=lazy)

    def __getattr__(self, name: str) -> object:
        if name in self.__dict__["_view_without"]:
            raise AttributeError(self.__dict__["_view_without"][name])
        lazy = self.__dict__["_view_lazy"].get(name)
        if lazy is not None:
            self.__dict__[name] = lazy.make(f"{self.__name__}.{name}")
            return self.__dict__[name]
        if name == "__all__":
            # For `import *`, which else takes what the view itself has, or what is gone.
            return self._public()
        return getattr(self.__dict__["_view_of"], name)

    def __setattr__(self, name: str, value: object) -> None:
        if name in SHARED:
            self.__dict__.pop(name, None)
            setattr(self.__dict__["_view_of"], name, value)
        elif name in self.__dict__ or name in self.__dict__["_view_without"]:
            self.__dict__[name] = value
        else:
            setattr(self.__dict__["_view_of"], name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__:
            del self.__dict__[name]
        else:
            delattr(self.__dict__["_view_of"], name)

    def _public(self) -> list[str]:
        names = set(getattr(self.__dict__["_view_of"], "__all__", ()))
        public = {name for name in dir(self) if not name.startswith("_")}
        return sorted((names & {*dir(self)}) | ({*self.__dict__} & public) if names else public)

    def __dir__(self) -> list[str]:
        names = {*dir(self.__dict__["_view_of"]), *self.__dict__}
        own = {"_view_of", "_view_without", "_view_lazy"}
        return sorted(names - own - {*self.__dict__["_view_without"]})


#: Which views each audience gets.
SHOWN_TO = {
    "project": frozenset(ANSWERS),
    "helper": frozenset(("sys", "os", "platform", "ctypes", "sysconfig")),
    "builder": frozenset(("sysconfig",)),
    "command": frozenset(ANSWERS) - {"sys", "os", "subprocess"},
    "other": frozenset(),
}


def install(spec: Mapping[str, Any]) -> tuple[dict[str, Patch], dict[str, Seen]]:
    """Wrap the import statement and `importlib.import_module`, so that views are handed out.

    Return what is done to modules that answer whether another one is there, once imported, and
    the views for compiled modules, whose imports go past the wrapped statement.
    """
    views = Views(spec)
    real_import, real_import_module = builtins.__import__, importlib.import_module

    def import_(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - __import__'s own names
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> ModuleType:
        if level:
            return real_import(name, globals, locals, fromlist, level)
        # The import statement says who imports; a call such as `__import__("os")` does not.
        importer = sys._getframe(1).f_globals if globals is None else globals
        windows_only = views.windows_module(name, importer)
        if windows_only is not None:
            return windows_only
        module = real_import(name, globals, locals, fromlist, level)
        imported = name if fromlist else name.partition(".")[0]
        return views.seen(imported, module, importer, fromlist)

    def import_module(name: str, package: str | None = None) -> ModuleType:
        importer = sys._getframe(1).f_globals
        windows_only = views.windows_module(name, importer)
        return windows_only or views.seen(name, real_import_module(name, package), importer)

    builtins.__import__ = import_
    if hasattr(builtins, "__lazy_import__"):
        builtins.__lazy_import__ = _lazy_import(views, import_, builtins.__lazy_import__)
    importlib.import_module = import_module

    def finding(module: ModuleType) -> None:
        real_find_spec = module.find_spec

        def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
            importer = sys._getframe(1).f_globals
            if name == "winreg" and views.windows_module(name, importer) is not None:
                return ModuleSpec(name, registry.Loader(), origin="built-in")  # type: ignore[arg-type]
            found: ModuleSpec | None = real_find_spec(name, package)
            return found

        module.find_spec = find_spec  # type: ignore[attr-defined]

    def for_compiled(name: str) -> Mapping[str, ModuleType]:
        importer = {"__name__": name, "__file__": name}
        return {one: views.seen(one, sys.modules[one], importer) for one in ("os", "platform")}

    asked = markers.patch(spec["answers"], views.is_projects)
    return {"importlib.util": finding, **dict.fromkeys(markers.NAMES, asked)}, {
        name: functools.partial(for_compiled, name) for name in COMPILED
    }


def _lazy_import(
    views: Views, import_: Callable[..., ModuleType], real: Callable[..., Any]
) -> Callable[..., Any]:
    """Return what runs `lazy import` (PEP 810): of the modules that have views it gives those.

    Python hands out a module that is loaded already without another word, so they are imported at
    once. All others go on to `import_` when they are first used.
    """
    # Allowed at module level only, and a function of ours is none.
    code = compile("module = real(name, globals_, locals_, fromlist, level)", "<winarm>", "exec")

    def lazy_import(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - __import__'s own names
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        importer = sys._getframe(1).f_globals if globals is None else globals
        if not level and views.concerns(name, importer):
            return import_(name, globals, locals, fromlist, level)
        scope = {"real": real, "name": name, "globals_": globals, "locals_": locals}
        scope.update(fromlist=fromlist, level=level, __name__=importer.get("__name__"))
        exec(code, scope)  # noqa: S102 - a constant
        return scope["module"]

    return lazy_import
