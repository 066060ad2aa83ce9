"""Which library of Windows has a symbol, from the import definitions that a toolchain ships."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from winarm.locate import folders
from winarm.locate.toolchain import Toolchain

#: Symbols that are looked for at most: a failed link may lack thousands.
MAX_SYMBOLS = 50
#: Larger files are not import libraries of Windows, the largest of which has 10 MB.
MAX_FILE = 2**25

_ENDING = re.compile(r"(?:\.def(?:\.in)?|\.dll\.a|\.a|\.lib)$", re.IGNORECASE)


def libraries_of(toolchain: Toolchain, symbols: Iterable[str]) -> Mapping[str, str]:
    """Return the library of Windows that exports each symbol, for those that one does.

    A symbol that several have is in the one with the shortest name that is no API set.
    """
    wanted = list(dict.fromkeys(symbols))[:MAX_SYMBOLS]
    found: dict[str, str] = {}
    if not wanted:
        return found
    patterns = {symbol: _forms(symbol) for symbol in wanted}
    for library, text in sorted(_definitions(toolchain), key=lambda pair: _rank(pair[0])):
        for symbol, (definition, member) in patterns.items():
            if symbol not in found and (member in text or definition.search(text)):
                found[symbol] = library
    return found


def _forms(symbol: str) -> tuple[re.Pattern[bytes], bytes]:
    name = symbol.encode("utf-8", "replace")
    # `name`, `name@8`, `name DATA`, `F64(name)`; and the name of the pointer in an archive's index.
    line = rb"(?m)^[ \t]*(?:F\w+\()?" + re.escape(name) + rb"(?:@\d+)?\)?(?:[ \t=\r]|$)"
    return re.compile(line), b"\0__imp_" + name + b"\0"


def _rank(library: str) -> tuple[bool, int, str]:
    return library.startswith(("api-ms-", "ext-ms-")), len(library), library


def _definitions(toolchain: Toolchain) -> Iterator[tuple[str, bytes]]:
    for folder in (*toolchain.definitions, *toolchain.library_dirs):
        for name in folders.names(folder):
            ending = _ENDING.search(name)
            if ending and (text := _read(folder / name)) is not None:
                library = name[: ending.start()].lower()
                if ending[0].lower().endswith("a"):
                    library = library.removeprefix("lib")
                yield library, text


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes() if file.stat().st_size <= MAX_FILE else None
    except OSError:
        return None
