"""The compiler that distutils uses with a GNU-style toolchain, whatever it asked for.

Imported once a project asks for a compiler, since its base class is that project's distutils.

It has the lists of flags, too, that a project's own build_ext changes of setuptools' compiler for
Visual Studio: it takes `/GL` out of `compile_options` or adds to `ldflags_shared`. They begin as
setuptools fills them; what a project adds is passed on, and translated.
"""

import os
from collections.abc import Mapping, Sequence
from distutils.unixccompiler import UnixCCompiler
from typing import Any

from .flag_rules import LIBRARY_FORMS
from .headers import Headers
from .pool import Step
from .target_compiler import Link, TargetCompiler

#: What setuptools sets in `initialize` of its compiler for Visual Studio.
COMPILE = ("/nologo", "/O2", "/W3", "/GL", "/DNDEBUG", "/MD")
COMPILE_DEBUG = ("/nologo", "/Od", "/MDd", "/Zi", "/W3", "/D_DEBUG")
LINK = ("/nologo", "/INCREMENTAL:NO", "/LTCG")
MANIFEST = ("/MANIFEST:EMBED,ID=1",)
SHARED = ("/DLL", "/MANIFEST:EMBED,ID=2", "/MANIFESTUAC:NO")


class GnuCompiler(TargetCompiler, UnixCCompiler):  # type: ignore[misc]
    """Compiles and links for the target with a compiler such as gcc or clang."""

    src_extensions = [*UnixCCompiler.src_extensions, ".c++", ".S", ".s", ".rc"]  # noqa: RUF012
    obj_extension = ".o"
    static_lib_extension = ".a"
    shared_lib_extension = dylib_lib_extension = ".dll"
    # ctypes opens it by the name that Visual Studio's has.
    shared_lib_format = dylib_lib_format = "%s%s"
    library_forms = LIBRARY_FORMS
    initialized = True
    plat_name = "win-arm64"
    preprocess_options: Any = None

    def __init__(self, spec: Mapping[str, Any], *rest: Any, **options: Any) -> None:
        self.executables = executables(spec["toolchain"])
        #: Objects that a flag has made C++ of, whatever their sources are called.
        self._of_cxx: set[str] = set()
        super().__init__(spec, *rest, **options)
        self.compile_options = list(COMPILE)
        self.compile_options_debug = list(COMPILE_DEBUG)
        self.ldflags_exe = [*LINK, *MANIFEST]
        self.ldflags_exe_debug = [*LINK, *MANIFEST, "/DEBUG:FULL"]
        self.ldflags_shared = [*LINK, *SHARED]
        self.ldflags_shared_debug = [*LINK, *SHARED, "/DEBUG:FULL"]
        self.ldflags_static = list(LINK)
        self.ldflags_static_debug = list(LINK)
        # Not every LLVM comes with a resource compiler.
        self.cc, self.lib, self.rc = (
            next(iter(spec["toolchain"][name]), "") for name in ("cc", "ar", "rc")
        )
        self.linker = self.lib
        self.mc = self.mt = ""
        self.dll_libraries: list[str] | None = None
        self._headers = Headers(spec["scratch"])

    def configure_system(self) -> None:
        """Keep the toolchain's settings; the host Python's describe the host."""

    def compile_options_added(self) -> list[str]:
        """Return what the project adds to every compilation."""
        # NDEBUG is the one of setuptools' flags whose absence changes the code that is compiled.
        undefined = [] if "/DNDEBUG" in self.compile_options else ["-UNDEBUG"]
        return [*undefined, *(o for o in self.compile_options if o not in COMPILE)]

    def link_options_added(self, *, executable: bool) -> list[str]:
        """Return what the project adds to every link."""
        options = self.ldflags_exe if executable else self.ldflags_shared
        return [option for option in options if option not in {*LINK, *MANIFEST, *SHARED}]

    def _compilation(
        self, obj: str, src: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        language = self._shared.translator.language(
            [*self.compile_options_added(), *cc_args, *extra], self.detect_language(src)
        )
        if language == "c++":
            self._of_cxx.add(obj)
        program = self.compiler_so_cxx if language == "c++" else self.compiler_so
        argv = [
            *(*program, *self.compile_options_added(), *cc_args, src, "-o", obj),
            *(*extra, *self._spec["after"]["compile"]),
        ]
        command = self._shared.translator.compile(argv, language)
        return Step("compile", src, command, language, self._headers.mend)

    def _resource_arguments(self, obj: str, src: str, options: Sequence[str]) -> list[str]:
        return [*options, "-O", "res", "-o", obj, src]

    def _archive_command(self, library: str, objects: Sequence[str]) -> list[str]:
        return [*self.archiver, library, *objects, *self.objects]

    def _link_command(self, link: Link) -> list[str]:
        exports = os.path.join(link.scratch, "exports.def")
        executable = "linker_exe" if link.executable else "linker_so"
        of_cxx = link.language == "c++" or not self._of_cxx.isdisjoint(link.objects)
        argv = [
            *getattr(self, executable + ("_cxx" if of_cxx else "")),
            *self.link_options_added(executable=link.executable),
            *link.before,
            *link.objects,
            *write_exports(exports, link.output, link.exports),
            *(f"-L{folder}" for folder in link.library_dirs),
            *map(self._library, link.libraries),
            *("-o", link.output),
            *link.after,
            *self._spec["toolchain"]["ldflags"],
            *(("-Wl,--pdb=",) if link.debug else ("-s",)),
            f"-Wl,--out-implib={os.path.join(link.scratch, 'import.lib')}",
            *self._spec["after"]["link"],
            *(f"-l{name}" for name in self._python(link)),
        ]
        return self._shared.translator.link(argv, exports)


def executables(toolchain: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Return the command lines that a distutils compiler has, by its names for them."""
    # A list for each, for projects take flags out of one and then out of the other.
    return {
        **dict.fromkeys(UnixCCompiler.executables),
        "preprocessor": [*toolchain["cc"], "-E"],
        "compiler": [*toolchain["compile"]["c"], *toolchain["cflags"]],
        "compiler_so": [*toolchain["compile"]["c"], *toolchain["cflags"]],
        "compiler_cxx": [*toolchain["compile"]["c++"], *toolchain["cflags"]],
        "compiler_so_cxx": [*toolchain["compile"]["c++"], *toolchain["cflags"]],
        "linker_so": [*toolchain["cc"], "-shared"],
        "linker_so_cxx": [*toolchain["cxx"], "-shared"],
        "linker_exe": [*toolchain["cc"]],
        "linker_exe_cxx": [*toolchain["cxx"]],
        "archiver": [*toolchain["ar"], "rcs"],
    }


def write_exports(path: str, output: str, symbols: Sequence[str]) -> list[str]:
    """Write the `.def` file that exports `symbols`; return it as linker arguments."""
    if not symbols:
        return []
    lines = [f'LIBRARY "{os.path.basename(output)}"', "EXPORTS", *symbols]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return [path]
