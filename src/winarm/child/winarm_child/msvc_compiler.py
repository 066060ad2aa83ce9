"""The compiler that distutils uses with cl or clang-cl, whatever it asked for.

setuptools' own runs vcvarsall, which on x64 chooses 32-bit tools for ARM64, knows no clang-cl and
only Windows. Imported once a project asks for a compiler, since its base class is that project's
distutils.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from distutils.errors import CompileError, LibError, LinkError
from typing import Any

from .pool import Step
from .target_compiler import TargetCompiler

#: Longer command lines go through a file; Windows takes 32,767 characters.
LONGEST = 30_000


class MsvcCompiler(TargetCompiler):
    """Compiles with cl or clang-cl, links with link or lld-link."""

    # What setuptools' own class has, for projects that look at it or add to it.
    src_extensions = [".c", ".cc", ".cpp", ".cxx", ".c++", ".S", ".s", ".rc"]  # noqa: RUF012
    language_map = {  # noqa: RUF012 - distutils's own
        ".c": "c",
        **dict.fromkeys((".cc", ".cpp", ".cxx", ".c++"), "c++"),
    }
    executables: Mapping[str, Any] = {}
    obj_extension = ".obj"
    static_lib_extension = ".lib"
    static_lib_format = shared_lib_format = "%s%s"
    initialized = True

    def __init__(self, spec: Mapping[str, Any], *rest: Any, **options: Any) -> None:
        super().__init__(spec, *rest, **options)
        tools = spec["toolchain"]
        self._commands = {name: tuple(tools[name]) for name in ("cc", "link", "ar", "rc", "mt")}
        self.cc, self.linker, self.lib, self.rc, self.mt = (
            command[0] if command else name for name, command in self._commands.items()
        )
        self.preprocess_options: Any = None
        self.compile_options = list(tools["cflags"])
        self.compile_options_debug = list(tools["cflags"])
        self.ldflags_exe = list(tools["ldflags"])
        self.ldflags_shared = ["/DLL", *tools["ldflags"]]

    def _get_cc_args(self, pp_opts: Sequence[str], debug: Any, before: Any) -> list[str]:
        del debug
        return [*(before or ()), *self.compile_options, *pp_opts]

    def _step(
        self, obj: str, src: str, ext: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        if ext == ".rc":
            if not self._commands["rc"]:
                message = f"{src}: this toolchain has no resource compiler"
                raise CompileError(message)
            options = [arg for arg in cc_args if arg[:2] in {"-D", "-I"}]
            # As a relative path, since one that begins with `/` would be an option.
            source = os.path.relpath(src)
            argv = [*self._commands["rc"], *(f"/{o[1].lower()}{o[2:]}" for o in options)]
            return Step("compile", src, [*argv, "/fo", obj, source])
        language = self.detect_language(src)
        options = [*cc_args, *extra, *self._spec["after"]["compile"]]
        if language == "c++":
            options = ["/EHsc", *options]
        argv = [
            *self._commands["cc"],
            *self._translator.compile(options, language),
            "/c",
            *source_argument(src, language),
            f"/Fo{obj}",
        ]
        return Step("compile", src, argv, language)

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
        argv = ["/NOLOGO", *map(os.path.relpath, objects), f"/OUT:{library}"]
        command = [*self._commands["ar"], *self._short(argv, library)]
        self._run([Step("archive", library, command)], LibError)

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
        del runtime_library_dirs, build_temp, debug  # Windows images have no search path in them.
        objects, output_dir = self._fix_object_args(list(objects), output_dir)
        libraries, library_dirs, _ = self._fix_lib_args(libraries, library_dirs, [])
        output = os.path.join(output_dir or "", output_filename)
        self.mkpath(os.path.dirname(output))
        scratch = tempfile.mkdtemp(prefix="link-", dir=self._spec["scratch"])
        executable = target_desc == self.EXECUTABLE
        argv = [
            *(self.ldflags_exe if executable else self.ldflags_shared),
            *(extra_preargs or ()),
            *(f"/LIBPATH:{folder}" for folder in library_dirs if folder),
            *(f"/EXPORT:{name}" for name in dict.fromkeys(export_symbols or ())),
            *(self._library(name) for name in libraries),
            *(extra_postargs or ()),
            *self._spec["after"]["link"],
        ]
        files = [os.path.relpath(obj) for obj in (*objects, *self.objects)]
        own = [f"/IMPLIB:{os.path.join(scratch, 'import.lib')}", f"/OUT:{output}"]
        arguments = [*files, *self._translator.link(argv, ""), *self._python(libraries), *own]
        command = [*self._commands["link"], *self._short(arguments, scratch)]
        self._run([Step("link", output, command, target_lang)], LinkError)

    def _python(self, libraries: Sequence[str]) -> list[str]:
        names = self._spec["python_libraries"]
        named = any(name in libraries for name in names.values())
        return [] if named else [f"{names['full']}.lib"]

    def _library(self, library: str) -> str:
        folder, name = os.path.split(library)
        found = self.find_library_file([folder], name) if folder else None
        return os.path.relpath(found) if found else f"-l{name}"

    def _short(self, arguments: Sequence[str], beside: str) -> list[str]:
        """Return the arguments, or a file that holds them where they are too long."""
        if sum(map(len, arguments)) + 3 * len(arguments) < LONGEST:
            return list(arguments)
        path = os.path.join(beside, "arguments.rsp") if os.path.isdir(beside) else f"{beside}.rsp"
        # UTF-16 with its mark: what link and lib take for more than the machine's own code page.
        with open(path, "w", encoding="utf-16") as file:
            file.writelines(f"{quoted(argument)}\n" for argument in arguments)
        return [f"@{path}"]

    def call(self, cmd: Sequence[Any], **_: Any) -> None:
        """Run a command of the project's own, with the whole command line of our programs."""
        program, *arguments = (os.fspath(part) for part in cmd)
        known = next((c for c in self._commands.values() if c[:1] == (program,)), (program,))
        argv = [*known, *self._translator.command(arguments)]
        self._pool.run([Step("run", program, argv)])


def source_argument(src: str, language: str | None) -> list[str]:
    """Return a source as cl takes it: `/usr/x.c` alone would be an option."""
    prefix = {"c": "/Tc", "c++": "/Tp"}.get(language or "")
    return [prefix + src] if prefix else [os.path.relpath(src)]


def quoted(argument: str) -> str:
    r"""Return an argument as a response file has it.

    >>> quoted("a b"), quoted("/OUT:x.pyd")
    ('"a b"', '/OUT:x.pyd')
    """
    return f'"{argument}"' if " " in argument or "\t" in argument else argument
