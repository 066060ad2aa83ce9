"""CMake, whoever calls it: a toolchain file, a generator, and how many jobs.

All of it goes through variables that CMake reads itself (CMAKE_TOOLCHAIN_FILE since 3.21,
CMAKE_GENERATOR since 3.15), so that scikit-build-core, a setup.py that runs cmake and a plugin of
any other backend are served alike and no command line is edited.
"""

from __future__ import annotations

import re
import shlex
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.backends.request import Provision
from winarm.errors import UsageError
from winarm.pipeline.child_environment import CHILD
from winarm.pipeline.child_spec import compile_flags, link_flags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winarm.backends.request import Request
    from winarm.locate.toolchain import Toolchain

#: The package that holds the toolchain files, which work without winarm, too.
FILES = "winarm.toolchains"

#: Runs a compiler without some of its arguments.
WITHOUT_FLAGS = CHILD / "without_flags.py"

#: Variables of the host that say how to build and nothing of for which machine.
KEPT = (
    "CMAKE_BUILD_PARALLEL_LEVEL",
    "CMAKE_BUILD_TYPE",
    "CMAKE_CROSSCOMPILING_EMULATOR",
    "CMAKE_EXECUTABLE",
    "CMAKE_MAKE_PROGRAM",
)

#: Definitions in CMAKE_ARGS that describe the host, as conda's compilers set them.
_HOSTS = re.compile(
    r"-D(CMAKE_(TOOLCHAIN_FILE|GENERATOR.*|SYSTEM_.*|.*COMPILER.*|.*FLAGS.*|PREFIX_PATH|FIND_.*|"
    r"PROGRAM_PATH|(LIBRARY|INCLUDE)_PATH|SYSROOT.*|OSX_.*|AR|LINKER|NM|OBJCOPY|OBJDUMP|RANLIB|"
    r"STRIP|MT|RC.*|INSTALL_(PREFIX|LIBDIR))|Python3?_.*|PYTHON_.*)(:[A-Z]+)?="
)

#: What makes errors of newer compilers warnings again, as for extensions of setuptools.
_LENIENT = (
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-function-pointer-types",
    "-Wno-error=date-time",
    "-Wno-unused-command-line-argument",
)


def is_required(requirements: Iterable[str]) -> bool:
    """Return whether a project's build requirements name something that runs CMake."""
    runs_cmake = re.compile(r"\s*(cmake|scikit[-_]build([-_]core)?)\b", re.IGNORECASE)
    return any(runs_cmake.match(line) for line in requirements)


def provision(request: Request) -> Provision:
    """Return the variables and files that make CMake build for the target.

    :raises UsageError: the generator that is asked for does not exist here.
    """
    generator = choose_generator(request)
    variables = {
        "CMAKE_BUILD_PARALLEL_LEVEL": str(request.jobs),
        **{name: value for name in KEPT if (value := request.host.variable(name))},
        "CMAKE_GENERATOR": generator,
    }
    arguments = portable_arguments(request.host.variable("CMAKE_ARGS") or "")
    if arguments:
        variables["CMAKE_ARGS"] = shlex.join(arguments)
    if is_visual_studio(generator):
        variables["CMAKE_GENERATOR_PLATFORM"] = request.target.processor
    if request.workshop is None:
        return Provision(variables)
    file = request.scratch / "cmake" / "toolchain.cmake"
    variables["CMAKE_TOOLCHAIN_FILE"] = file.as_posix()
    scripts = compiler_scripts(request)
    if scripts:
        # They are written for each build, so that their time says nothing.
        variables["CCACHE_COMPILERCHECK"] = "content"
    files = {file: toolchain_file(request), **dict(scripts.values())}
    return Provision(variables, files=files)


