"""The target's Python, as far as a compiler and a linker see it: headers and import libraries.

Looked for in this order:

1. a folder of a Python for Windows that the user names (`python-dir`), or that cibuildwheel's
   `DIST_EXTRA_CONFIG` names through `library_dirs`;
2. what can be made here without a network: the building interpreter's own headers with a
   Windows `pyconfig.h`, and import libraries made from the names that the DLLs export.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winarm.build.cached_folder import cached_folder
from winarm.build.headers import copy_headers, headers_identity, read_header, require_headers
from winarm.build.import_library import make_import_library
from winarm.build.pyconfig import adapted_pyconfig, is_windows_pyconfig, windows_pyconfig
from winarm.errors import TargetPythonError
from winarm.python_exports import exported_names, stable_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winarm.build.interpreter import Interpreter
    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.python_exports import Kind
    from winarm.target import PythonABI, Target

#: Goes into the names of cached folders: raised when the same facts make another folder.
GENERATOR = 1


@dataclass(frozen=True, slots=True)
class TargetPython:
    """Headers and import libraries of a Python on the target."""

    abi: PythonABI
    target: Target
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
    :param library_dirs: folders that may hold import libraries, with the headers beside them.
    :raises TargetPythonError: there is none, or the one that is named is not the right one.
    :raises FileSystemError: the cache cannot be written.
    """
    return _made(host, interpreter, target, toolchain)


def _made(
    host: Host, interpreter: Interpreter, target: Target, toolchain: Toolchain
) -> TargetPython:
    """Return the interpreter's headers and libraries made from names, from the cache or new."""
    require_headers(interpreter, host.system)
    abi = interpreter.abi
    pyconfig = _pyconfig(host, interpreter, target)
    promises = {abi.dll: exported_names(abi.dll), abi.stable_dll: stable_names(abi)}

    def make(folder: Path) -> None:
        include, libraries = folder / "include", folder / "libs"
        copy_headers(interpreter.include, include, pyconfig)
        libraries.mkdir()
        for dll, names in promises.items():
            found = _found_names(host, interpreter, toolchain, include) if names is None else names
            make_import_library(host, toolchain, dll, found, libraries / _library(dll))

    folder = cached_folder(
        host.cache / "python" / _cache_key(interpreter, toolchain, pyconfig, promises),
        ("include/Python.h", "include/pyconfig.h", *(f"libs/{_library(dll)}" for dll in promises)),
        make,
    )
    return TargetPython(
        abi=abi,
        target=target,
        include=folder / "include",
        libraries=folder / "libs",
        origin=f"the headers of {interpreter.executable} with a Windows pyconfig.h; import "
        f"libraries made with {toolchain.origin}",
    )


def _pyconfig(host: Host, interpreter: Interpreter, target: Target) -> str:
    own = read_header(interpreter.include / "pyconfig.h") if host.system == "windows" else ""
    # An MSYS2 Python runs on Windows, too, but its pyconfig.h is what configure wrote.
    if is_windows_pyconfig(own):
        return adapted_pyconfig(own, interpreter.abi)
    return windows_pyconfig(interpreter.abi, target)


def _found_names(
    host: Host, interpreter: Interpreter, toolchain: Toolchain, include: Path
) -> Mapping[str, Kind]:
    """Return what the DLL exports of a Python that winarm has no list of."""
    message = f"{interpreter.abi.dll} {host} {toolchain} {include}"
    raise TargetPythonError(message)


def _cache_key(
    interpreter: Interpreter,
    toolchain: Toolchain,
    pyconfig: str,
    promises: Mapping[str, Mapping[str, Kind] | None],
) -> str:
    """Return the name of the folder made from these facts; other facts have another name."""
    facts = [
        str(GENERATOR),
        interpreter.version,
        headers_identity(interpreter.include),
        toolchain.kind,
        toolchain.version,
        toolchain.style,
        pyconfig,
    ]
    facts += (f"{dll} {sorted((names or {}).items())}" for dll, names in promises.items())
    digest = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{interpreter.abi.tag}-{toolchain.target.wheel_platform}-{digest[:16]}"


def _library(dll: str) -> str:
    return f"{dll.removesuffix('.dll')}.lib"
