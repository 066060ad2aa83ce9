"""Run CMake for a project that has Visual Studio in mind, with another generator.

    python cmake_as_on_windows.py CMAKE GENERATOR -- ARGUMENT...

A setup.py that only ever saw Visual Studio names its generator and platform, hands MSBuild's
options to `cmake --build` and looks for what was made in a folder called as the configuration.
Here the generator is winarm's, options of MSBuild are said in CMake's words or left out, and after
`cmake --build DIR --config Release` everything that was made in DIR is in `Release`, too.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence

#: Generators of Visual Studio's compilers, which no other system has.
MICROSOFTS = re.compile(r"(Visual Studio|NMake|Borland|Watcom|MinGW|MSYS)\b.*", re.IGNORECASE)

#: Options that name what only Visual Studio's generators have: platform and toolset.
OF_VISUAL_STUDIO = ("-A", "-T")
DEFINITIONS = re.compile(r"-DCMAKE_GENERATOR_(PLATFORM|TOOLSET|INSTANCE)(:\w+)?=.*")

#: MSBuild's options, which begin with `/` or `-`.
MSBUILD = re.compile(
    r"[/-](m|maxcpucount|nologo|p|property|nr|nodereuse|clp|consoleloggerparameters|verbosity|"
    r"noconlog|noconsolelogger|fl\d?|filelogger|flp\d?|fileloggerparameters|bl|binarylogger|"
    r"restore|r|ds|detailedsummary|tl|graph|t|target)(:.*)?|/v(:.*)?",
    re.IGNORECASE,
)

#: Options with which CMake does something else than configure.
OTHER_MODES = re.compile(
    r"--(build|install|open|version|help.*|find-package|workflow|list-presets.*|system-information)"
    r"|-E|-P|-h|-\?"
)

#: What a build makes and others use, in the order in which names are taken.
MADE = (".lib", ".dll.a", ".a", ".dll", ".pyd", ".exe", ".pdb")


def main(words: Sequence[str]) -> int:
    """Run CMake; return its exit status."""
    cmake, generator, _, *arguments = words
    building = "--build" in arguments
    if building:
        arguments = built(arguments)
    elif not any(OTHER_MODES.fullmatch(word) for word in arguments[:1]):
        arguments = configured(arguments, generator)
        forget(after(arguments, "-B") or ".", os.environ.get("CMAKE_TOOLCHAIN_FILE", ""))
    status = subprocess.run([cmake, *arguments], check=False).returncode  # noqa: S603
    if building and status == 0:
        configuration = after(arguments, "--config")
        folder = after(arguments, "--build") or "."
        if configuration and not has_configurations(folder):
            mirror(folder, configuration)
    return status


def configured(arguments: Sequence[str], generator: str) -> list[str]:
    """Return the arguments of a configuration without what is Visual Studio's.

    >>> configured(["-G", "Visual Studio 17 2022", "-A", "ARM64", "-Thost=x64", ".."], "Ninja")
    ['-G', 'Ninja', '..']
    >>> configured(["-GNinja", "-DX=1"], "Unix Makefiles")
    ['-GNinja', '-DX=1']
    """
    kept: list[str] = []
    words = iter(arguments)
    for word in words:
        option, value = word[:2], word[2:]
        if option == "-G":
            named = value or next(words, "")
            if MICROSOFTS.fullmatch(named.strip()):
                kept += ["-G", generator]
            else:
                kept += [word] if value else [word, named]
        elif option in OF_VISUAL_STUDIO:
            if not value:
                next(words, "")
        elif not DEFINITIONS.fullmatch(word):
            kept.append(word)
    return kept


def built(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a build with MSBuild's options in CMake's words, or left out.

    >>> built(["--build", ".", "--config", "Release", "--", "/m", "/t:x", "-j4"])
    ['--build', '.', '--config', 'Release', '--target', 'x', '--', '-j4']
    >>> built(["--build", ".", "--", "/p:Configuration=Debug", "/verbosity:minimal"])
    ['--build', '.', '--config', 'Debug']
    """
    own = list(arguments)
    tools: list[str] = []
    if "--" in own:
        place = own.index("--")
        own, tools = own[:place], own[place + 1 :]
    kept: list[str] = []
    for word in tools:
        if not MSBUILD.fullmatch(word):
            kept.append(word)
            continue
        name, _, value = word[1:].partition(":")
        if name.lower() in {"t", "target"}:
            own += ["--target", *value.split(";")]
        wanted = re.search(r"(?i)\bConfiguration=(\w+)", value)
        if name.lower() in {"p", "property"} and wanted and "--config" not in own:
            own += ["--config", wanted[1]]
    return [*own, "--", *kept] if kept else own