def choose_generator(request: Request) -> str:
    """Return the name of the generator: the one that is asked for, Ninja, or Makefiles.

    :raises UsageError: Visual Studio's is asked for where there is none.
    """
    asked = request.settings.generator
    if asked is None:
        # Both take one compiler from the toolchain file; Visual Studio's takes its own.
        ninja, make = (request.host.which(program) for program in ("ninja", "make"))
        return "Unix Makefiles" if make and not ninja else "Ninja"
    if is_visual_studio(asked) and request.host.system != "windows":
        message = f"the CMake generator {asked!r} does not exist on {request.host.system}."
        raise UsageError(
            message,
            why="Visual Studio runs on Windows only.",
            cure="Leave `generator` out, or set it to Ninja.",
        )
    return asked


def is_visual_studio(generator: str) -> bool:
    """Return whether a generator takes its compiler from Visual Studio."""
    return generator.startswith("Visual Studio")


def portable_arguments(arguments: str) -> list[str]:
    """Return what of CMAKE_ARGS says something of the project, not of the host.

    >>> portable_arguments("-DWITH_TLS=OFF -DCMAKE_AR=/opt/conda/bin/x86_64-conda-linux-gnu-ar")
    ['-DWITH_TLS=OFF']
    """
    try:
        words = shlex.split(arguments)
    except ValueError:
        return []
    return [word for word in words if not _HOSTS.match(word)]


def toolchain_file(request: Request) -> str:
    """Return a toolchain file that names this build's programs and folders.

    What CMake does with them stands in the file that it includes.
    """
    assert request.workshop is not None  # noqa: S101 - both callers build
    toolchain, python = request.workshop.toolchain, request.workshop.python
    abi, settings = request.interpreter.abi, request.settings
    own = style_file(toolchain, choose_generator(request))
    flags = [*lenient_flags(toolchain), *compile_flags(settings)]
    numpy = request.workshop.numpy.get("include", "")
    compilers = compiler_commands(request)
    lists: dict[str, Sequence[object]] = {
        "WINARM_CC": compilers["C"],
        "WINARM_CXX": compilers["CXX"],
        "WINARM_AR": toolchain.ar,
        "WINARM_RC": toolchain.rc,
        # zig's other tools, where the compiler is a script.
        "WINARM_ZIG": toolchain.cc[:1] if toolchain.kind == "zig" else (),
        "WINARM_LINK": toolchain.link,
        "WINARM_MT": toolchain.mt,
        "WINARM_INCLUDE_DIRS": toolchain.include_dirs,
        "WINARM_LIBRARY_DIRS": toolchain.library_dirs,
        "WINARM_FLAGS": [*flags, *prefix_map(toolchain, request.project)],
        "WINARM_LINK_FLAGS": link_flags(settings),
        "WINARM_FIND_ROOT_PATH": find_roots(request),
        "WINARM_EMULATOR": emulator(request),
        "WINARM_PYTHON_EXECUTABLE": [request.python],
        "WINARM_PYTHON_INCLUDE_DIR": [python.include],
        "WINARM_PYTHON_LIBRARY": [python.libraries / f"{abi.library}.lib"],
        "WINARM_PYTHON_SABI_LIBRARY": [python.libraries / f"{abi.stable_library}.lib"],
        "WINARM_PYTHON_SOABI": [abi.soabi(request.target)],
        "WINARM_NUMPY_INCLUDE_DIR": [numpy] if numpy else [],
    }
    for language in ("C", "CXX"):
        lists[f"CMAKE_{language}_COMPILER_LAUNCHER"] = launcher(request)
    return "".join(
        (
            "# Made by winarm for one build.\n",
            *(set_list(name, values) for name, values in lists.items() if values),
            f"include({quoted(own)})\n",
        )
    )


def compiler_commands(request: Request) -> dict[str, Sequence[str]]:
    """Return how each language's compiler is called: by its script, where there is one."""
    assert request.workshop is not None  # noqa: S101 - all callers build
    toolchain = request.workshop.toolchain
    scripts = {name: [str(file)] for name, (file, _) in compiler_scripts(request).items()}
    return {"C": toolchain.cc, "CXX": toolchain.cxx, **scripts}


