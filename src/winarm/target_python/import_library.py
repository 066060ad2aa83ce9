"""Import libraries: made from a DLL's names, and asked which machine they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.python_exports import Kind

_MAGIC = b"!<arch>\n"
_MEMBER_HEADER = 60
#: Members that are looked at before giving up: only the linker's own indexes come first.
_MEMBERS = 8


def make_import_library(
    host: Host, toolchain: Toolchain, dll: str, names: Mapping[str, Kind], library: Path
) -> None:
    """Write `library`, through which code links to `names` in `dll`.

    The definition file that it is made from stays beside it.

    :raises TargetPythonError: the toolchain cannot make it.
    :raises OSError: the files cannot be written.
    """
    definition = library.with_suffix(".def")
    definition.write_text(module_definition(dll, names), encoding="ascii")
    answer = host.run(
        toolchain.import_library_command(definition, library),
        environ=toolchain.environment(host.environ),
        timeout=600,
    )
    if not answer.ok or not library.is_file():
        said = (answer.stderr.strip() or answer.stdout.strip())[-2000:]
        message = f"{toolchain.origin} cannot make an import library for {dll}:\n{said}"
        raise TargetPythonError(
            message,
            why="The toolchain is incomplete or does not know this machine.",
            cure="Choose another with --toolchain, or name a Python for Windows with python-dir.",
        )


def module_definition(dll: str, names: Mapping[str, Kind]) -> str:
    """Return the module definition (`.def`) that promises `names` of `dll`."""
    rows = (f"    {name}{' DATA' if kind == 'DATA' else ''}\n" for name, kind in names.items())
    return "".join((f'LIBRARY "{dll}"\nEXPORTS\n', *rows))


def library_machine(library: Path) -> int | None:
    """Return the COFF machine that an import library is for, or None if it is none at all.

    Reads the header of the first member that is code: a short import (PE/COFF specification,
    "Import Library Format") or a COFF object.

    :raises OSError: the file cannot be read.
    """
    with library.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return None
        for _ in range(_MEMBERS):
            header = file.read(_MEMBER_HEADER)
            if len(header) < _MEMBER_HEADER or not header[48:58].strip().isdigit():
                return None
            size = int(header[48:58])
            if not header.startswith((b"/ ", b"// ", b"/<")):
                start = file.read(8)
                short = start.startswith(b"\x00\x00\xff\xff")
                return int.from_bytes(start[6:8] if short else start[:2], "little")
            # Members begin at even offsets.
            file.seek(size + size % 2, 1)
    return None
