"""The compiler that distutils uses with cl or clang-cl, whatever it asked for.

setuptools' own runs vcvarsall, which on x64 chooses 32-bit tools for ARM64, knows no clang-cl and
only Windows. Imported once a project asks for a compiler, since its base class is that project's
distutils.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from .pool import Step
from .target_compiler import Link, TargetCompiler

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

    def _compilation(
        self, obj: str, src: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        language = self.detect_language(src)
        options = [*cc_args, *extra, *self._spec["after"]["compile"]]
        if language == "c++":
            options = ["/EHsc", *options]
        argv = [
            *self._spec["toolchain"]["compile"][language or "c"],
            *self._shared.translator.compile(options, language),
            "/c",
            *source_argument(src, language),
            f"/Fo{obj}",
        ]
        return Step("compile", src, argv, language)

    def _resource_arguments(self, obj: str, src: str, options: Sequence[str]) -> list[str]:
        # The source as a relative path, since one that begins with `/` would be an option.
        return [*(f"/{o[1].lower()}{o[2:]}" for o in options), "/fo", obj, os.path.relpath(src)]

    def _archive_command(self, library: str, objects: Sequence[str]) -> list[str]:
        arguments = ["/NOLOGO", *map(os.path.relpath, objects), f"/OUT:{library}"]
        return [*self._commands["ar"], *self._short(arguments, library)]

    def _link_command(self, link: Link) -> list[str]:
        argv = [
            *(self.ldflags_exe if link.executable else self.ldflags_shared),
            *link.before,
            *(f"/LIBPATH:{folder}" for folder in link.library_dirs),
            *(f"/EXPORT:{name}" for name in link.exports),
            *map(self._library, link.libraries),
            *link.after,
            *self._spec["after"]["link"],
        ]
        arguments = [
            *map(os.path.relpath, link.objects),
            *self._shared.translator.link(argv, ""),
            *(f"{name}.lib" for name in self._python(link)),
            f"/IMPLIB:{os.path.join(link.scratch, 'import.lib')}",
            f"/OUT:{link.output}",
        ]
        return [*self._commands["link"], *self._short(arguments, link.scratch)]

    def _library(self, library: str) -> str:
        found = super()._library(library)
        return found if found.startswith("-l") else os.path.relpath(found)

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
        argv = [*known, *self._shared.translator.command(arguments)]
        self._shared.pool.run([Step("run", program, argv)])


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