def compiler_scripts(request: Request) -> dict[str, tuple[Path, str]]:
    """Return scripts that are the compilers in one word, by language, where that is needed.

    CMake asks clang in which style it reads its command line with `-?` alone, without the words
    that stand behind the program (CMakeDetermineCompilerId.cmake). ccache and sccache take the
    first word for the compiler, and know one by its name.
    """
    assert request.workshop is not None  # noqa: S101 - all callers build
    toolchain = request.workshop.toolchain
    if toolchain.kind == "clang-cl":
        names = {"C": "clang-cl", "CXX": "clang-cl"}
    elif toolchain.kind == "zig" and request.settings.launcher:
        names = {"C": "clang", "CXX": "clang++"}
    else:
        return {}
    commands = {"C": toolchain.cc, "CXX": toolchain.cxx}
    windows = request.host.system == "windows"
    script = batch_file if windows else shell_script
    folder = request.scratch / "cmake" / "bin"
    ending = ".cmd" if windows else ""
    return {
        language: (folder / f"{name}{ending}", script(commands[language]))
        for language, name in names.items()
    }


def shell_script(command: Sequence[str]) -> str:
    """Return a script that runs `command` with its own arguments behind it."""
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


def batch_file(command: Sequence[str]) -> str:
    """Return the same for Windows."""
    return "@" + " ".join(f'"{word}"' for word in command) + " %*\r\n"


def launcher(request: Request) -> list[object]:
    """Return what stands before each command that compiles."""
    settings = request.settings
    command: list[object] = []
    if settings.drop_flags:
        # -I and -S: nothing of the build's own gets in, and it starts in 15 ms.
        command = [request.python, "-I", "-S", WITHOUT_FLAGS, *settings.drop_flags, "--"]
    return [*command, settings.launcher] if settings.launcher else command


def style_file(toolchain: Toolchain, generator: str) -> Path:
    """Return the file of `toolchains/` that knows this kind of toolchain."""
    kind = "visual-studio" if is_visual_studio(generator) else toolchain.kind
    return Path(str(files(FILES))) / f"{toolchain.target.sysconfig_platform}-{kind}.cmake"


def lenient_flags(toolchain: Toolchain) -> tuple[str, ...]:
    """Return the flags that forgive what other compilers forgive."""
    return () if toolchain.kind == "msvc" else _LENIENT


def prefix_map(toolchain: Toolchain, project: Path) -> list[str]:
    """Return the flags that keep the build's paths out of `__FILE__`."""
    if toolchain.kind == "msvc":
        return [f"/d1trimfile:{project}\\"]
    clang = "/clang:" if toolchain.style == "msvc" else ""
    return [f"{clang}-ffile-prefix-map={project.as_posix()}=."]


def emulator(request: Request) -> list[str]:
    """Return what runs programs of the target here, if the user names something.

    CMake itself reads the variable since 3.28.
    """
    named = request.host.variable("CMAKE_CROSSCOMPILING_EMULATOR") or ""
    return [word for word in named.split(";") if word]


def find_roots(request: Request) -> list[Path]:
    """Return the folders in which CMake may find headers, libraries and packages."""
    settings = request.settings
    named = map(Path, (*settings.include_dirs, *settings.library_dirs))
    return [
        request.project,
        request.scratch,
        *request.site_folders,
        *dict.fromkeys(folder for path in named for folder in (path, path.parent)),
    ]


def set_list(name: str, values: Sequence[object]) -> str:
    r"""Return the command that sets a list.

    >>> set_list("A", ["x y", 'say "$1"'])
    'set(A\n  "x y"\n  "say \\"\\$1\\"")\n'
    """
    return f"set({name}" + "".join(f"\n  {quoted(value)}" for value in values) + ")\n"


def quoted(value: object) -> str:
    """Return `value` as one quoted argument; paths with the slashes that CMake wants."""
    text = value.as_posix() if isinstance(value, Path) else str(value)
    return '"' + re.sub(r'([\\"$;])', r"\\\1", text) + '"'
