"""CMake, called by any backend: a toolchain file, a generator, and the number of jobs.

All of it goes through variables that CMake reads itself (CMAKE_TOOLCHAIN_FILE since 3.21,
CMAKE_GENERATOR since 3.15), so that scikit-build-core, a setup.py that runs cmake and a plugin of
any other backend are served alike and no command line is edited.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from winarm.backends.provision import Provision
from winarm.errors import UsageError
from winarm.libraries.view import Native
from winarm.locate.toolchain import Toolchain, wrapper_script
from winarm.plan import CHILD, Build, EquippedBuild
from winarm.project.build_system import Project

#: The package that holds the toolchain files, which work without winarm, too.
FILES = "winarm.toolchains"

#: Runs a compiler without some of its arguments.
WITHOUT_FLAGS = CHILD / "without_flags.py"

#: Runs CMake for a project that has Visual Studio in mind.
AS_ON_WINDOWS = CHILD / "cmake_as_on_windows.py"

#: Backends that call CMake in their own way.
_OWN_CMAKE = frozenset(("mesonpy", "scikit_build_core"))

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

#: Distributions whose users run CMake.
_CMAKE = frozenset(("cmake", "scikit-build", "scikit-build-core"))


def is_required(project: Project) -> bool:
    """Return whether a project's build requirements name something that runs CMake."""
    return not _CMAKE.isdisjoint(project.system.required_names)


def early_provision(build: Build) -> Provision:
    """Return the variables of hooks that compile nothing.

    :raises UsageError: the generator that is asked for does not exist here.
    """
    generator = choose_generator(build)
    host = build.environment_host
    variables = {
        "CMAKE_BUILD_PARALLEL_LEVEL": str(build.jobs),
        **{name: value for name in KEPT if (value := host.variable(name))},
        "CMAKE_GENERATOR": generator,
    }
    arguments = portable_arguments(host.variable("CMAKE_ARGS") or "")
    if arguments:
        variables["CMAKE_ARGS"] = shlex.join(arguments)
    if is_visual_studio(generator):
        variables["CMAKE_GENERATOR_PLATFORM"] = build.target.processor
    return Provision(variables)


def provision(build: EquippedBuild, scratch: Path) -> Provision:
    """Return the variables and files that make CMake build for the target."""
    file = scratch / "cmake" / "toolchain.cmake"
    variables = {"CMAKE_TOOLCHAIN_FILE": file.as_posix()}
    scripts = compiler_scripts(build, scratch)
    if scripts:
        # They are written for each build, so a compiler cache must compare their content.
        variables["CCACHE_COMPILERCHECK"] = "content"
    files = {file: toolchain_file(build, scratch), **dict(scripts.values())}
    return Provision(variables, files=files, programs=program_as_on_windows(build))


def program_as_on_windows(build: Build) -> dict[str, str]:
    """Return a program `cmake` for code that has Visual Studio in mind, where there is a CMake.

    Backends that know CMake themselves need none, and a Windows host takes no script for it.
    """
    host = build.environment_host
    cmake = host.which("cmake")
    if cmake is None or host.system == "windows" or build.project.backend.package in _OWN_CMAKE:
        return {}
    # -I and -S: nothing of the build's own gets in, and it starts in 15 ms.
    command = [build.python, "-I", "-S", AS_ON_WINDOWS, cmake, choose_generator(build), "--"]
    return {"cmake": wrapper_script([str(word) for word in command], host.system)}


def choose_generator(build: Build) -> str:
    """Return the name of the generator: the one that is asked for, Ninja, or Makefiles.

    :raises UsageError: a Visual Studio generator is asked for on another system.
    """
    host, asked = build.environment_host, build.settings.generator
    if asked is None:
        # Both take one compiler from the toolchain file; Visual Studio's takes its own.
        ninja, make = (host.which(program) for program in ("ninja", "make"))
        return "Unix Makefiles" if make and not ninja else "Ninja"
    if is_visual_studio(asked) and host.system != "windows":
        raise UsageError(
            f"the CMake generator {asked!r} does not exist on {host.system}.",
            why="Visual Studio runs on Windows only.",
            cure="Leave `generator` out, or set it to Ninja.",
        )
    return asked


def is_visual_studio(generator: str) -> bool:
    """Return whether a generator takes its compiler from Visual Studio."""
    return generator.startswith("Visual Studio")


def portable_arguments(arguments: str) -> list[str]:
    """Return the arguments of CMAKE_ARGS that are about the project, not about the host.

    >>> portable_arguments("-DWITH_TLS=OFF -DCMAKE_AR=/opt/conda/bin/x86_64-conda-linux-gnu-ar")
    ['-DWITH_TLS=OFF']
    """
    try:
        words = shlex.split(arguments)
    except ValueError:
        return []
    return [word for word in words if not _HOSTS.match(word)]


