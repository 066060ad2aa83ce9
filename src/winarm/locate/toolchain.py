"""A toolchain that makes code for the target, and everything that differs between the kinds.

Other rooms ask a `Toolchain` for command lines and flags; none of them asks which kind it is.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from winarm.host import System
from winarm.locate.request import numbers
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, Target

#: How a toolchain's compiler reads its command line.
Style = Literal["gnu", "msvc"]

#: What newer clang takes for errors, by the names of its warnings; MSVC, and the gcc that projects
#: were tried with, accept the code. clang 16 knows them all, in every language.
_WARNINGS = (
    # C.
    *("implicit-function-declaration", "implicit-int", "int-conversion", "return-type"),
    *("incompatible-pointer-types", "incompatible-function-pointer-types"),
    # C++, which is 17 to clang and gcc unless a flag says otherwise, and 14 to MSVC.
    *("register", "dynamic-exception-spec", "increment-bool", "c++11-narrowing"),
    *("reserved-user-defined-literal", "invalid-constexpr", "invalid-token-paste"),
    "address-of-temporary",
)
_TOLERANT = tuple(f"-Wno-error={name}" for name in _WARNINGS)
#: clang 19 and newer know this one; older ones would name it in every compilation.
_TOLERANT_SINCE_19 = ("-Wno-error=missing-template-arg-list-after-template-kw",)
#: What libc++ leaves out since C++17; gcc's library and, in C++14, MSVC's have it. Not the function
#: `std::unexpected`, whose name is a class of C++23.
_LIBCXX = tuple(
    f"-D_LIBCPP_ENABLE_CXX17_REMOVED_{name}"
    for name in ("AUTO_PTR", "BINDERS", "RANDOM_SHUFFLE", "UNARY_BINARY_FUNCTION")
)
#: zig makes `__DATE__` an error; SOURCE_DATE_EPOCH makes it harmless.
_TOLERANT_GNU = (
    *_TOLERANT,
    *_LIBCXX,
    "-Wno-error=date-time",
    "-Wno-unused-command-line-argument",
)
_TOLERANT_CLANG_CL = (*_TOLERANT, "-Wno-unused-command-line-argument")

#: What Microsoft's compiler has and predefines without being asked, before the first #include.
#: `#pragma comment(lib, …)`, `__try` and `_declspec` are among the extensions. Its default is
#: /fp:precise, which rounds a product before it is added; it never concludes from the types of two
#: pointers that they differ, nor that `this` is not null.
MICROSOFT = (
    *("-fms-extensions", "-ffp-contract=off", "-D_M_ARM64=1", "-D_ARM64_=1"),
    *("-D_MT=1", "-D_INTEGRAL_MAX_BITS=64"),
    *("-fno-strict-aliasing", "-fno-delete-null-pointer-checks"),
)

_GNU_COMPILE = (
    "-O2",
    "-DNDEBUG",
    # zig writes debug information by default, in a third of the time; the link drops it.
    "-g0",
    # As CPython compiles itself and, elsewhere, its extensions.
    "-fwrapv",
    # zig adds checks to code that is not optimised, and they need a runtime library.
    "-fno-sanitize=undefined",
    *_TOLERANT_GNU,
)
#: setuptools' own flags without /GL, which makes objects for one version of the tools only;
#: /Brepro leaves the time of day out.
_MSVC_COMPILE = ("/nologo", "/O2", "/W3", "/MD", "/DNDEBUG", "/Brepro")
#: No manifest, which mt.exe would have to merge, and nothing that a second link would reuse.
_MSVC_LINK = ("/NOLOGO", "/INCREMENTAL:NO", "/MANIFEST:NO", "/Brepro")

#: What dlltool's `-m` calls the machines.
_DLLTOOL_MACHINES = {WIN_ARM64: "arm64", WIN_AMD64: "i386:x86-64", WIN32: "i386"}


@dataclass(frozen=True, slots=True)
class _Family:
    """What all toolchains of one kind have in common."""

    style: Style
    #: For every compilation and link where winarm chooses the flags, as for setuptools.
    compile: tuple[str, ...]
    link: tuple[str, ...]
    #: For every compilation of a build tool that chooses its own optimisation (CMake, Meson).
    tolerant: tuple[str, ...]
    #: What the compiler takes so that `folder` is not in `__FILE__`.
    prefix_map: str
    #: The first version, of the kind's own numbers, that has clang 19.
    clang_19: tuple[int, ...] = ()


_FAMILIES = {
    "msvc": _Family("msvc", _MSVC_COMPILE, _MSVC_LINK, (), "/d1trimfile:{folder}\\"),
    "clang-cl": _Family(
        "msvc",
        (*_MSVC_COMPILE, "/clang:-fwrapv", *_TOLERANT_CLANG_CL),
        _MSVC_LINK,
        _TOLERANT_CLANG_CL,
        "/clang:-ffile-prefix-map={folder}=.",
        (19,),
    ),
    "llvm-mingw": _Family(
        "gnu",
        (*_GNU_COMPILE, *MICROSOFT),
        # It links libc++ and libunwind as DLLs that no machine has (llvm-mingw#500).
        ("-Wl,-Bstatic",),
        (*_TOLERANT_GNU, *MICROSOFT),
        "-ffile-prefix-map={folder}=.",
        (19,),
    ),
    "zig": _Family(
        "gnu",
        _GNU_COMPILE,
        # zig makes its C library again for each level of optimisation: all links have one level.
        ("-O2",),
        _TOLERANT_GNU,
        "-ffile-prefix-map={folder}=.",
        (0, 14),
    ),
}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Programs that make code for `target`, each as the beginning of a command line."""

    #: `msvc`, `clang-cl`, `llvm-mingw` or `zig`.
    kind: str
    version: str
    #: Where it was found, for people: `the ziglang package in …`.
    origin: str
    target: Target
    #: Compiles C, and links it where the style is `gnu`.
    cc: tuple[str, ...]
    #: Compiles C++, and links it where the style is `gnu`.
    cxx: tuple[str, ...]
    #: Makes static libraries.
    ar: tuple[str, ...]
    #: Compiles Windows resources; empty where there is no such program.
    rc: tuple[str, ...]
    #: Makes import libraries from `.def` files.
    dlltool: tuple[str, ...]
    #: Variables that the programs need in their environment.
    environ: Mapping[str, str] = field(default_factory=dict)
    #: Links where the style is `msvc`.
    link: tuple[str, ...] = ()
    #: Merges manifests; empty where there is no such program.
    mt: tuple[str, ...] = ()
    #: Folders of the programs and of the DLLs that they need, for the front of PATH.
    path: tuple[Path, ...] = ()
    #: Folder of one-word programs called aarch64-w64-mingw32-NAME, if there is one.
    tools: Path | None = None
    #: Folders with the headers of C and of Windows, where the compiler does not have its own.
    include_dirs: tuple[Path, ...] = ()
    #: Folders with the libraries of C and of Windows, likewise.
    library_dirs: tuple[Path, ...] = ()
    #: Folders with import definitions or libraries of Windows that the compiler knows itself.
    definitions: tuple[Path, ...] = ()
    #: What the user should know about the choice, one sentence each.
    notes: tuple[str, ...] = ()

    @property
    def style(self) -> Style:
        """Return how the compiler reads its command line."""
        return _FAMILIES[self.kind].style

    @property
    def compiler_type(self) -> str:
        """Return what distutils calls this family of compilers."""
        return "msvc" if self.style == "msvc" else "mingw32"

    def with_tools(self, folder: Path, ending: str) -> Toolchain:
        """Return the toolchain with the one-word programs of `folder` in place of its own."""

        def tool(name: str) -> tuple[str]:
            return (str(folder / f"{self.target.mingw_triple}-{name}{ending}"),)

        return replace(
            self,
            cc=tool("clang"),
            cxx=tool("clang++"),
            ar=tool("ar"),
            rc=tool("windres"),
            dlltool=tool("dlltool"),
            tools=folder,
            path=(folder, *self.path),
        )

    @property
    def makes_libraries(self) -> bool:
        """Return whether the first link on a machine compiles the C library, which is slow."""
        return self.kind == "zig"

    @property
    def compile_flags(self) -> tuple[str, ...]:
        """Return the flags of every compilation where winarm chooses them, as for setuptools."""
        return (*_FAMILIES[self.kind].compile, *self._newer_flags)

    @property
    def link_flags(self) -> tuple[str, ...]:
        """Return the flags of every link where winarm chooses them, as for setuptools."""
        # Named, so that an object for another machine is an error here and not on the target.
        machine = (f"/MACHINE:{self.target.vs_arch.upper()}",) if self.style == "msvc" else ()
        return (*_FAMILIES[self.kind].link, *machine)

    @property
    def tolerant_flags(self) -> tuple[str, ...]:
        """Return the flags of compilations where the build tool chooses the optimisation."""
        return (*_FAMILIES[self.kind].tolerant, *self._newer_flags)

    @property
    def _newer_flags(self) -> tuple[str, ...]:
        """Return the flags that only newer compilers of the kind know."""
        since = _FAMILIES[self.kind].clang_19
        return _TOLERANT_SINCE_19 if since and numbers(self.version) >= since else ()

    def prefix_map(self, project: Path) -> tuple[str, ...]:
        """Return the flags that keep the project's path out of `__FILE__`."""
        spelled = (str(project),) if self.kind == "msvc" else (str(project), project.as_posix())
        form = _FAMILIES[self.kind].prefix_map
        return tuple(form.format(folder=folder) for folder in dict.fromkeys(spelled))

    def library_flags(self, folders: Iterable[str], libraries: Iterable[str]) -> list[str]:
        """Return the linker's arguments for libraries and for the folders that have them."""
        if self.style == "msvc":
            names = [name if name.lower().endswith(".lib") else f"{name}.lib" for name in libraries]
            return [*(f"/LIBPATH:{folder}" for folder in folders), *names]
        return [*(f"-L{folder}" for folder in folders), *(f"-l{name}" for name in libraries)]

    def import_library_command(self, definition: Path, library: Path) -> list[str]:
        """Return the command that makes an import library from a module definition."""
        if self.style == "msvc":
            machine = f"/machine:{self.target.vs_arch}"
            return [*self.dlltool, "/nologo", machine, f"/def:{definition}", f"/out:{library}"]
        machine = _DLLTOOL_MACHINES[self.target]
        return [*self.dlltool, "-m", machine, "-d", str(definition), "-l", str(library)]

    def dll_commands(self, name: str) -> list[list[str]]:
        """Return the commands that make NAME.dll from NAME.c in the working directory."""
        if self.style == "msvc":
            link = ["/NOLOGO", "/DLL", f"/MACHINE:{self.target.vs_arch.upper()}", "/MANIFEST:NO"]
            return [
                [*self.cc, "/nologo", "/c", "/MD", f"{name}.c", f"/Fo{name}.obj"],
                [*self.link, *link, f"/OUT:{name}.dll", f"{name}.obj"],
            ]
        # At the optimisation of a build, so that zig makes its C library once.
        options = ["-O2", "-shared", "-s", f"-Wl,--out-implib,{name}.lib"]
        return [[*self.cc, *options, f"{name}.c", "-o", f"{name}.dll"]]

    @property
    def one_word_compiler(self) -> str:
        """Return under which name the compiler must be one word, or nothing where it need not be.

        CMake asks clang with `-?` alone in which style it reads its command line, without the
        words after the program (CMakeDetermineCompilerId.cmake). A launcher such as ccache takes
        the first word for the compiler, and recognises it by its name.
        """
        return "clang-cl" if self.kind == "clang-cl" else ""

    def variables(self, system: System) -> dict[str, str]:
        """Return what a shell needs in its environment: what vcvarsall sets, and more.

        :param system: the host's, which decides how a command is quoted.
        """
        own = self.build_variables(system)
        if self.style == "gnu":
            return {**self.environ, **own, **_texts({"DLLTOOL": self.dlltool}, system)}
        target = {"VSCMD_ARG_TGT_ARCH": self.target.vs_arch}
        return {**target, **self.environ, **own, **_texts({"LD": self.link, "MT": self.mt}, system)}

    def build_variables(self, system: System) -> dict[str, str]:
        """Return by which variables builds of Python projects find the programs."""
        commands = {"CC": self.cc, "CXX": self.cxx, "AR": self.ar, "RC": self.rc}
        return {**_texts(commands, system), **self._tool_variables(system)}

    def _tool_variables(self, system: System) -> dict[str, str]:
        """Return what makes an unchanged `./configure` and make use the one-word programs."""
        if self.tools is None:
            return {}
        ending = ".exe" if system == "windows" else ""
        names = ("ranlib", "nm", "strip", "objdump", "ld", "windres", "dlltool")
        programs = {
            name.upper(): (str(self.tools / f"{self.target.mingw_triple}-{name}{ending}"),)
            for name in names
        }
        return {
            **_texts(programs, system),
            # What libtool cannot find out about this target.
            "CONFIG_SITE": str(self.tools.parent / "config.site"),
            # As --host= does.
            "host_alias": self.target.mingw_triple,
        }

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with what the programs need in it, and their folders first on PATH."""
        # Windows ignores the case of names, so that one spelling must replace all others.
        own = {name.upper() for name in self.environ}
        kept = {name: value for name, value in base.items() if name.upper() not in own}
        inherited = base.get("PATH", "").split(os.pathsep)
        path = dict.fromkeys((*map(str, self.path), *filter(None, inherited)))
        return {**kept, **self.environ, "PATH": os.pathsep.join(path)}


def _texts(commands: Mapping[str, Sequence[str]], system: System) -> dict[str, str]:
    """Return the commands that there are, each as one text."""
    return {name: command_text(words, system) for name, words in commands.items() if words}


def command_text(command: Sequence[str], system: System) -> str:
    """Return a command line as one text, quoted as make, CMake and distutils split it there.

    >>> command_text(("C:/Program Files/cl.exe", "/c"), "windows")
    '"C:/Program Files/cl.exe" /c'
    """
    if system != "windows":
        return shlex.join(command)
    return " ".join(f'"{word}"' if " " in word else word for word in command)


def wrapper_script(command: Sequence[str], system: System) -> str:
    r"""Return a script that runs `command` with the script's own arguments after it.

    >>> wrapper_script(("zig", "cc", "a b"), "linux")
    '#!/bin/sh\nexec zig cc \'a b\' "$@"\n'
    >>> wrapper_script(("zig", "a b", "100%"), "windows")
    '@"zig" "a b" "100%%" %*\r\n'
    """
    if system == "windows":
        # In a file of cmd's, `%%` is a percent sign.
        words = (word.replace("%", "%%") for word in command)
        return "@" + " ".join(f'"{word}"' for word in words) + " %*\r\n"
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'
