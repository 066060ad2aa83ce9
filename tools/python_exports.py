"""Make a data file of winarm.python_exports anew from a CPython DLL.

    python tools/python_exports.py PATH/python315.dll [PATH/python315t.dll ...]

Any architecture's DLL of a final release will do: the exported C API is the same. The file is
written beside the others; commit it together with a line in CHANGELOG.md.

`python3.dll` is refused: one DLL does not say which version brought a name. Its file comes from
CPython's Misc/stable_abi.toml:

    python tools/python_exports.py Misc/stable_abi.toml
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

from winarm.errors import WinarmError
from winarm.target_python.export_directory import read_exports

FOLDER = Path(__file__).parents[1] / "src" / "winarm" / "python_exports"

#: The full DLLs, whose names are all of one version.
DLL = re.compile(r"python3[0-9]+t?\.dll", re.IGNORECASE)

#: Conditions in stable_abi.toml under which no release for Windows has a name.
NEVER_ON_WINDOWS = {"HAVE_FORK", "Py_REF_DEBUG", "Py_TRACE_REFS"}


def main(arguments: list[str] | None = None) -> int:
    """Write a data file for each source that is named; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="+", type=Path, help="DLLs, or stable_abi.toml")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    options = parser.parse_args(arguments)
    for source in options.sources:
        try:
            stem, lines = rows(source)
        except (WinarmError, OSError, ValueError) as error:
            print(f"{source}: {error}", file=sys.stderr)
            return 1
        file = options.folder / f"{stem}.txt"
        before = set(file.read_text("ascii").splitlines()) if file.exists() else set()
        file.write_text("".join(f"{line}\n" for line in lines), encoding="ascii", newline="\n")
        gained, lost = len(set(lines) - before), len(before - set(lines))
        print(f"{file}: {len(lines)} names, {gained} new or changed, {lost} gone")
    return 0


def rows(source: Path) -> tuple[str, list[str]]:
    """Return the name of the data file for `source`, and its lines.

    :raises ValueError: the source is neither a full DLL nor stable_abi.toml.
    """
    if source.suffix == ".toml":
        return "python3", stable_rows(source.read_text("utf-8"))
    if not DLL.fullmatch(source.name):
        message = "is neither a python3XX.dll nor stable_abi.toml"
        raise ValueError(message)
    return source.stem.lower(), [f"{name} {kind}" for name, kind in read_exports(source).items()]


def stable_rows(toml: str) -> list[str]:
    """Return the lines that CPython's manifest of the stable ABI stands for."""
    manifest = tomllib.loads(toml)
    return sorted(
        f"{name} {kind} {entry['added']}"
        for table, kind in (("function", "FUNC"), ("data", "DATA"))
        for name, entry in manifest.get(table, {}).items()
        if entry.get("ifdef") not in NEVER_ON_WINDOWS
    )


if __name__ == "__main__":
    sys.exit(main())
