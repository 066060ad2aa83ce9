"""CPython's C headers: found, recognised and copied next to another `pyconfig.h`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from winarm.environment.interpreter import Interpreter
    from winarm.host import System
    from winarm.target import PythonABI

#: CPython's own folders below Python.h. Anything else there (numpy, greenlet …) was put there by
#: another project and describes the types of this machine.
_FOLDERS = ("cpython", "internal")

#: Headers that projects include by themselves. /Zp1 packs a project's structures; those of a
#: Python that is built already keep their layout.
_INCLUDED = ("Python.h", "structmember.h", "datetime.h", "frameobject.h")
_PACKED = b"#pragma pack(push, 16)\n%s\n#pragma pack(pop)\n"

_VERSION = re.compile(r"^\s*#\s*define\s+PY_(MAJOR|MINOR)_VERSION\s+(\d+)", re.MULTILINE)

#: A header of Microsoft's compiler that others have under another name. Next to Python.h every
#: build tool finds it.
_ARM64_NEON = """\
/* Made by winarm. */
#if defined(_MSC_VER) && !defined(__clang__)
#  error "Microsoft's own arm64_neon.h is meant"
#endif
#include <arm_neon.h>
"""

#: Most that is read of a header; CPython's longest has 120 KB.
_MOST = 2**20


def copy_headers(source: Path, destination: Path, pyconfig: str) -> None:
    """Copy CPython's headers and write `pyconfig` among them.

    `#include "pyconfig.h"` finds the file next to the one that includes it before any on the
    search path, so another `pyconfig.h` needs another copy of all.

    :raises OSError: a file cannot be read or written.
    """
    destination.mkdir()
    for header in _own_headers(source):
        copy = destination / header.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if header.name in _INCLUDED and header.parent == source:
            copy.write_bytes(_PACKED % header.read_bytes())
        else:
            shutil.copyfile(header, copy)
    (destination / "pyconfig.h").write_text(pyconfig, encoding="utf-8")


def write_compatible_headers(include: Path) -> None:
    """Write headers of Microsoft's compiler for a toolchain of another style.

    :raises OSError: a file cannot be written.
    """
    (include / "arm64_neon.h").write_text(_ARM64_NEON, encoding="ascii")


def _own_headers(source: Path) -> Iterator[Path]:
    for header in source.glob("*.h"):
        # Fedora splits it: pyconfig.h includes pyconfig-64.h.
        if not header.name.startswith("pyconfig"):
            yield header
    for folder in _FOLDERS:
        yield from (source / folder).rglob("*.h")


def headers_version(include: Path) -> str | None:
    """Return the version, such as `3.13`, that patchlevel.h states, or None."""
    found = dict(_VERSION.findall(read_header(include / "patchlevel.h")))
    return f"{found['MAJOR']}.{found['MINOR']}" if len(found) == 2 else None  # noqa: PLR2004


def read_header(path: Path) -> str:
    """Return the text of a header; a missing one is empty."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_MOST)
    except (FileNotFoundError, NotADirectoryError):
        return ""


def headers_identity(include: Path) -> str:
    """Return what changes when another build's headers are put into the folder."""
    stats = ((include / name).stat() for name in ("Python.h", "patchlevel.h"))
    return " ".join((str(include), *(f"{stat.st_size}:{stat.st_mtime_ns}" for stat in stats)))


def require_headers(interpreter: Interpreter, system: System) -> None:
    """Check that the building interpreter's headers are installed and its own.

    :raises TargetPythonError: they are not; says which package has them.
    """
    include = interpreter.include
    if not all((include / name).is_file() for name in ("Python.h", "patchlevel.h")):
        raise TargetPythonError(
            f"{interpreter.executable} has no C headers: there is no {include / 'Python.h'}.",
            why="Many systems install a Python without what C extensions are built with.",
            cure=_where_headers_are(interpreter.abi, system),
        )
    version = headers_version(include)
    if version != interpreter.abi.version:
        raise TargetPythonError(
            f"the headers in {include} are those of Python {version}, but "
            f"{interpreter.executable} is {interpreter.abi.version}.",
            why="The headers of two Pythons share a folder, or an update was left half done.",
            cure=_where_headers_are(interpreter.abi, system),
        )


def _where_headers_are(abi: PythonABI, system: System) -> str:
    if system == "windows":
        return (
            "Install Python from python.org, the Microsoft Store, NuGet or with uv; the "
            "embeddable package has no headers."
        )
    if system == "macos":
        return f"Install Python {abi.version} from python.org, or with Homebrew, pyenv or uv."
    debian = f"python{abi.version}-dev"
    if abi.free_threaded:
        return (
            f"Install python{abi.version}-nogil-dev or lib{debian} (Debian, Ubuntu), "
            f"python{abi.version}-freethreading-devel (Fedora), or a free-threaded Python that "
            "uv or pyenv brings."
        )
    return (
        f"Install {debian} or lib{debian} (Debian, Ubuntu), python{abi.version}-devel or "
        f"python3-devel (Fedora, RHEL), python{abi.nodot}-devel (openSUSE), python3-dev (Alpine), "
        "or use a Python that uv or pyenv brings."
    )