def toolchain_file(build: EquippedBuild, scratch: Path) -> str:
    """Return a toolchain file that names this build's programs and folders.

    What CMake does with them is in the file that it includes.
    """
    toolchain, python, abi = build.toolchain, build.target_python, build.interpreter.abi
    own = style_file(toolchain, choose_generator(build))
    numpy = build.numpy.get("include", "")
    compilers = compiler_commands(build, scratch)
    flags = [
        *toolchain.tolerant_flags,
        *build.compile_flags,
        *toolchain.prefix_map(build.folder),
    ]
    lists: dict[str, Sequence[object]] = {
        "WINARM_CC": compilers["C"],
        "WINARM_CXX": compilers["CXX"],
        "WINARM_TOOLS": [toolchain.tools] if toolchain.tools else [],
        "WINARM_AR": toolchain.ar,
        "WINARM_RC": toolchain.rc,
        "WINARM_LINK": toolchain.link,
        "WINARM_MT": toolchain.mt,
        "WINARM_INCLUDE_DIRS": toolchain.include_dirs,
        "WINARM_LIBRARY_DIRS": toolchain.library_dirs,
        "WINARM_FLAGS": flags,
        "WINARM_LINK_FLAGS": build.link_flags,
        "WINARM_FIND_ROOT_PATH": find_roots(build, scratch),
        "WINARM_PREFIX_PATH": prefix_path(build.native),
        "WINARM_EMULATOR": emulator(build),
        "WINARM_PYTHON_EXECUTABLE": [build.python],
        "WINARM_PYTHON_INCLUDE_DIR": [python.include],
        "WINARM_PYTHON_LIBRARY": [python.libraries / f"{abi.library}.lib"],
        "WINARM_PYTHON_SABI_LIBRARY": [python.libraries / f"{abi.stable_library}.lib"],
        "WINARM_PYTHON_SOABI": [abi.soabi(build.target)],
        "WINARM_NUMPY_INCLUDE_DIR": [numpy] if numpy else [],
    }
    for language in ("C", "CXX"):
        lists[f"CMAKE_{language}_COMPILER_LAUNCHER"] = launcher(build)
    return "".join(
        (
            "# Made by winarm for one build.\n",
            *(set_list(name, values) for name, values in lists.items() if values),
            f"include({quoted(own)})\n",
        )
    )


def compiler_commands(build: EquippedBuild, scratch: Path) -> dict[str, Sequence[str]]:
    """Return how each language's compiler is called: by its script, where there is one."""
    scripts = {name: [str(file)] for name, (file, _) in compiler_scripts(build, scratch).items()}
    return {"C": build.toolchain.cc, "CXX": build.toolchain.cxx, **scripts}


def compiler_scripts(build: EquippedBuild, scratch: Path) -> dict[str, tuple[Path, str]]:
    """Return scripts that are the compilers in one word, by language, where that is needed."""
    toolchain, system = build.toolchain, build.host.system
    if not toolchain.one_word_compiler:
        return {}
    ending = ".cmd" if system == "windows" else ""
    file = scratch / "cmake" / "bin" / f"{toolchain.one_word_compiler}{ending}"
    commands = {"C": toolchain.cc, "CXX": toolchain.cxx}
    return {name: (file, wrapper_script(words, system)) for name, words in commands.items()}


def launcher(build: EquippedBuild) -> list[object]:
    """Return the command that CMake puts before each compiler."""
    settings = build.settings
    command: list[object] = []
    if settings.drop_flags and build.toolchain.tools is None:
        # -I and -S: nothing of the build's own gets in, and it starts in 15 ms.
        command = [build.python, "-I", "-S", WITHOUT_FLAGS, *settings.drop_flags, "--"]
    return [*command, settings.launcher] if settings.launcher else command


def style_file(toolchain: Toolchain, generator: str) -> Path:
    """Return the file of `toolchains/` that knows this kind of toolchain."""
    kind = "visual-studio" if is_visual_studio(generator) else toolchain.kind
    return Path(str(files(FILES))) / f"{toolchain.target.sysconfig_platform}-{kind}.cmake"


def emulator(build: Build) -> list[str]:
    """Return what runs programs of the target here, if the user names something.

    CMake itself reads the variable since 3.28.
    """
    named = build.environment_host.variable("CMAKE_CROSSCOMPILING_EMULATOR") or ""
    return [word for word in named.split(";") if word]


def find_roots(build: EquippedBuild, scratch: Path) -> list[Path]:
    """Return the folders in which CMake may find headers, libraries and packages."""
    settings = build.settings
    named = map(Path, (*settings.include_dirs, *settings.library_dirs))
    return [
        build.folder,
        scratch,
        *build.site_folders,
        *dict.fromkeys(folder for path in named for folder in (path, path.parent)),
        *prefix_path(build.native),
    ]


def prefix_path(native: Native) -> list[Path]:
    """Return the folders that have the `include`, `lib` and packages of the target's libraries."""
    # The view first: its `lib` has every spelling.
    return [*([native.library_dir.parent] if native.library_dir else ()), *native.roots]


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
