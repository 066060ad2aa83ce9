"""A Python for Windows in a folder, NuGet's layout or python.org's, checked before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.library import read_library
from winarm.coff.machines import OBJECT_MACHINES
from winarm.errors import TargetPythonError, bullets
from winarm.locate.folders import inside, names
from winarm.target import PythonABI, Target
from winarm.target_python.headers import headers_version, read_header
from winarm.target_python.pyconfig import is_windows_pyconfig

#: `python313.lib`, `python313t.lib`: which Python a folder of libraries is of.
_LIBRARY = re.compile(r"python3[0-9]+t?\.lib", re.IGNORECASE)

#: Most that is read of an import library; CPython's have less than 1 MB.
_MOST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class PythonFolder:
    """Headers and import libraries as a Python for Windows installs them."""

    include: Path
    libraries: Path


def named_folder(folder: Path, abi: PythonABI, target: Target) -> PythonFolder:
    """Return the Python in the folder that the user names with python-dir.

    The folder may be NuGet's package, its `tools`, or where python.org's installer put Python.

    :raises TargetPythonError: it is not that of this ABI and target; says each reason.
    """
    for root in (folder, folder / "tools"):
        include, libraries = inside(root, "include"), inside(root, "libs")
        if include is not None and libraries is not None:
            found = PythonFolder(include, libraries)
            _require_fit(found, folder, abi, target)
            return found
    raise TargetPythonError(
        f"python-dir names {folder}, which holds no Python for Windows.",
        why="It has no folders include and libs, nor has a folder tools in it.",
        cure=_cure(abi, target),
    )


def folder_beside(
    library_dirs: Sequence[Path], abi: PythonABI, target: Target
) -> PythonFolder | None:
    """Return the Python whose import library is in one of `library_dirs`, or None.

    cibuildwheel names a NuGet package's `tools/libs`; its headers are next to it.

    :raises TargetPythonError: there is one, for another target or with other headers.
    """
    for libraries in library_dirs:
        if inside(libraries, f"{abi.library}.lib") is None:
            continue
        include = inside(libraries.parent, "include")
        if include is None:
            continue
        found = PythonFolder(include, libraries)
        _require_fit(found, libraries, abi, target)
        return found
    return None


def _require_fit(found: PythonFolder, named: Path, abi: PythonABI, target: Target) -> None:
    problems = [*_header_problems(found.include, abi), *_library_problems(found, abi, target)]
    if problems:
        raise TargetPythonError(
            f"the Python in {named} is not the {abi.tag} for {target.wheel_platform} that this "
            f"build needs:\n{bullets(problems)}",
            why="Modules built with it would not load, or would misread memory.",
            cure=_cure(abi, target),
        )


def _header_problems(include: Path, abi: PythonABI) -> Iterator[str]:
    if not (include / "Python.h").is_file():
        yield f"{include} has no Python.h"
        return
    version = headers_version(include)
    if version != abi.version:
        yield f"its headers are those of Python {version or 'unknown'}, not {abi.version}"
    if not is_windows_pyconfig(read_header(include / "pyconfig.h")):
        yield f"{include / 'pyconfig.h'} is not that of a Python for Windows"


def _library_problems(found: PythonFolder, abi: PythonABI, target: Target) -> Iterator[str]:
    library = inside(found.libraries, f"{abi.library}.lib")
    if library is None:
        others = filter(_LIBRARY.fullmatch, names(found.libraries))
        yield f"{found.libraries} has no {abi.library}.lib, but {' and '.join(others) or 'none'}"
        return
    try:
        with library.open("rb") as file:
            found_in = read_library(file.read(_MOST))
    except MalformedError:
        found_in = None
    if found_in is None or not found_in.kinds:
        yield f"{library} is not an import library"
    elif found_in.kinds != {OBJECT_MACHINES[target.machine]}:
        yield f"{library} is for {found_in.label}, not {target.processor}"


def _cure(abi: PythonABI, target: Target) -> str:
    package = {"ARM64": "pythonarm64", "AMD64": "python", "x86": "pythonx86"}[target.processor]
    flavour = "-freethreaded" if abi.free_threaded else ""
    return (
        f"Name an unpacked NuGet package {package}{flavour} {abi.version}, or leave it out: "
        "winarm then uses the headers of the Python that builds."
    )
