"""The compilers as a compiler cache takes them: one word each, the same on every machine.

ccache and sccache recognise a compiler by its name, take the first word for it, and find results
by the content of that file. winarm's compilers may be several words, or a program that names
folders of this machine; so each gets a script whose content is the toolchain's identity, and which
runs what a variable holds. Two machines with one remote store then find each other's results.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from winarm.plan import EquippedBuild

#: The names by which caches recognise the compilers, by language.
_NAMES = {
    "c": ("clang", "cc", "WINARM_LAUNCHED_CC"),
    "c++": ("clang++", "cxx", "WINARM_LAUNCHED_CXX"),
}


@dataclass(frozen=True, slots=True)
class LaunchedCompilers:
    """What the child puts before a compilation; nothing without a launcher."""

    #: Text of each script.
    files: Mapping[Path, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    #: The first words of a compilation, by language, and the words that they replace.
    spec: Mapping[str, Any] = field(default_factory=dict)


def launched_compilers(build: EquippedBuild, scratch: Path) -> LaunchedCompilers:
    """Return how setuptools' compilations run through the launcher that the user has set."""
    launcher, toolchain = build.settings.launcher, build.toolchain
    if launcher is None:
        return LaunchedCompilers()
    if toolchain.style == "msvc":
        # clang-cl and cl are one word, and are recognised as they are.
        command = list(toolchain.cc)
        one = {"instead": command, "words": [launcher, *command], "hidden": []}
        return LaunchedCompilers(spec=dict.fromkeys(_NAMES, one))
    windows = build.host.system == "windows"
    # They name a folder that is another one in each build, and would make each result its own.
    hidden = list(toolchain.prefix_map(build.folder))
    identity = f"{toolchain.kind} {toolchain.version} {toolchain.target.wheel_platform}"
    files: dict[Path, str] = {}
    variables: dict[str, str] = {}
    spec: dict[str, Any] = {}
    for language, (name, of, variable) in _NAMES.items():
        command = list(map(str, getattr(toolchain, of)))
        script = scratch / "launched" / (f"{name}.cmd" if windows else name)
        if windows:
            files[script] = f"@rem {identity}\r\n@%{variable}% %*\r\n"
            variables[variable] = " ".join(f'"{word}"' for word in (*command, *hidden))
        else:
            files[script] = f'#!/bin/sh\n# {identity}\neval "exec ${variable}" \'"$@"\'\n'
            variables[variable] = shlex.join((*command, *hidden))
        words = [launcher, str(script)]
        spec[language] = {"instead": command, "words": words, "hidden": hidden}
    return LaunchedCompilers(files, variables, spec)