def after(arguments: Sequence[str], option: str) -> str:
    """Return the value of an option, empty without one."""
    for place, word in enumerate(arguments):
        if word == option:
            return (*arguments, "")[place + 1]
        if word.startswith(f"{option}="):
            return word[len(option) + 1 :]
        if len(option) == 2 and word.startswith(option):  # noqa: PLR2004 - as in -Bbuild
            return word[len(option) :]
    return ""


def forget(folder: str, toolchain: str) -> None:
    """Remove from a build folder what a build with another toolchain file has configured.

    CMake keeps compiler and toolchain file of the first time, and each build has its own.
    """
    known = cached(folder, "CMAKE_TOOLCHAIN_FILE")
    if toolchain and known is not None and known != toolchain:
        os.unlink(os.path.join(folder, "CMakeCache.txt"))
        shutil.rmtree(os.path.join(folder, "CMakeFiles"), ignore_errors=True)


def has_configurations(folder: str) -> bool:
    """Return whether the generator of a build folder has one folder for each configuration."""
    generator = cached(folder, "CMAKE_GENERATOR")
    return not generator or "Multi-Config" in generator or "Visual Studio" in generator


def cached(folder: str, entry: str) -> str | None:
    """Return what CMake has noted in a build folder; empty if not, None in another folder."""
    cache = os.path.join(folder, "CMakeCache.txt")
    try:
        with open(cache, encoding="utf-8", errors="replace") as file:
            found = re.search(rf"^{entry}:\w+=(.*)$", file.read(), re.MULTILINE)
    except OSError:
        return None
    return found[1] if found else ""


def mirror(folder: str, configuration: str) -> None:
    """Put everything that was made in a build folder into folders of the configuration's name."""
    taken: set[str] = set()
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in {"CMakeFiles", configuration}]
        made = [(rank(name), name) for name in files if rank(name) < len(MADE)]
        for _, name in sorted(made):
            for called in names_of(name):
                place = os.path.join(here, configuration, called)
                if place not in taken:
                    taken.add(place)
                    put(os.path.join(here, name), place)


def rank(name: str) -> int:
    """Return the place of a file's ending in `MADE`, or its length for other files."""
    found = (place for place, end in enumerate(MADE) if name.lower().endswith(end))
    return next(found, len(MADE))


def names_of(name: str) -> list[str]:
    """Return a file's name, and the one that Visual Studio gives to such a file.

    >>> names_of("libz.a"), names_of("libz.dll.a"), names_of("z.dll"), names_of("z.lib")
    (['libz.a', 'z.lib'], ['libz.dll.a', 'z.lib'], ['z.dll'], ['z.lib'])
    """
    for ending in (".dll.a", ".a"):
        if name.endswith(ending):
            return [name, name[: -len(ending)].removeprefix("lib") + ".lib"]
    return [name]


def put(file: str, place: str) -> None:
    """Put a file in another place; what an earlier build put there is replaced."""
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.lexists(place):
        os.unlink(place)
    try:
        os.link(file, place)
    except OSError:
        shutil.copy2(file, place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
