"""The names a CPython's DLL should export, read from its headers by preprocessing them.

For a Python that winarm has no list of. The declarations carry PyAPI_FUNC or PyAPI_DATA, but
which of them count, and under which name, is only known after preprocessing for the target:
names hide behind macros (`#define PyArg_Parse _PyArg_Parse_SizeT`), and so do markers. What
a header declares and the DLL does not export stays unseen until the module is loaded, so this
is the last resort, not the first.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.python_exports import Kind

#: Stands where a marked declaration begins, after its type: no C token, so nothing expands it.
_MARK = "winarm_declares_"

#: Py_NO_ENABLE_SHARED keeps CPython's own definitions of the markers away.
_MARKED = f"""\
#define Py_NO_ENABLE_SHARED 1
#define PyAPI_FUNC(type) type {_MARK}
#define PyAPI_DATA(type) extern type {_MARK}
"""

#: `__attribute__((noreturn))` and its like may stand between type and name, and so may the rest
#: of the type: `PyAPI_DATA(const char) * const _PyParser_TokenNames[]`.
_BETWEEN = (
    r"(?:\s|\*|\bconst\b|(?:__attribute__|__declspec)"
    r"\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*"
)
_DECLARATION = re.compile(
    rf"\b{_MARK}\b{_BETWEEN}(?:\(\s*\*\s*(?P<pointer>\w+)\s*\)|(?P<name>\w+)\s*(?P<next>.))"
)

#: Not for Windows, or another project's.
_FOREIGN = re.compile(r"curses|emscripten|mimalloc|pymacconfig")


def header_names(host: Host, toolchain: Toolchain, include: Path) -> dict[str, Kind]:
    """Return the names that the headers in `include` say the DLL exports, sorted.

    Three readings make them: the public headers, the same as modules with PY_SSIZE_T_CLEAN see
    them, and the internal ones that modules with Py_BUILD_CORE reach.

    :param include: CPython's headers with a Windows `pyconfig.h`.
    :raises TargetPythonError: the compiler cannot read them.
    """
    public = f"{_MARKED}#include <Python.h>\n"
    names: dict[str, Kind] = {}
    for source in (
        f"{public}{_included(_headers(include))}",
        f"#define PY_SSIZE_T_CLEAN 1\n{public}",
        f"#define Py_BUILD_CORE 1\n{public}{_included(_headers(include, 'internal'))}",
    ):
        names |= declared_names(_preprocessed(host, toolchain, include, source))
    return dict(sorted(names.items()))


def declared_names(text: str) -> dict[str, Kind]:
    """Return the marked names of a preprocessed text.

    What follows the name decides the kind, not the marker: PyAPI_DATA marks some functions.
    """
    return {
        match["pointer"] or match["name"]: "FUNC" if match["next"] == "(" else "DATA"
        for match in _DECLARATION.finditer(text)
    }


def _headers(include: Path, folder: str = "") -> Iterable[str]:
    """Return the headers of a folder below `include` as a source names them."""
    found = (header.relative_to(include).as_posix() for header in (include / folder).glob("*.h"))
    return sorted(name for name in found if not _FOREIGN.search(name))


def _included(headers: Iterable[str]) -> str:
    return "".join(f"#include <{header}>\n" for header in headers)


def _preprocessed(host: Host, toolchain: Toolchain, include: Path, source: str) -> str:
    with tempfile.TemporaryDirectory(prefix="winarm-") as folder:
        # From a file: `zig cc -E -` does not find the C library's headers.
        file = Path(folder, "names.c")
        file.write_text(source, encoding="ascii")
        answer = host.run(
            toolchain.preprocess_command(file, (include, include / "internal")),
            environ=toolchain.environment(host.environ),
            timeout=600,
        )
    if not answer.ok:
        message = f"{toolchain.origin} cannot read the headers in {include}:\n"
        raise TargetPythonError(
            message + answer.stderr.strip()[-2000:],
            why="winarm has no list of what this Python's DLL exports and reads its headers.",
            cure="Name a folder of this Python for Windows with python-dir.",
        )
    return answer.stdout
