"""What a shell needs in its environment to use a toolchain: what vcvarsall sets, and more."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winarm.host import Host, System
    from winarm.locate.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class ShellVariables:
    """Variables to set, and folders to put before those on PATH."""

    variables: Mapping[str, str]
    path: tuple[str, ...]


def shell_variables(host: Host, toolchain: Toolchain) -> ShellVariables:
    """Return what makes other programs use `toolchain` by the names that they know."""
    commands = {
        "CC": toolchain.cc,
        "CXX": toolchain.cxx,
        "AR": toolchain.ar,
        "RC": toolchain.rc,
    }
    if toolchain.style == "gnu":
        commands["DLLTOOL"] = toolchain.dlltool
    else:
        commands["LD"] = toolchain.link
        commands["MT"] = toolchain.mt
    words = {name: command_text(command, host.system) for name, command in commands.items()}
    target = {"VSCMD_ARG_TGT_ARCH": toolchain.target.vs_arch} if toolchain.style == "msvc" else {}
    found = {name: text for name, text in words.items() if text}
    return ShellVariables({**target, **toolchain.environ, **found}, tuple(map(str, toolchain.path)))


def command_text(command: Sequence[str], system: System) -> str:
    """Return a command line as one text, quoted as make, CMake and distutils split it there.

    >>> command_text(("C:/Program Files/cl.exe", "/c"), "windows")
    '"C:/Program Files/cl.exe" /c'
    """
    if system != "windows":
        return shlex.join(command)
    return " ".join(f'"{word}"' if " " in word else word for word in command)
