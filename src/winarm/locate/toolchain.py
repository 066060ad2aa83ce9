"""The value that locating ends in: a toolchain that makes code for the target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.target import Target

#: How a toolchain's compiler reads its command line.
Style = Literal["gnu", "msvc"]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Programs that make code for `target`, each as the beginning of a command line."""

    #: `zig`; later `llvm-mingw`, `clang-cl`, `msvc`.
    kind: str
    version: str
    #: Where it was found, for people: `ziglang 0.17.1 of this Python`.
    origin: str
    target: Target
    style: Style
    #: Compiles and links C.
    cc: tuple[str, ...]
    #: Compiles and links C++.
    cxx: tuple[str, ...]
    #: Makes static libraries.
    ar: tuple[str, ...]
    #: Compiles Windows resources.
    rc: tuple[str, ...]
    #: Makes import libraries from `.def` files.
    dlltool: tuple[str, ...]
    #: Variables that the programs need in their environment.
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def compiler_type(self) -> str:
        """Return what distutils calls this family of compilers."""
        return "msvc" if self.style == "msvc" else "mingw32"
