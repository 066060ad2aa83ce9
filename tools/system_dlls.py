r"""Refresh the list of DLLs that every Windows on Arm has.

From an ARM64 Windows itself, which is the authority (run it there, or on a mounted image):

    python tools/system_dlls.py --system32 C:\\Windows\\System32

or, where there is none, from the table that delvewheel (MIT licence) publishes of the ARM64
images it found in System32 of Windows 10 and 11 discs:

    pip install delvewheel && python tools/system_dlls.py --delvewheel

Both add `EXTRA`. DLLs that Windows updates or other installers may bring without being promised
by Windows (`NOT_PROMISED`) are left out. API sets (api-ms-win-*, ext-ms-*) are a rule, no list.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import re
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image
from winarm.target import WIN_ARM64

DATA = Path(__file__).parents[1] / "src" / "winarm" / "verify" / "system_dlls.txt"

#: In Windows on Arm, though the discs' System32 does not show them as ARM64 images by these
#: names: each is in Microsoft's documentation or in the import libraries of the Windows SDK.
EXTRA = {
    "avicap32.dll",
    "avifil32.dll",
    "dxcore.dll",
    "glu32.dll",
    "icu.dll",
    "mscoree.dll",
    "msvfw32.dll",
    "opengl32.dll",
    "winhvplatform.dll",
    "winspool.drv",
}

#: Compilers' runtimes: a machine may have them, Windows does not promise them.
NOT_PROMISED = re.compile(
    r"(vcruntime|msvcp|concrt|vccorlib|vcomp|vcamp|mfc|mfcm|atl|msvcr)[0-9]{2,3}.*|python.*"
)
#: Yet part of Windows since long ago.
PROMISED = {"atl.dll", "mfc42.dll", "mfc42u.dll", "msvcp60.dll", "msvcp110_win.dll"}

HEADER = """\
# DLLs that every Windows on Arm has. Made by tools/system_dlls.py; do not edit.
# Source: {source}
# Added by hand: {extra}
"""


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--system32", type=Path, help="a System32 folder of Windows on Arm")
    source.add_argument("--delvewheel", action="store_true", help="the installed delvewheel's list")
    arguments = parser.parse_args()
    if arguments.system32:
        names, origin = from_system32(arguments.system32), "System32 of a Windows on Arm"
    else:
        names, origin = from_delvewheel()
    promised = {name for name in names if name in PROMISED or not NOT_PROMISED.fullmatch(name)}
    header = HEADER.format(source=origin, extra=", ".join(sorted(EXTRA - names)))
    DATA.write_text(header + "".join(f"{name}\n" for name in sorted(promised | EXTRA)), "ascii")
    print(f"{len(promised | EXTRA)} names in {DATA}")


def from_system32(folder: Path) -> set[str]:
    """Return the names, in lower case, of the ARM64 and ARM64X images in `folder`."""
    return {
        path.name.lower()
        for path in folder.iterdir()
        if path.suffix.lower() in {".dll", ".drv"} and path.is_file() and is_arm64(path)
    }


def is_arm64(path: Path) -> bool:
    """Return whether a native ARM64 process can load the image."""
    try:
        return read_image(path.read_bytes(), lambda _: False).loads_on(WIN_ARM64)
    except MalformedError:
        return False


def from_delvewheel() -> tuple[set[str], str]:
    """Return the names that delvewheel lists for ARM64, and where they are from."""
    table = importlib.import_module("delvewheel._dll_list")
    version = importlib.metadata.version("delvewheel")
    origin = (
        f"delvewheel {version} (MIT licence), which read the ARM64 images in System32 of "
        "Windows 10 and 11 discs"
    )
    return {name.lower() for name in table.ignore_names_arm64}, origin


if __name__ == "__main__":
    main()
