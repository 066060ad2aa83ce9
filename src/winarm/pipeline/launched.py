"""The compilers as a compiler cache takes them: one word each, the same on every machine.

ccache and sccache recognise a compiler by its name, take the first word for it, and find results
by the content of that file. winarm's compilers may be several words, or a program that names
folders of this machine; so each gets a script whose content is the toolchain's identity, and which
runs what a variable holds. Two machines with one remote store then find each other's results.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.backends.provision import Provision

if TYPE_CHECKING:
    from winarm.plan import EquippedBuild

#: The names by which caches recognise the compilers, by language.
_NAMES = {
    "c": ("clang", "cc", "WINARM_LAUNCHED_CC"),
    "c++": ("clang++", "cxx", "WINARM_LAUNCHED_CXX"),
}


def compilers(build: EquippedBuild, scratch: Path) -> tuple[dict[str, list[str]], Provision]:
    """Return the first words of setuptools' compilations by language, and what these need.

    They run through the launcher that the user has set.
    """
    launcher, toolchain = build.settings.launcher, build.toolchain
    # No path of the build stays in the image: `__FILE__` counts from the project. In a result that
    # a cache keeps such flags would be another build's, so they are in the scripts there.
    hidden = toolchain.prefix_map(build.folder)
    commands = {
        language: [*map(str, getattr(toolchain, of)), *hidden]
        for language, (_, of, _) in _NAMES.items()
    }
    if launcher is None:
        return commands, Provision()
    if toolchain.style == "msvc":
        # clang-cl and cl are one word, and are recognised as they are.
        return {name: [launcher, *words] for name, words in commands.items()}, Provision()
    windows = build.host.system == "windows"
    identity = f"{toolchain.kind} {toolchain.version} {toolchain.target.wheel_platform}"
    files: dict[Path, str] = {}
    variables: dict[str, str] = {}
    for language, (name, _, variable) in _NAMES.items():
        script = scratch / "launched" / (f"{name}.cmd" if windows else name)
        if windows:
            files[script] = f"@rem {identity}\r\n@%{variable}% %*\r\n"
            variables[variable] = " ".join(f'"{word}"' for word in commands[language])
        else:
            files[script] = f'#!/bin/sh\n# {identity}\neval "exec ${variable}" \'"$@"\'\n'
            variables[variable] = shlex.join(commands[language])
        commands[language] = [launcher, str(script)]
    return commands, Provision(variables, files=files)
