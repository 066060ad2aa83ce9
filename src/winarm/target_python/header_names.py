"""The names a CPython's DLL should export, read from its headers by preprocessing them.

For a Python that winarm has no list of. The declarations carry PyAPI_FUNC or PyAPI_DATA, but
which of them count, and under which name, is only known after preprocessing for the target:
macros hide names (`#define PyArg_Parse _PyArg_Parse_SizeT`) and markers.

A header may declare what no DLL exports. A module that uses such a name would link and then fail
to load, so `defined_names` asks a Python of the same version which of them exist.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import TargetPythonError
from winarm.host import Host, ProgramError

if TYPE_CHECKING:
    from winarm.environment.interpreter import Interpreter
    from winarm.locate.toolchain import Toolchain
    from winarm.python_exports import ExportKind

#: Marks where a declaration begins, after its type. No macro has this name.
_MARK = "winarm_declares_"

#: Py_NO_ENABLE_SHARED keeps CPython's own definitions of the markers away.
_MARKED = f"""\
#define Py_NO_ENABLE_SHARED 1
#define PyAPI_FUNC(type) type {_MARK}
#define PyAPI_DATA(type) extern type {_MARK}
"""

#: `__attribute__((noreturn))` and similar may be between type and name, and so may the rest
#: of the type: `PyAPI_DATA(const char) * const _PyParser_TokenNames[]`.
_BETWEEN = (
    r"(?:\s|\*|\bconst\b|(?:__attribute__|__declspec)"
    r"\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*"
)
_DECLARATION = re.compile(
    rf"\b{_MARK}\b{_BETWEEN}(?:\(\s*\*\s*(?P<pointer>\w+)\s*\)|(?P<name>\w+)\s*(?P<next>.))"
)

#: Run in the interpreter: a JSON list of names in, those that exist out.
_WHICH_EXIST = """
import ctypes, json, sys
print(json.dumps([name for name in json.load(sys.stdin) if hasattr(ctypes.pythonapi, name)]))
"""

#: Not for Windows, or another project's.
_FOREIGN = re.compile(r"curses|emscripten|mimalloc|pymacconfig")


def header_names(host: Host, toolchain: Toolchain, include: Path) -> dict[str, ExportKind]:
    """Return the names that the headers in `include` say the DLL exports, sorted.

    Three readings make them: the public headers, the same as modules with PY_SSIZE_T_CLEAN see
    them, and the internal ones that modules with Py_BUILD_CORE reach. A header that refuses to be
    included by itself is left out; the headers that it belongs to include it.

    :param include: CPython's headers with a Windows `pyconfig.h`.
    :raises TargetPythonError: the compiler cannot read Python.h.
    """
    read = partial(_preprocessed, host, toolchain, include)
    texts = [
        *_readable(partial(read, ""), _headers(include)),
        read("#define PY_SSIZE_T_CLEAN 1\n", ()),
        *_readable(partial(read, "#define Py_BUILD_CORE 1\n"), _headers(include, "internal")),
    ]
    names: dict[str, ExportKind] = {}
    for text in texts:
        names |= declared_names(text)
    return dict(sorted(names.items()))


def _readable(read: Callable[[Sequence[str]], str], headers: Sequence[str]) -> Iterator[str]:
    """Yield the preprocessed text of all headers but those that cannot be included alone.

    :param read: preprocesses Python.h and some headers.
    :raises TargetPythonError: Python.h cannot be read either.
    """
    try:
        yield read(headers)
    except TargetPythonError:
        if not headers:
            raise
        # Halves until the culprits are alone: few calls of the compiler where few refuse.
        middle = len(headers) // 2
        for half in (headers[:middle], headers[middle:]) if middle else ((),):
            yield from _readable(read, half)


def declared_names(text: str) -> dict[str, ExportKind]:
    """Return the marked names of a preprocessed text.

    What follows the name decides the kind, not the marker: PyAPI_DATA marks some functions.
    """
    return {
        match["pointer"] or match["name"]: "FUNC" if match["next"] == "(" else "DATA"
        for match in _DECLARATION.finditer(text)
    }


def defined_names(host: Host, interpreter: Interpreter, names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` that the program of `interpreter` itself exports.

    Empty when it cannot tell: a Python without ctypes, or one on Windows.
    """
    try:
        answer = host.run(
            [interpreter.executable, "-I", "-c", _WHICH_EXIST],
            input=json.dumps(sorted(names)),
            timeout=60,
        )
        found = json.loads(answer.stdout)
    except (ProgramError, json.JSONDecodeError):
        return frozenset()
    return frozenset(map(str, found))


def _headers(include: Path, folder: str = "") -> Sequence[str]:
    """Return the headers of a folder below `include` as a source names them."""
    found = (header.relative_to(include).as_posix() for header in (include / folder).glob("*.h"))
    return sorted(name for name in found if not _FOREIGN.search(name))


def _preprocessed(
    host: Host, toolchain: Toolchain, include: Path, macros: str, headers: Sequence[str]
) -> str:
    """Return what the preprocessor makes of Python.h and then `headers`.

    :raises TargetPythonError: it reports an error.
    """
    included = "".join(f"#include <{header}>\n" for header in ("Python.h", *headers))
    with tempfile.TemporaryDirectory(prefix="winarm-") as folder:
        # From a file: `zig cc -E -` does not find the C library's headers.
        file = Path(folder, "names.c")
        file.write_text(f"{macros}{_MARKED}{included}", encoding="ascii")
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
