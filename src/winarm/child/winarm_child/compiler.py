"""The compiler that distutils uses with a GNU-style toolchain, whatever it asked for.

Imported once a project asks for a compiler, since its base class is that project's distutils.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from distutils.errors import LibError, LinkError
from distutils.unixccompiler import UnixCCompiler
from typing import Any

from .pool import Step
from .target_compiler import TargetCompiler

#: Files that a library may be in, in the order of a MinGW linker.
LIBRARY_FORMS = ("lib{}.dll.a", "{}.dll.a", "lib{}.a", "{}.lib", "lib{}.lib", "{}.dll")


class GnuCompiler(TargetCompiler, UnixCCompiler):  # type: ignore[misc]
    """Compiles and links for the target with a compiler such as gcc or clang."""

    src_extensions = [*UnixCCompiler.src_extensions, ".c++", ".S", ".s", ".rc"]  # noqa: RUF012
    obj_extension = ".o"
    static_lib_extension = ".a"
    shared_lib_extension = dylib_lib_extension = ".dll"
    library_forms = LIBRARY_FORMS

    def __init__(self, spec: Mapping[str, Any], *rest: Any, **options: Any) -> None:
        self.executables = executables(spec["toolchain"])
        super().__init__(spec, *rest, **options)

    def configure_system(self) -> None:
        """Keep the toolchain's settings; the host Python's describe the host."""

    def _step(
        self, obj: str, src: str, ext: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        if ext == ".rc":
            options = resource(self._translator.compile(cc_args, None), obj)
            return Step("compile", src, [*self._spec["toolchain"]["rc"], *options, src])
        language = self.detect_language(src)
        program = self.compiler_so_cxx if language == "c++" else self.compiler_so
        argv = [*program, *cc_args, src, "-o", obj, *extra, *self._spec["after"]["compile"]]
        return Step("compile", src, self._translator.compile(argv, language), language)

    def create_static_lib(
        self,
        objects: Sequence[str],
        output_libname: str,
        output_dir: str | None = None,
        debug: Any = None,
        target_lang: str | None = None,
    ) -> None:
        """Put object files into a static library, made anew."""
        del debug, target_lang
        objects, output_dir = self._fix_object_args(list(objects), output_dir)
        library = self.library_filename(output_libname, output_dir=output_dir)
        self.mkpath(os.path.dirname(library))
        argv = [*self.archiver, library, *objects, *self.objects]
        self._run([Step("archive", library, argv)], LibError)

    def link(
        self,
        target_desc: str,
        objects: Sequence[str],
        output_filename: str,
        output_dir: str | None = None,
        libraries: Any = None,
        library_dirs: Any = None,
        runtime_library_dirs: Any = None,
        export_symbols: Sequence[str] | None = None,
        debug: Any = None,
        extra_preargs: Any = None,
        extra_postargs: Any = None,
        build_temp: str | None = None,
        target_lang: str | None = None,
    ) -> None:
        """Link object files into an image, with nothing left beside it."""
        del runtime_library_dirs, build_temp  # Windows images have no search path in them.
        objects, output_dir = self._fix_object_args(list(objects), output_dir)
        libraries, library_dirs, _ = self._fix_lib_args(libraries, library_dirs, [])
        output = os.path.join(output_dir or "", output_filename)
        self.mkpath(os.path.dirname(output))
        # Of its own: extensions of one name may be linked side by side, in several packages.
        scratch = tempfile.mkdtemp(prefix="link-", dir=self._spec["scratch"])
        exports = os.path.join(scratch, "exports.def")
        executable = "linker_exe" if target_desc == self.EXECUTABLE else "linker_so"
        program = getattr(self, executable + ("_cxx" if target_lang == "c++" else ""))
        argv = [
            *program,
            *(extra_preargs or ()),
            *objects,
            *self.objects,
            *write_exports(exports, output, export_symbols or ()),
            *(f"-L{folder}" for folder in library_dirs if folder),
            *(self._library(name) for name in libraries),
            *("-o", output),
            *(extra_postargs or ()),
            *self._spec["toolchain"]["ldflags"],
            *(() if debug else ("-s",)),
            f"-Wl,--out-implib={os.path.join(scratch, 'import.lib')}",
            *self._spec["after"]["link"],
            *self._python(libraries),
        ]
        step = Step("link", output, self._translator.link(argv, exports), target_lang)
        self._run([step], LinkError)

    def _python(self, libraries: Sequence[str]) -> list[str]:
        names = self._spec["python_libraries"]
        named = any(name in libraries for name in names.values())
        return [] if named else [f"-l{names['full']}"]

    def _library(self, library: str) -> str:
        folder, name = os.path.split(library)
        found = self.find_library_file([folder], name) if folder else None
        return found or f"-l{name}"


def executables(toolchain: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Return the command lines that a distutils compiler has, by its names for them."""
    # A list for each, for projects take flags out of one and then out of the other.
    return {
        **dict.fromkeys(UnixCCompiler.executables),
        "preprocessor": [*toolchain["cc"], "-E"],
        "compiler": [*toolchain["cc"], *toolchain["cflags"]],
        "compiler_so": [*toolchain["cc"], *toolchain["cflags"]],
        "compiler_cxx": [*toolchain["cxx"], *toolchain["cflags"]],
        "compiler_so_cxx": [*toolchain["cxx"], *toolchain["cflags"]],
        "linker_so": [*toolchain["cc"], "-shared"],
        "linker_so_cxx": [*toolchain["cxx"], "-shared"],
        "linker_exe": [*toolchain["cc"]],
        "linker_exe_cxx": [*toolchain["cxx"]],
        "archiver": [*toolchain["ar"], "rcs"],
    }


def resource(cc_args: Sequence[str], obj: str) -> list[str]:
    """Return a resource compiler's options for what a C compiler would be given."""
    options = [f"/{arg[1].lower()}{arg[2:]}" for arg in cc_args if arg[:2] in {"-D", "-I"}]
    return [*options, "/fo", obj]


def write_exports(path: str, output: str, symbols: Sequence[str]) -> list[str]:
    """Write the `.def` file that exports `symbols`; return it as linker arguments."""
    if not symbols:
        return []
    lines = [f'LIBRARY "{os.path.basename(output)}"', "EXPORTS", *dict.fromkeys(symbols)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return [path]
