"""Make a data file of winarm.python_exports again.

    python tools/python_exports.py PATH/python315.dll [PATH/python315t.dll ...]

Any architecture's DLL of a final release will do: the exported C API is the same. The file is
written beside the others; commit it together with a line in CHANGELOG.md.

`python3.dll` is refused: one DLL does not say which version brought a name. Its file comes from
CPython's Misc/stable_abi.toml:

    python tools/python_exports.py Misc/stable_abi.toml

Where no DLL of a version can be had, a Linux Python of that version with its headers, ziglang and
wheels of the version for Windows prove which names exist:

    python tools/python_exports.py --wheels FOLDER PATH/bin/python3.15
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pefile  # type: ignore[import-untyped]

from winarm.environment.interpreter import ask
from winarm.errors import WinarmError
from winarm.host import Host
from winarm.python_exports import exported_names, stable_names
from winarm.target import WIN_ARM64, PythonABI
from winarm.target_python.headers import copy_headers
from winarm.target_python.pyconfig import windows_pyconfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from winarm.environment.interpreter import Interpreter
    from winarm.python_exports import ExportKind

FOLDER = Path(__file__).parents[1] / "src" / "winarm" / "python_exports"

#: The full DLLs, whose names are all of one version.
DLL = re.compile(r"python3[0-9]+t?\.dll", re.IGNORECASE)

#: A Python program, such as `python3.15`.
PROGRAM = re.compile(r"python3?(\.[0-9]+t?)?")

#: Conditions in stable_abi.toml under which no release for Windows has a name.
NEVER_ON_WINDOWS = {"HAVE_FORK", "Py_REF_DEBUG", "Py_TRACE_REFS"}
#: Conditions that 64-bit releases for Windows meet from a version on, by their official DLLs.
SINCE = {"USE_STACKCHECK": "3.14"}

#: Declared for all systems and compiled on all but Windows.
NOT_COMPILED_ON_WINDOWS = {"Py_FrozenMain"}

#: What a source that cannot be read ends in.
FAILURES = (WinarmError, OSError, ValueError, subprocess.SubprocessError, pefile.PEFormatError)

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


def main(arguments: list[str] | None = None) -> int:
    """Write a data file for each source that is named; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="+", type=Path, help="DLLs, stable_abi.toml, or Pythons")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels for Windows")
    options = parser.parse_args(arguments)
    for source in options.sources:
        try:
            for stem, lines in rows(source, options.wheels):
                write(options.folder / f"{stem}.txt", lines)
        except FAILURES as error:
            print(f"{source}: {error}", file=sys.stderr)
            return 1
    return 0


def write(file: Path, lines: list[str]) -> None:
    """Write the lines of a data file and print what changes."""
    before = set(file.read_text("ascii").splitlines()) if file.exists() else set()
    file.write_text("".join(f"{line}\n" for line in lines), encoding="ascii", newline="\n")
    gained, lost = len(set(lines) - before), len(before - set(lines))
    print(f"{file}: {len(lines)} names, {gained} new or changed, {lost} gone")


