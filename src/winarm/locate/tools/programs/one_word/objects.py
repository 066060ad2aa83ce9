"""Object files, import libraries and archives of them, as nm and objdump read them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .layer import ToolError, fields

ARM64 = 0xAA64
#: Bytes of an archive that are read at most; LLVM's own libraries are smaller.
MAX_FILE = 2**31


class Symbol(NamedTuple):
    """A symbol as nm prints it."""

    value: int | None
    letter: str
    name: str


class Member(NamedTuple):
    """One member of an archive, or a file that is not an archive."""

    name: str
    data: bytes


def members(path: str) -> Iterator[Member]:
    """Yield the objects in a file: it itself, or an archive's.

    :raises ToolError: the file cannot be read, or is a damaged archive.
    """
    try:
        if Path(path).stat().st_size > MAX_FILE:
            raise ToolError(f"{path}: larger than 2 GB")
        data = Path(path).read_bytes()
    except OSError as error:
        raise ToolError(f"{path}: {error.strerror}") from None
    if not data.startswith(b"!<arch>\n"):
        yield Member("", data)
        return
    names, at = b"", 8
    while at + 60 <= len(data):
        header = data[at : at + 60]
        size = header[48:58].strip()
        if not size.isdigit() or at + 60 + int(size) > len(data):
            raise ToolError(f"{path}: the archive is damaged")
        body = data[at + 60 : at + 60 + int(size)]
        name = header[:16].rstrip().decode("latin-1")
        if name == "//":
            names = body
        elif re.fullmatch(r"/\d+", name):
            start = int(name[1:])
            end = min(
                (e for e in (names.find(b"\0", start), names.find(b"/\n", start)) if e >= 0),
                default=len(names),
            )
            yield Member(names[start:end].decode("utf-8", "replace"), body)
        elif name not in {"/", "/<ECSYMBOLS>/", "/SYM64/"}:
            yield Member(name.rstrip("/"), body)
        at += 60 + int(size) + int(size) % 2


def symbols(data: bytes) -> list[Symbol]:
    """Return the symbols of an object, or of what stands for a DLL's symbol.

    :raises ToolError: it is not an object of this kind.
    """
    if data[:4] == b"\0\0\xff\xff" and data[4:6] == b"\0\0":
        return _import_symbols(data)
    if data[:4] == b"\0\0\xff\xff":
        sections, table, count = fields("<III", data, 44)
        start, size = 56, 20
    else:
        machine, sections, _, table, count, optional = fields("<HHIIIH2x", data)
        if machine not in {0, ARM64, 0xA641, 0xA64E, 0x8664, 0x14C}:
            raise ToolError("file format not recognized")
        start, size = 20 + optional, 18
    flags = [
        fields("<I", data, start + 40 * index + 36)[0] for index in range(min(sections, 65535))
    ]
    return list(_table(data, table, count, size, flags))


def _table(data: bytes, at: int, count: int, size: int, flags: list[int]) -> Iterator[Symbol]:
    if at == 0 or at + count * size > len(data):
        return
    strings = at + count * size
    index = 0
    while index < count:
        entry = data[at + index * size : at + (index + 1) * size]
        (value,) = fields("<I", entry, 8)
        section = fields("<i" if size == 20 else "<h", entry, 12)[0]
        storage, auxiliary = entry[size - 2], entry[size - 1]
        index += 1 + auxiliary
        if storage not in {2, 3, 105}:
            continue
        if entry[:4] == b"\0\0\0\0":
            start = strings + fields("<I", entry, 4)[0]
            end = data.find(b"\0", start)
            name = data[start:end].decode("utf-8", "replace")
        else:
            name = entry[:8].rstrip(b"\0").decode("utf-8", "replace")
        letter = _letter(section, value, storage, flags)
        yield Symbol(None if letter in "Uw" else value, letter, name)


def _letter(section: int, value: int, storage: int, flags: list[int]) -> str:
    outside = storage in {2, 105}
    if section == 0:
        return "C" if value and storage == 2 else "w" if storage == 105 else "U"
    if section < 0:
        return "A" if outside else "a"
    flag = flags[section - 1] if section <= len(flags) else 0
    if flag & 0x20:
        letter = "T"
    elif flag & 0x80:
        letter = "B"
    elif flag & 0x80000000:
        letter = "D"
    elif flag & 0x200:
        letter = "N"
    else:
        letter = "R"
    return letter if outside else letter.lower()


def _import_symbols(data: bytes) -> list[Symbol]:
    sort = fields("<H2x", data, 18)[0] & 3
    name = data[20:].split(b"\0", 1)[0].decode("utf-8", "replace")
    pointer = Symbol(0, "D", f"__imp_{name}")
    # Functions have a thunk; variables are reached through the pointer only.
    return [pointer, Symbol(0, "T", name)] if sort == 0 else [pointer]
