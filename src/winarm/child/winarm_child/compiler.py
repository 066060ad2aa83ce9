"""The compiler that distutils uses in a cross build: the toolchain's, whatever it asked for.

Imported once a project asks for a compiler, since its base class is that project's distutils.
"""

import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from distutils.errors import CompileError, DistutilsExecError, LibError, LinkError
from distutils.unixccompiler import UnixCCompiler
from typing import Any

from .flags import Translator
from .pool import Pool, Step

#: Files that a library may be in, in the order of a MinGW linker.
LIBRARY_FORMS = ("lib{}.dll.a", "{}.dll.a", "lib{}.a", "{}.lib", "lib{}.lib", "{}.dll")


class TargetCompiler(UnixCCompiler):  # type: ignore[misc]
    """Compiles and links for the target, and takes flags of either style."""

    description = "winarm's compiler for ARM64 Windows"
    src_extensions = [*UnixCCompiler.src_extensions, ".c++", ".S", ".s", ".rc"]  # noqa: RUF012
    obj_extension = ".o"
    static_lib_extension = ".a"
    shared_lib_extension = dylib_lib_extension = ".dll"
    exe_extension = ".exe"

    def __init__(
        self,
        spec: Mapping[str, Any],
        pool: Pool,
        translator: Translator,
        current_extension: Callable[[], str | None],
        force: bool = False,
    ) -> None:
        self.compiler_type = spec["toolchain"]["compiler_type"]
        self.executables = executables(spec["toolchain"])
        super().__init__(force=force)
        self._spec = spec
        self._pool = pool
        self._translator = translator
        self._current_extension = current_extension

    def configure_system(self) -> None:
        """Keep the toolchain's settings; the host Python's describe the host."""

    def compile(
        self,
        sources: Sequence[str],
        output_dir: str | None = None,
        macros: Any = None,
        include_dirs: Any = None,
        debug: Any = None,
        extra_preargs: Any = None,
        extra_postargs: Any = None,
        depends: Any = None,
    ) -> list[str]:
        """Compile all sources, side by side, and return their object files."""
        extension = self._current_extension()
        if extension is not None:
            # Two extensions may compile one source with different macros.
            output_dir = os.path.join(output_dir or "", extension)
        _, objects, extra, preprocessor, build = self._setup_compile(
            output_dir, macros, include_dirs, sources, depends, extra_postargs
        )
        arguments = self._get_cc_args(preprocessor, debug, extra_preargs)
        if type(self)._compile is not TargetCompiler._compile or "_compile" in vars(self):
            # The project has put its own in place, which may change the compiler on the way.
            for obj, (src, ext) in build.items():
                self._compile(obj, src, ext, arguments, extra, preprocessor)
        else:
            items = build.items()
            steps = [self._step(obj, src, ext, arguments, extra) for obj, (src, ext) in items]
            self._run(steps, CompileError)
        return list(objects)

    def _compile(
        self, obj: str, src: str, ext: str, cc_args: Any, extra_postargs: Any, pp_opts: Any
    ) -> None:
        del pp_opts
        self._run([self._step(obj, src, ext, cc_args, extra_postargs)], CompileError)

    def _step(
        self, obj: str, src: str, ext: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        if ext == ".rc":
            return Step(
                "compile", src, [*self._spec["toolchain"]["rc"], *resource(cc_args, obj), src]
            )
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
        scratch = os.path.join(self._spec["build_base"], "link", os.path.basename(output))
        self.mkpath(scratch)
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

    def find_library_file(self, dirs: Iterable[str], lib: str, debug: Any = None) -> str | None:
        """Return the file of the library `lib` in one of `dirs`, or None."""
        del debug
        paths = (os.path.join(d, form.format(lib)) for d in dirs for form in LIBRARY_FORMS)
        return next(filter(os.path.isfile, paths), None)

    def runtime_library_dir_option(self, dir: str) -> list[str]:  # noqa: A002 - distutils's own
        """Return no option: Windows images have no search path in them."""
        del dir
        return []

    def call(self, cmd: Sequence[Any], **_: Any) -> None:
        """Run a command of the project's own with the target's flags."""
        argv = [os.fspath(part) for part in cmd]
        self._pool.run([Step("run", argv[0], self._translator.command(argv))])

    def spawn(self, cmd: Sequence[Any], **_: Any) -> None:
        """Run a command of the project's own; distutils's older name for `call`."""
        try:
            self.call(cmd)
        except (subprocess.CalledProcessError, OSError) as error:
            raise DistutilsExecError(str(error)) from None

    def _run(self, steps: Sequence[Step], failure: type[Exception]) -> None:
        try:
            self._pool.run(steps)
        except subprocess.CalledProcessError as error:
            program = os.path.basename(error.cmd[0])
            raise failure(f"{program} failed with exit status {error.returncode}") from None
        except OSError as error:
            raise failure(str(error)) from None


def executables(toolchain: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Return the command lines that a distutils compiler has, by its names for them."""
    compile_c = [*toolchain["cc"], *toolchain["cflags"]]
    compile_cxx = [*toolchain["cxx"], *toolchain["cflags"]]
    return {
        **dict.fromkeys(UnixCCompiler.executables),
        "preprocessor": [*toolchain["cc"], "-E"],
        "compiler": compile_c,
        "compiler_so": compile_c,
        "compiler_cxx": compile_cxx,
        "compiler_so_cxx": compile_cxx,
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