def rows(source: Path, wheels: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each data file that is made from `source`, and its lines.

    :raises ValueError: the source is neither a full DLL, nor stable_abi.toml, nor a Python.
    """
    if source.suffix == ".toml":
        yield "python3", stable_rows(source.read_text("utf-8"))
    elif DLL.fullmatch(source.name):
        names = named_exports(source)
        yield source.stem.lower(), [f"{name} {kind}" for name, kind in names.items()]
    elif PROGRAM.fullmatch(source.name):
        interpreter = ask(Host.current(), source)
        for threading in (False, True):
            abi = replace(interpreter.abi, free_threaded=threading)
            yield abi.library, proven_rows(interpreter, abi, wheels)
    else:
        message = "is neither a python3XX.dll, nor stable_abi.toml, nor a Python"
        raise ValueError(message)


def stable_rows(toml: str) -> list[str]:
    """Return the lines that CPython's manifest of the stable ABI stands for."""
    manifest = tomllib.loads(toml)
    return sorted(
        f"{name} {kind} {SINCE.get(entry.get('ifdef'), entry['added'])}"
        for table, kind in (("function", "FUNC"), ("data", "DATA"))
        for name, entry in manifest.get(table, {}).items()
        if entry.get("ifdef") not in NEVER_ON_WINDOWS
    )


def proven_rows(interpreter: Interpreter, abi: PythonABI, wheels: Path | None) -> list[str]:
    """Return the names that `abi` is proven to have, each with what proves it.

    :param interpreter: of the same version, with the GIL, on another system.
    """
    plain = replace(abi, free_threaded=False)
    previous = {
        dll.free_threaded: dict(exported_names(replace(dll, minor=abi.minor - 1).dll) or {})
        for dll in (plain, replace(plain, free_threaded=True))
    }
    declared = headers_of(interpreter, abi)
    elsewhere = dict(header_names(zig("native"), interpreter.include))
    before = previous[abi.free_threaded]
    candidates: dict[str, ExportKind] = {**before, **stable_names(abi), **declared}
    linux = defined_names(interpreter.executable, candidates) - NOT_COMPILED_ON_WINDOWS
    if abi.free_threaded:
        # Parts of the just-in-time compiler, which these builds do without.
        linux -= previous[False].keys() - before.keys()
    imported = imported_names(wheels, abi) if wheels else set()
    lines = []
    for name, kind in sorted(candidates.items()):
        proofs = {
            "linux": name in linux,
            f"3{abi.minor - 1}": name in before and name in declared and name not in elsewhere,
            "wheels": name in imported,
        }
        if any(proofs.values()):
            lines.append(f"{name} {kind} {','.join(p for p, holds in proofs.items() if holds)}")
    unknown = imported - candidates.keys()
    if unknown:
        message = f"wheels import names that nothing declares: {sorted(unknown)}"
        raise ValueError(message)
    return lines


def headers_of(interpreter: Interpreter, abi: PythonABI) -> dict[str, ExportKind]:
    """Return what the headers of `interpreter` declare for `abi` on Windows."""
    with tempfile.TemporaryDirectory() as folder:
        include = Path(folder, "include")
        copy_headers(interpreter.include, include, windows_pyconfig(abi, WIN_ARM64))
        return header_names(zig(WIN_ARM64.zig_triple), include)


def zig(triple: str) -> tuple[str, ...]:
    """Return the ziglang package as a compiler for a machine."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        message = "needs the ziglang package"
        raise ValueError(message)
    return str(Path(spec.origin).with_name("zig")), "cc", "-target", triple


def imported_names(wheels: Path, abi: PythonABI) -> set[str]:
    """Return what the modules of the wheels in a folder import from the DLL of `abi`."""
    names: set[str] = set()
    for wheel in sorted(wheels.glob(f"*-{abi.tag}-win*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if member.lower().endswith((".pyd", ".dll")):
                    names.update(_imports(archive.read(member), abi.dll))
    return names


def _imports(image: bytes, dll: str) -> Iterator[str]:
    with pefile.PE(data=image, fast_load=True) as parsed:
        parsed.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
        for entry in getattr(parsed, "DIRECTORY_ENTRY_IMPORT", ()):
            if entry.dll.decode().lower() == dll:
                yield from (symbol.name.decode() for symbol in entry.imports if symbol.name)


def named_exports(dll: Path) -> dict[str, ExportKind]:
    """Return what `dll` exports by name, sorted.

    A name whose address is in executable memory, or that forwards to another DLL, is code.
    """
    code = pefile.SECTION_CHARACTERISTICS["IMAGE_SCN_MEM_EXECUTE"]
    with pefile.PE(dll) as image:
        return {
            symbol.name.decode(): "FUNC"
            if symbol.forwarder or image.get_section_by_rva(symbol.address).Characteristics & code
            else "DATA"
            for symbol in sorted(image.DIRECTORY_ENTRY_EXPORT.symbols, key=lambda one: one.name)
        }


def header_names(compiler: Sequence[str], include: Path) -> dict[str, ExportKind]:
    """Return the names that the headers in `include` say the DLL exports, sorted.

    The declarations carry PyAPI_FUNC or PyAPI_DATA, but which of them count, and under which name,
    is only known after preprocessing for the target: macros hide names
    (`#define PyArg_Parse _PyArg_Parse_SizeT`) and markers.

    Three readings make them: the public headers, the same as modules with PY_SSIZE_T_CLEAN see
    them, and the internal ones that modules with Py_BUILD_CORE reach. A header that refuses to be
    included by itself is left out; the headers that it belongs to include it.

    :param include: CPython's headers with a Windows `pyconfig.h`.
    :raises ValueError: the compiler cannot read Python.h.
    """
    read = partial(_preprocessed, compiler, include)
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
    :raises ValueError: Python.h cannot be read either.
    """
    try:
        yield read(headers)
    except ValueError:
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


def defined_names(python: Path, names: Iterable[str]) -> set[str]:
    """Return those of `names` that a Python program itself exports.

    A header may declare what no DLL exports; a module that uses it would link and not load.
    """
    answer = subprocess.run(
        [python, "-I", "-c", _WHICH_EXIST],
        input=json.dumps(sorted(names)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(json.loads(answer.stdout))


def _headers(include: Path, folder: str = "") -> Sequence[str]:
    """Return the headers of a folder below `include` as a source names them."""
    found = (header.relative_to(include).as_posix() for header in (include / folder).glob("*.h"))
    return sorted(name for name in found if not _FOREIGN.search(name))


def _preprocessed(
    compiler: Sequence[str], include: Path, macros: str, headers: Sequence[str]
) -> str:
    """Return what the preprocessor makes of Python.h and then `headers`.

    :raises ValueError: it reports an error.
    """
    included = "".join(f"#include <{header}>\n" for header in ("Python.h", *headers))
    folders = ("-I", str(include), "-I", str(include / "internal"))
    with tempfile.TemporaryDirectory() as folder:
        # From a file: `zig cc -E -` does not find the C library's headers.
        file = Path(folder, "names.c")
        file.write_text(f"{macros}{_MARKED}{included}", encoding="ascii")
        command = [*compiler, *folders, "-E", "-P", "-w", str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        message = f"the headers in {include} cannot be read:\n{answer.stderr.strip()[-2000:]}"
        raise ValueError(message)
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main())
