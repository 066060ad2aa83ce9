"""Small libraries that are what their names say, and folders with such files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify_samples.image import ARM64, coff, image, library, module, short_import

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: A module in a wheel.
PYD = "pkg/_x.cp313-win_arm64.pyd"


def table(*names: str) -> tuple[str, bytes]:
    """Return the member of an archive that lists its symbols."""
    count = len(names).to_bytes(4, "big")
    return "/", count + bytes(4 * len(names)) + b"\0".join(map(str.encode, names)) + b"\0"


def static(*names: str, machine: int = ARM64) -> bytes:
    return library(table(*(names or ("f",))), ("x.o/", coff(machine)))


def imports(*names: str, machine: int = ARM64) -> bytes:
    return library(table(*(names or ("f", "__imp_f"))), ("x.dll/", short_import(machine)))


def dll(*needs: str, machine: int = ARM64) -> bytes:
    wanted = dict.fromkeys(needs or ("kernel32.dll",), ("g",))
    return image(machine=machine, exports=("f", "g"), imports=wanted)


def needing(*dlls: str) -> bytes:
    """Return a module of Python 3.13 that needs DLLs."""
    return module(imports={"python313.dll": ["PyModuleDef_Init"], **{name: ["f"] for name in dlls}})


def tree(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below `root`, and return it."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root
