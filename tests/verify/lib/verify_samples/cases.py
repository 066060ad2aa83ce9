"""What cases of the hostile set are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_samples import image as im
from verify_samples import wheel as wh

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ARM64_WHEEL = "pkg-1.0-cp313-cp313-win_arm64.whl"
ABI3_WHEEL = "pkg-1.0-cp311-abi3-win_arm64.whl"
FREE_WHEEL = "pkg-1.0-cp313-cp313t-win_arm64.whl"
ANY_WHEEL = "pkg-1.0-py3-none-any.whl"
PYD = "pkg/_x.cp313-win_arm64.pyd"
DIST_INFO = "pkg-1.0.dist-info"


@dataclass(frozen=True)
class Case:
    """A wheel that is wrong in one way."""

    what: str
    code: str
    make: Callable[[Path], Path]
    others: frozenset[str] = field(default_factory=frozenset)


CASES: list[Case] = []


def case(what: str, code: str, *others: str) -> Callable[[Callable[[Path], Path]], None]:
    """Add a case to the set; `others` are codes that necessarily come with it."""

    def add(make: Callable[[Path], Path]) -> None:
        CASES.append(Case(what, code, make, frozenset(others)))

    return add


def files(what: str, code: str, *others: str, filename: str = ARM64_WHEEL, **extra: object) -> (
    Callable[[Callable[[], Mapping[str, bytes]]], None]
):  # fmt: skip
    """Add a case whose wheel is right in all but these files."""

    def add(make: Callable[[], Mapping[str, bytes]]) -> None:
        def build(folder: Path) -> Path:
            return wh.wheel(folder, make(), filename, **extra)  # type: ignore[arg-type]

        CASES.append(Case(what, code, build, frozenset(others)))

    return add


def one(what: str, code: str, content: bytes, *others: str, **extra: object) -> None:
    """Add a case in which the module itself is wrong."""
    files(what, code, *others, **extra)(lambda: {PYD: content})  # type: ignore[arg-type]


def beside(what: str, code: str, name: str, content: bytes, *others: str) -> None:
    """Add a case in which a file beside a good module is wrong."""
    files(what, code, *others)(lambda: {PYD: im.module(), name: content})


def raw(what: str, code: str, *others: str) -> Callable[[Callable[[], bytes]], None]:
    """Add a case whose archive is made byte by byte."""

    def add(make: Callable[[], bytes]) -> None:
        def build(folder: Path) -> Path:
            path = folder / ARM64_WHEEL
            path.write_bytes(make())
            return path

        CASES.append(Case(what, code, build, frozenset(others)))

    return add


def good() -> dict[str, bytes]:
    """Return the members of a wheel without fault."""
    return wh.contents(ARM64_WHEEL, {PYD: im.module()})


def needing(dll: str, *symbols: str | int) -> bytes:
    """Return a module that needs a further DLL."""
    imports = {"python313.dll": ["PyModuleDef_Init"], dll: symbols or ["f"]}
    return im.module(imports=imports)
