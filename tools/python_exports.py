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
import re
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pefile  # type: ignore[import-untyped]

from winarm.environment.interpreter import ask
from winarm.errors import WinarmError
from winarm.host import Host
from winarm.locate.toolchain import Toolchain
from winarm.python_exports import exported_names, stable_names
from winarm.target import WIN_ARM64, PythonABI
from winarm.target_python.export_directory import named_exports
from winarm.target_python.header_names import defined_names, header_names
from winarm.target_python.headers import copy_headers
from winarm.target_python.pyconfig import windows_pyconfig

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        except (WinarmError, OSError, ValueError) as error:
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
        host = Host.current()
        interpreter = ask(host, source)
        for threading in (False, True):
            abi = replace(interpreter.abi, free_threaded=threading)
            yield abi.library, proven_rows(host, interpreter, abi, wheels)
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


def proven_rows(
    host: Host, interpreter: Interpreter, abi: PythonABI, wheels: Path | None
) -> list[str]:
    """Return the names that `abi` is proven to have, each with what proves it.

    :param interpreter: of the same version, with the GIL, on another system.
    """
    plain = replace(abi, free_threaded=False)
    previous = {
        dll.free_threaded: dict(exported_names(replace(dll, minor=abi.minor - 1).dll) or {})
        for dll in (plain, replace(plain, free_threaded=True))
    }
    declared = declared_names(host, interpreter, abi)
    elsewhere = dict(header_names(host, zig("native"), interpreter.include))
    before = previous[abi.free_threaded]
    candidates: dict[str, ExportKind] = {**before, **stable_names(abi), **declared}
    linux = defined_names(host, interpreter, candidates) - NOT_COMPILED_ON_WINDOWS
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


def declared_names(host: Host, interpreter: Interpreter, abi: PythonABI) -> dict[str, ExportKind]:
    """Return what the headers of `interpreter` declare for `abi` on Windows."""
    with tempfile.TemporaryDirectory() as folder:
        include = Path(folder, "include")
        copy_headers(interpreter.include, include, windows_pyconfig(abi, WIN_ARM64))
        return header_names(host, zig(WIN_ARM64.zig_triple), include)


def zig(triple: str) -> Toolchain:
    """Return the ziglang package as a compiler for a machine."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        message = "needs the ziglang package"
        raise ValueError(message)
    program = str(Path(spec.origin).with_name("zig"))
    compiler = (program, "cc", "-target", triple)
    return Toolchain(
        kind="zig",
        version="",
        origin="the ziglang package",
        target=WIN_ARM64,
        cc=compiler,
        cxx=compiler,
        ar=(program, "ar"),
        rc=(program, "rc"),
        dlltool=(program, "dlltool"),
    )


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


if __name__ == "__main__":
    sys.exit(main())
