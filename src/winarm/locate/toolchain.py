"""The value that locating ends in: a toolchain that makes code for the target."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.target import Target

#: How a toolchain's compiler reads its command line.
Style = Literal["gnu", "msvc"]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Programs that make code for `target`, each as the beginning of a command line."""

    #: `msvc`, `clang-cl`, `llvm-mingw` or `zig`.
    kind: str
    version: str
    #: Where it was found, for people: `the ziglang package in …`.
    origin: str
    target: Target
    style: Style
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
    #: Folders with the headers of C and of Windows, where the compiler does not have its own.
    include_dirs: tuple[Path, ...] = ()
    #: Folders with the libraries of C and of Windows, likewise.
    library_dirs: tuple[Path, ...] = ()
    #: What whoever builds should know about the choice, one sentence each.
    notes: tuple[str, ...] = ()

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with what the programs need in it, and their folders first on PATH."""
        # Windows ignores the case of names, so that one spelling must replace all others.
        own = {name.upper() for name in self.environ}
        kept = {name: value for name, value in base.items() if name.upper() not in own}
        inherited = base.get("PATH", "").split(os.pathsep)
        path = dict.fromkeys((*map(str, self.path), *filter(None, inherited)))
        return {**kept, **self.environ, "PATH": os.pathsep.join(path)}

    @property
    def compiler_type(self) -> str:
        """Return what distutils calls this family of compilers."""
        return "msvc" if self.style == "msvc" else "mingw32"
