"""The target's Python, as far as a compiler and a linker see it: headers and import libraries.

Looked for in this order:

1. a folder of a Python for Windows that the user names (`python-dir`), or that cibuildwheel's
   `DIST_EXTRA_CONFIG` names through `library_dirs`;
2. what can be made here without a network: the building interpreter's own headers with a
   Windows `pyconfig.h`, and import libraries made from the names that the DLLs export.

A source that fetches belongs between the two: weaker than what is named, stronger than what is
made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import FileSystemError, TargetPythonError
from winarm.host import Host
from winarm.python_exports import ExportKind, names_in_release, stable_names
from winarm.storage import cached_folder
from winarm.target import PythonABI, Target
from winarm.target_python.headers import (
    copy_headers,
    headers_identity,
    read_header,
    require_headers,
    write_compatible_headers,
)
from winarm.target_python.pyconfig import adapted_pyconfig, is_windows_pyconfig, windows_pyconfig
from winarm.target_python.python_folder import PythonFolder, folder_beside, named_folder

if TYPE_CHECKING:
    from winarm.environment.interpreter import Interpreter
    from winarm.locate.toolchain import Toolchain

#: Goes into the names of cached folders: raised when the same facts make another folder.
GENERATOR = 2

#: What a whole folder of headers has for certain.
_HEADERS = ("include/Python.h", "include/pyconfig.h")


@dataclass(frozen=True, slots=True)
class TargetPython:
    """Headers and import libraries of a Python on the target."""

    #: Holds Python.h and a Windows pyconfig.h.
    include: Path
    #: Holds the import libraries: `python313.lib`, `python3.lib`.
    libraries: Path
    #: Where they come from, for people.
    origin: str


def provide(
    host: Host,
    interpreter: Interpreter,
    target: Target,
    toolchain: Toolchain,
    *,
    python_dir: Path | None = None,
    library_dirs: Sequence[Path] = (),
) -> TargetPython:
    """Return headers and import libraries for modules that `interpreter` builds for `target`.

    :param python_dir: a Python for Windows that the user names, NuGet's or python.org's layout.
    :param library_dirs: folders that may hold import libraries, with the headers next to them.
    :raises TargetPythonError: there is none, or the one that is named is not the right one.
    :raises FileSystemError: the cache cannot be written.
    """
    abi = interpreter.abi
    try:
        if python_dir is not None:
            return _installed(host, abi, target, named_folder(python_dir, abi, target))
        if (found := folder_beside(library_dirs, abi, target)) is not None:
            return _installed(host, abi, target, found)
        return _made(host, interpreter, target, toolchain)
    except OSError as error:
        # Not the cache, which speaks for itself: a header or a library.
        raise FileSystemError(
            error.filename or interpreter.include,
            error,
            cure="Make it readable, or name another Python for Windows with python-dir.",
        ) from error


def _installed(host: Host, abi: PythonABI, target: Target, found: PythonFolder) -> TargetPython:
    """Return a Windows Python's own files; its headers as a copy if they need a word more."""
    own = read_header(found.include / "pyconfig.h")
    adapted = adapted_pyconfig(own, abi)
    include = found.include
    if adapted != own:
        key = _cache_key(abi, target, (headers_identity(found.include), adapted))

        def make(folder: Path) -> None:
            copy_headers(found.include, folder / "include", adapted)

        include = cached_folder(host.cache / "python" / key, _HEADERS, make) / "include"
    return TargetPython(
        include=include,
        libraries=found.libraries,
        origin=f"the Python for Windows in {found.libraries.parent}",
    )


def _made(
    host: Host, interpreter: Interpreter, target: Target, toolchain: Toolchain
) -> TargetPython:
    """Return the interpreter's headers and libraries made from names, from the cache or new."""
    require_headers(interpreter, host.system)
    abi = interpreter.abi
    pyconfig = _pyconfig(host, interpreter, target)
    promises = _promises(interpreter)

    def make(folder: Path) -> None:
        include, libraries = folder / "include", folder / "libs"
        copy_headers(interpreter.include, include, pyconfig)
        if toolchain.style == "gnu":
            write_compatible_headers(include)
        libraries.mkdir()
        for dll, names in promises.items():
            make_import_library(host, toolchain, dll, names, libraries / _library(dll))

    facts = (
        interpreter.version,
        headers_identity(interpreter.include),
        *(toolchain.kind, toolchain.version, toolchain.style),
        pyconfig,
        *(f"{dll} {sorted(names.items())}" for dll, names in promises.items()),
    )
    folder = cached_folder(
        host.cache / "python" / _cache_key(abi, target, facts),
        (*_HEADERS, *(f"libs/{_library(dll)}" for dll in promises)),
        make,
    )
    return TargetPython(
        include=folder / "include",
        libraries=folder / "libs",
        origin=f"the headers of {interpreter.executable} with a Windows pyconfig.h; import "
        f"libraries made with {toolchain.origin}",
    )


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


def _promises(interpreter: Interpreter) -> dict[str, Mapping[str, ExportKind]]:
    """Return the names of each DLL that a module may be linked to."""
    abi, patch = interpreter.abi, int(interpreter.version.rpartition(".")[2])
    promises = {abi.dll: names_in_release(abi, patch), abi.stable_dll: stable_names(abi)}
    if abi.abi3t_library is not None:
        promises[f"{abi.abi3t_library}.dll"] = stable_names(abi)
    return promises


def _pyconfig(host: Host, interpreter: Interpreter, target: Target) -> str:
    own = read_header(interpreter.include / "pyconfig.h") if host.system == "windows" else ""
    # An MSYS2 Python runs on Windows, too, but its pyconfig.h is what configure wrote.
    if is_windows_pyconfig(own):
        return adapted_pyconfig(own, interpreter.abi)
    return windows_pyconfig(interpreter.abi, target)


def _cache_key(abi: PythonABI, target: Target, facts: Iterable[str]) -> str:
    """Return the name of the folder made from these facts; from others another is made."""
    joined = "\0".join((str(GENERATOR), *facts))
    digest = hashlib.sha256(joined.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{abi.tag}-{target.wheel_platform}-{digest[:16]}"


def _library(dll: str) -> str:
    return f"{dll.removesuffix('.dll')}.lib"
