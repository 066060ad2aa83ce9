"""What the compilers of both styles have in common: distutils' side of them.

Imported once a project asks for a compiler, since its base class is that project's distutils.
"""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from distutils.ccompiler import CCompiler
from distutils.errors import CompileError, DistutilsExecError, LibError, LinkError
from pathlib import PurePath
from typing import Any, NamedTuple

from .flags import LibraryRefusedError, RefusedFlagError, Translator
from .journal import Journal
from .msvc_flags import translator
from .paths import all_ours
from .pool import Pool, Step


class Link(NamedTuple):
    """One image that is to be linked, as a project asks for it."""

    output: str
    objects: list[str]
    libraries: list[str]
    library_dirs: list[str]
    exports: list[str]
    #: The project's own arguments, for the beginning and for the end.
    before: list[str]
    after: list[str]
    executable: bool
    debug: bool
    language: str | None
    #: A folder of its own: extensions of one name may be linked side by side, in several packages.
    scratch: str


class Shared(NamedTuple):
    """What the compilers of a build have in common."""

    pool: Pool
    translator: Translator
    #: Returns the name of the extension that a thread builds beside others, if it does.
    current_extension: Callable[[], str | None]


class TargetCompiler(CCompiler):  # type: ignore[misc]
    """Compiles and links for the target, and takes flags of either style."""

    description = "winarm's compiler for ARM64 Windows"
    shared_lib_extension = dylib_lib_extension = ".dll"
    exe_extension = ".exe"
    #: Files that a library may be in, in the linker's order.
    library_forms: tuple[str, ...] = ("{}.lib", "lib{}.lib")

    def __init__(self, spec: Mapping[str, Any], shared: Shared, force: bool = False) -> None:
        self.compiler_type = spec["toolchain"]["compiler_type"]
        # Before it: it asks for both lists.
        self._native = spec["native"]
        super().__init__(force=force)
        # Where a setup.py looks that searches for its libraries itself.
        self.set_include_dirs([])
        self.set_library_dirs([])
        self._spec = spec
        self._shared = shared

    def set_include_dirs(self, dirs: Sequence[str]) -> None:
        """Set the folders with headers: the project's, then the prefixes'."""
        super().set_include_dirs(_joined(dirs, self._native["include_dirs"]))

    def set_library_dirs(self, dirs: Sequence[str]) -> None:
        """Set the folders with libraries, likewise."""
        super().set_library_dirs(_joined(dirs, self._native["library_dirs"]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to copy it: projects copy and pickle compilers, for processes of their own."""
        state = {name: value for name, value in vars(self).items() if name != "_shared"}
        return restored, (type(self), state)

    def initialize(self, plat_name: str | None = None) -> None:
        """Do nothing: build_ext asks for it on a Windows host, which has MSVC's in mind."""

    def object_filenames(
        self, source_filenames: Iterable[str], strip_dir: bool = False, output_dir: str = ""
    ) -> list[str]:
        """Return what the sources become, all of it inside `output_dir`.

        A resource becomes a `.res`: for `.o`, `zig rc` makes an object, of x64; link takes no
        other ending.
        """
        sources = all_ours(os.fspath(source) for source in source_filenames)
        found = super().object_filenames(sources, strip_dir, output_dir)
        named = [without_parents(name, output_dir or "") for name in found]
        return [
            os.path.splitext(name)[0] + ".res" if is_resource(source) else name
            for source, name in zip(sources, named, strict=True)
        ]

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
        sources = all_ours(map(os.fspath, sources))
        include_dirs = all_ours(include_dirs or ())
        for source in sources:
            self._refuse_assembly(source)
        extension = self._shared.current_extension()
        if extension is not None:
            # Two extensions may compile one source with different macros.
            output_dir = os.path.join(output_dir or "", extension)
        if type(self)._compile is not TargetCompiler._compile or "_compile" in vars(self):
            # The project has put its own in place, which may change the compiler on the way: one
            # after the other, as distutils does it, or as the project has taught distutils.
            rest = (macros, include_dirs, debug, extra_preargs, extra_postargs, depends)
            return list(super().compile(sources, output_dir, *rest))
        _, objects, extra, preprocessor, build = self._setup_compile(
            output_dir, macros, include_dirs, sources, depends, extra_postargs
        )
        arguments = self._get_cc_args(preprocessor, debug, extra_preargs)
        items = build.items()
        steps = [self._step(obj, src, ext, arguments, extra) for obj, (src, ext) in items]
        self._run(steps, CompileError)
        return list(objects)

    def _refuse_assembly(self, source: str) -> None:
        """Explain why a source cannot be compiled if it is written for Microsoft's assemblers."""
        if source.lower().endswith(".asm") and ".asm" not in self.src_extensions:
            why = (
                f"{source} is written for Microsoft's assembler (ml64, armasm64), "
                "which this toolchain does not have."
            )
            self._shared.pool.refuse("compile", source, why)
            raise CompileError(why)

    def _compile(
        self, obj: str, src: str, ext: str, cc_args: Any, extra_postargs: Any, pp_opts: Any
    ) -> None:
        del pp_opts
        self._run([self._step(obj, src, ext, cc_args, extra_postargs)], CompileError)

    def _step(
        self, obj: str, src: str, ext: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        try:
            if ext != ".rc":
                return self._compilation(obj, src, cc_args, extra)
            program = self._spec["toolchain"]["rc"]
            if not program:
                raise CompileError(f"{src}: this toolchain has no resource compiler")
            arguments = self._shared.translator.compile(cc_args, None)
            options = [arg for arg in arguments if arg[:2] in {"-D", "-I"}]
            return Step("compile", src, [*program, *self._resource_arguments(obj, src, options)])
        except RefusedFlagError as error:
            self._shared.pool.refuse("compile", src, str(error))
            raise CompileError(str(error)) from None

    def _compilation(
        self, obj: str, src: str, cc_args: Sequence[str], extra: Sequence[str]
    ) -> Step:
        raise NotImplementedError

    def _resource_arguments(self, obj: str, src: str, options: Sequence[str]) -> list[str]:
        raise NotImplementedError

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
        objects, output_dir = self._fix_object_args(all_ours(objects), output_dir)
        library = self.library_filename(output_libname, output_dir=output_dir)
        self.mkpath(os.path.dirname(library))
        self._run([Step("archive", library, self._archive_command(library, objects))], LibError)

    def _fix_object_args(
        self, objects: Sequence[str], output_dir: str | None
    ) -> tuple[list[str], str]:
        """Return both, objects and libraries under the names that they have here."""
        objects, output_dir = super()._fix_object_args(objects, output_dir)
        return list(map(self._as_made, objects)), output_dir

    def _as_made(self, path: str) -> str:
        """Return the file of a path that ends as Visual Studio's do: `part.obj`, `part.lib`."""
        stem, ending = os.path.splitext(path)
        found = None
        if ending.lower() == ".lib":
            found = self.find_library_file([os.path.dirname(path)], os.path.basename(stem))
        elif ending.lower() == ".obj" and os.path.isfile(stem + self.obj_extension):
            found = stem + self.obj_extension
        return found if found and not os.path.isfile(path) else path

    def _archive_command(self, library: str, objects: Sequence[str]) -> list[str]:
        raise NotImplementedError

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
        objects, output_dir = self._fix_object_args(all_ours(objects), output_dir)
        libraries, library_dirs, _ = self._fix_lib_args(
            all_ours(libraries or ()), all_ours(library_dirs or ()), []
        )
        link = Link(
            output=os.path.join(output_dir or "", output_filename),
            objects=[*objects, *self.objects],
            libraries=libraries,
            library_dirs=[folder for folder in library_dirs if folder],
            exports=self._exports(export_symbols or (), objects),
            before=list(extra_preargs or ()),
            after=list(extra_postargs or ()),
            executable=target_desc == self.EXECUTABLE,
            debug=bool(debug),
            language=target_lang,
            scratch=tempfile.mkdtemp(prefix="link-", dir=self._spec["scratch"]),
        )
        self.mkpath(os.path.dirname(link.output))
        try:
            command = self._link_command(link)
        except LibraryRefusedError as error:
            raise LinkError(str(error)) from None
        except RefusedFlagError as error:
            self._shared.pool.refuse("link", link.output, str(error))
            raise LinkError(str(error)) from None
        self._run([Step("link", link.output, command, target_lang)], LinkError)

    def _exports(self, symbols: Iterable[str], objects: Iterable[str]) -> list[str]:
        """Return what an image exports, each name once.

        build_ext names PyInit_X for every module. Since 3.15 a module may export PyModExport_X
        instead (PEP 793), which the linker would not find under the other name.
        """
        names = list(dict.fromkeys(symbols))
        if "abi3t" not in self._spec["python_libraries"]:
            return names
        return [slots_export(name, objects) for name in names]

    def _link_command(self, link: Link) -> list[str]:
        raise NotImplementedError

    def _python(self, link: Link) -> list[str]:
        """Return the library of the target's Python, unless the project names one itself."""
        names = self._spec["python_libraries"]
        named = any(name in link.libraries for name in names.values())
        return [] if named else [names["full"]]

    def _library(self, library: str) -> str:
        """Return a library as the linker takes it; one with a folder may be a file there."""
        folder, name = os.path.split(library)
        found = self.find_library_file([folder], name) if folder else None
        return found or f"-l{name}"

    def find_library_file(self, dirs: Iterable[str], lib: str, debug: Any = None) -> str | None:
        """Return the file of the library `lib` in one of `dirs`, or None."""
        del debug
        paths = (os.path.join(d, form.format(lib)) for d in dirs for form in self.library_forms)
        return next(filter(os.path.isfile, paths), None)

    def has_function(
        self,
        funcname: str,
        includes: Any = None,
        include_dirs: Any = None,
        libraries: Any = None,
        library_dirs: Any = None,
    ) -> bool:
        """Return whether a function links, as setuptools' newest release finds out.

        Those before 63 call it without a declaration, which clang refuses for functions that it
        knows, and remove a program of another name.
        """
        lines = [f'#include "{name}"' for name in includes or ()]
        if not lines:
            lines = ["#ifdef __cplusplus", 'extern "C"', "#endif", f"char {funcname}(void);"]
        lines += [f"int main(int argc, char **argv) {{ {funcname}(); return 0; }}", ""]
        with tempfile.TemporaryDirectory(prefix="has-", dir=self._spec["scratch"]) as folder:
            # Under the name by which the parent recognises a question.
            source = os.path.join(folder, "_configtest.c")
            with open(source, "w", encoding="utf-8") as file:
                file.write("\n".join(lines))
            try:
                objects = self.compile([source], output_dir=folder, include_dirs=include_dirs)
                program = os.path.join(folder, "_configtest")
                named = {"libraries": libraries or [], "library_dirs": library_dirs or []}
                self.link_executable(objects, program, **named)
            except (CompileError, LinkError, TypeError):
                return False
        return True

    def runtime_library_dir_option(self, dir: str) -> list[str]:  # noqa: A002 - distutils's own
        """Return no option: Windows images have no search path in them."""
        del dir
        return []

    def call(self, cmd: Sequence[Any], **_: Any) -> None:
        """Run a command of the project's own with the target's flags."""
        argv = [os.fspath(part) for part in cmd]
        self._shared.pool.run([Step("run", argv[0], self._shared.translator.command(argv))])

    def spawn(self, cmd: Sequence[Any], **_: Any) -> None:
        """Run a command of the project's own; distutils's older name for `call`."""
        try:
            self.call(cmd)
        except (subprocess.CalledProcessError, OSError) as error:
            raise DistutilsExecError(str(error)) from None

    def _run(self, steps: Sequence[Step], failure: type[Exception]) -> None:
        try:
            self._shared.pool.run(steps)
        except subprocess.CalledProcessError as error:
            program = os.path.basename(error.cmd[0])
            raise failure(f"{program} failed with exit status {error.returncode}") from None
        except OSError as error:
            raise failure(str(error)) from None


def _joined(dirs: Sequence[str], more: Sequence[str]) -> list[str]:
    return [*dirs, *(folder for folder in more if folder not in dirs)]


def without_parents(path: str, folder: str) -> str:
    """Return `path`, which begins with `folder`, with nothing after that leading out of it.

    The objects of `../x.c` of two extensions that are built side by side would be one file.
    """
    parts = PurePath(path[len(folder) :].lstrip("/\\")).parts
    return os.path.join(folder, *("__" if part == ".." else part for part in parts))


def slots_export(name: str, objects: Iterable[str]) -> str:
    """Return PyModExport_X for PyInit_X when only that is in the object files."""
    prefix, _, module = name.partition("_")
    if prefix != "PyInit":
        return name
    slots, found = f"PyModExport_{module}", False
    for path in objects:
        with contextlib.suppress(OSError), open(path, "rb") as file:
            content = file.read()
            if name.encode() in content:
                return name
            found = found or slots.encode() in content
    return slots if found else name


#: By the build's private folder, as far as this process knows.
shared: dict[str, Shared] = {}


def restored(kind: type[TargetCompiler], state: Mapping[str, Any]) -> TargetCompiler:
    """Return a copied compiler, in this process or another one."""
    spec = state["_spec"]
    common = shared.get(spec["scratch"])
    if common is None:
        journal = Journal(spec["journal"])
        common = Shared(Pool(spec["jobs"], journal), translator(spec, journal), lambda: None)
    made = kind.__new__(kind)
    made.__dict__.update(state, _shared=common)
    return made


def is_resource(source: str) -> bool:
    """Return whether a source is compiled by the resource compiler."""
    return source.lower().endswith(".rc")
