"""What a shell needs in its environment to use a toolchain: what vcvarsall sets, and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from winarm.host import Host
from winarm.locate.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class ShellVariables:
    """Variables to set, and folders to put before those on PATH."""

    variables: Mapping[str, str]
    path: tuple[str, ...]


def shell_variables(host: Host, toolchain: Toolchain) -> ShellVariables:
    """Return what makes other programs use `toolchain` by the names that they know."""
    target = {"VSCMD_ARG_TGT_ARCH": toolchain.target.vs_arch} if toolchain.style == "msvc" else {}
    variables = {**target, **toolchain.environ, **toolchain.variables(host.system)}
    return ShellVariables(variables, tuple(map(str, toolchain.path)))
