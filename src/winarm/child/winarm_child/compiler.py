"""The compiler that distutils uses with a GNU-style toolchain, whatever it asked for.

Imported once a project asks for a compiler, since its base class is that project's distutils.
"""

import os
from collections.abc import Mapping, Sequence
from distutils.errors import CompileError, LinkError
from distutils.unixccompiler import UnixCCompiler
from typing import Any

from .flag_rules import LIBRARY_FORMS
from .flags import RefusedFlagError
from .headers import Headers
from .msvc_attributes import MsvcAttributes
from .pool import Step
from .target_compiler import Link, TargetCompiler


class GnuCompiler(MsvcAttributes, TargetCompiler, UnixCCompiler):  # type: ignore[misc]
    """Compiles and links for the target with a compiler such as gcc or clang."""

    src_extensions = [*UnixCCompiler.src_extensions, ".c++", ".S", ".s", ".rc"]  # noqa: RUF012
    obj_extension = ".o"
    static_lib_extension = ".a"
    shared_lib_extension = dylib_lib_extension = ".dll"
    library_forms = LIBRARY_FORMS

    def __init__(self, spec: Mapping[str, Any], *rest: Any, **options: Any) -> None:
        self.executables = executables(spec["toolchain"])
        #: Objects that a flag has made C++ of, whatever their sources are called.
        self._of_cxx: set[str] = set()
        super().__init__(spec, *rest, **options)
        tools = spec["toolchain"]
        # Not every LLVM comes with a resource compiler.
        programs = {name: next(iter(tools[name]), "") for name in ("cc", "ar", "rc")}
        self.set_msvc_attributes(programs)
        self._headers = Headers(spec["scratch"])

    def configure_system(self) -> None:
        """Keep the toolchain's settings; the host Python's describe the host."""

    def _step(
        self, obj: str, src: str, ext: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        if ext == ".rc":
            if not self._spec["toolchain"]["rc"]:
                raise CompileError(f"{src}: this toolchain has no resource compiler")
            options = resource(self._translator.compile(cc_args, None), obj)
            return Step("compile", src, [*self._spec["toolchain"]["rc"], *options, src])
        language = self._translator.language(
            [*self.compile_options_added(), *cc_args, *extra], self.detect_language(src)
        )
        if language == "c++":
            self._of_cxx.add(obj)
        program = self.compiler_so_cxx if language == "c++" else self.compiler_so
        argv = [
            *(*program, *self.compile_options_added(), *cc_args, src, "-o", obj),
            *(*extra, *self._spec["after"]["compile"]),
        ]
        try:
            command = self._translator.compile(argv, language)
        except RefusedFlagError as error:
            self._pool.refuse(Step("compile", src, argv, language), str(error))
            raise CompileError(str(error)) from None
        launched = self._launched(command, language)
        return Step("compile", src, launched, language, self._headers.mend)

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
        try:
            return self._translator.link(argv, exports)
        except RefusedFlagError as error:
            self._pool.refuse(Step("link", link.output, argv, link.language), str(error))
            raise LinkError(str(error)) from None


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
    """Return windres' options for what a C compiler would be given."""
    options = [arg for arg in cc_args if arg[:2] in {"-D", "-I"}]
    return [*options, "-O", "res", "-o", obj]


def write_exports(path: str, output: str, symbols: Sequence[str]) -> list[str]:
    """Write the `.def` file that exports `symbols`; return it as linker arguments."""
    if not symbols:
        return []
    lines = [f'LIBRARY "{os.path.basename(output)}"', "EXPORTS", *symbols]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return [path]
