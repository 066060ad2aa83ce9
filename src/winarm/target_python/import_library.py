"""Import libraries, made from the names that a DLL exports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.python_exports import ExportKind


def make_import_library(
    host: Host, toolchain: Toolchain, dll: str, names: Mapping[str, ExportKind], library: Path
) -> None:
    """Write `library`, through which code links to `names` in `dll`.

    The definition file that it is made from stays next to it.

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
        raise TargetPythonError(
            f"{toolchain.origin} cannot make an import library for {dll}:\n{said}",
            why="The toolchain is incomplete or does not know this machine.",
            cure="Choose another with --toolchain, or name a Python for Windows with python-dir.",
        )


def module_definition(dll: str, names: Mapping[str, ExportKind]) -> str:
    """Return the module definition (`.def`) that promises `names` of `dll`."""
    rows = (f"    {name}{' DATA' if kind == 'DATA' else ''}\n" for name, kind in names.items())
    return "".join((f'LIBRARY "{dll}"\nEXPORTS\n', *rows))
