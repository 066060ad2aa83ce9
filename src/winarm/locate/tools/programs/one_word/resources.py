"""windres: a resource script becomes a .res file by `zig rc`, and that an object of its own."""

import shutil
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from .layer import ToolError, layer, printed, run
from .objects import ARM64

_Value = TypeVar("_Value")

WINDRES_VALUED = {
    "-i": "input", "--input": "input",
    "-o": "output", "--output": "output",
    "-J": "from", "--input-format": "from",
    "-O": "to", "--output-format": "to",
    "-F": "target", "--target": "target",
    "-I": "include", "--include-dir": "include",
    "-D": "define", "--define": "define",
    "-U": "undefine", "--undefine": "undefine",
    "-c": "codepage", "--codepage": "codepage",
    "-l": "language", "--language": "language",
    "--preprocessor": "preprocessor",
    "--preprocessor-arg": "argument",
}  # fmt: skip


def windres(arguments: list[str]) -> int:
    """Compile a resource script with GNU windres' command line, by `zig rc`."""
    if {"--version", "-V"} & set(arguments):
        return printed("GNU windres (winarm) 2.42")
    if "--help" in arguments or "-h" in arguments:
        return printed("Usage: windres [option(s)] [input-file] [output-file]")
    values: dict[str, list[str]] = {name: [] for name in WINDRES_VALUED.values()}
    files: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument in WINDRES_VALUED:
            values[WINDRES_VALUED[argument]].append(next(rest, ""))
        elif equals and name in WINDRES_VALUED and name.startswith("--"):
            values[WINDRES_VALUED[name]].append(value)
        elif argument[:2] in WINDRES_VALUED and argument[:2] != "--":
            values[WINDRES_VALUED[argument[:2]]].append(argument[2:])
        elif not argument.startswith("-"):
            files.append(argument)
    source, output = (
        (values[name] or files[number : number + 1] or [""])[-1]
        for name, number in (("input", 0), ("output", 0 if values["input"] else 1))
    )
    if not source:
        raise ToolError("windres: no input file")
    output = output or str(Path(Path(source).stem + ".o"))
    return _resource(source, output, values)


def _resource(source: str, output: str, values: dict[str, list[str]]) -> int:
    form = (values["to"] or ["res" if output.lower().endswith(".res") else "coff"])[-1]
    defines, undefines, folders = values["define"], values["undefine"], values["include"]
    depfile = ""
    arguments = iter(values["argument"])
    for argument in arguments:
        value = argument[2:]
        if argument.startswith("-D"):
            defines = [*defines, value or next(arguments, "")]
        elif argument.startswith("-I"):
            folders = [*folders, value or next(arguments, "")]
        elif argument.startswith("-MF"):
            depfile = argument[3:] or next(arguments, "")
    options: list[str] = []
    for sign, given in (("/d", defines), ("/u", undefines), ("/i", folders)):
        for value in given:
            options += [sign, value]
    # Headers of Windows, whichever machine this is.
    options += ["/:auto-includes", "gnu"]
    if values["codepage"]:
        options += ["/c", values["codepage"][-1]]
    if values["language"]:
        options += ["/l", values["language"][-1].removeprefix("0x")]
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
        compiled = source
        if (values["from"] or [""])[-1] != "res" and not source.lower().endswith(".res"):
            compiled = output if form == "res" else str(Path(scratch, "compiled.res"))
            # A path that begins with a slash would be an option: `--` ends them.
            status = run([layer("zig"), "rc", *options, "/fo", compiled, "--", source])
            if status:
                return status
        if form != "res":
            Path(output).write_bytes(resource_object(Path(compiled).read_bytes()))
        elif compiled != output:
            shutil.copyfile(compiled, output)
    if depfile:
        Path(depfile).write_text(f"{output}: {source}\n", encoding="utf-8")
    return 0


class Resource(NamedTuple):
    """One entry of a .res file: where it belongs, and its bytes."""

    sort: int | str
    name: int | str
    language: int
    data: bytes


def resources(data: bytes) -> list[Resource]:
    """Return the entries of a .res file (RESOURCEHEADER).

    :raises ToolError: it is not such a file.
    """
    found, at = [], 0
    try:
        while at + 8 <= len(data):
            size, header = struct.unpack_from("<II", data, at)
            sort, after = _identity(data, at + 8)
            name, after = _identity(data, after)
            after = (after + 3) // 4 * 4
            (language,) = struct.unpack_from("<H", data, after + 6)
            body = data[at + header : at + header + size]
            if header < 16 or len(body) < size:
                raise ToolError("not a .res file")
            if (sort, name) != (0, 0):
                found.append(Resource(sort, name, language, body))
            at = (at + header + size + 3) // 4 * 4
    except (struct.error, UnicodeDecodeError):
        raise ToolError("not a .res file") from None
    return found


def _identity(data: bytes, at: int) -> tuple[int | str, int]:
    (first,) = struct.unpack_from("<H", data, at)
    if first == 0xFFFF:
        return int(struct.unpack_from("<H", data, at + 2)[0]), at + 4
    end = at
    while struct.unpack_from("<H", data, end)[0]:
        end += 2
    return data[at:end].decode("utf-16-le"), end + 2


#: The three levels of a resource tree: types, names, languages.
_Names = dict[int | str, dict[int, bytes]]
_Tree = dict[int | str, _Names]


def resource_object(res: bytes) -> bytes:
    """Return an ARM64 object with the resources of a .res file.

    `.rsrc$01` holds the tree of types, names and languages, `.rsrc$02` the data, as cvtres makes
    them; each entry's address is a relocation against the latter.
    """
    tree: _Tree = {}
    for entry in resources(res):
        tree.setdefault(entry.sort, {}).setdefault(entry.name, {})[entry.language] = entry.data
    return _object(*_Directory(tree).written())


def _order(key: int | str) -> tuple[bool, str, int]:
    # Names come first, then numbers, each in its order.
    return (True, "", key) if isinstance(key, int) else (False, key.upper(), 0)


class _Directory:
    """Writes the two sections of a tree: all tables, then descriptions of data, then names."""

    def __init__(self, tree: _Tree) -> None:
        self._tree = tree
        names = list(tree.values())
        leaves = sum(len(languages) for level in names for languages in level.values())
        tables = 1 + len(tree) + sum(map(len, names))
        entries = len(tree) + sum(map(len, names)) + leaves
        self._free = 0
        self._description = tables * 16 + entries * 8
        self._strings: dict[str, int] = {}
        at = self._description + leaves * 16
        for key in (*tree, *(key for level in names for key in level)):
            if isinstance(key, str) and key not in self._strings:
                self._strings[key] = at
                at += 2 + len(key.encode("utf-16-le"))
        self._first = bytearray((at + 7) // 8 * 8)
        self._second = bytearray()
        self._places: list[int] = []

    def written(self) -> tuple[bytes, bytes, list[int]]:
        """Return both sections, and where the first has addresses in the second."""
        for name, place in self._strings.items():
            encoded = name.encode("utf-16-le")
            struct.pack_into("<H", self._first, place, len(encoded) // 2)
            self._first[place + 2 : place + 2 + len(encoded)] = encoded
        # All tables of one level come before those of the next.
        root = self._table(self._tree)
        second = [
            (self._point(root, index, sort, self._table(names), below=True), names)
            for index, (sort, names) in enumerate(_sorted(self._tree))
        ]
        third = [
            (self._point(table, index, name, self._table(languages), below=True), languages)
            for table, names in second
            for index, (name, languages) in enumerate(_sorted(names))
        ]
        for table, languages in third:
            for index, (language, data) in enumerate(_sorted(languages)):
                self._point(table, index, language, self._data(data), below=False)
        return bytes(self._first), bytes(self._second), self._places

    def _table(self, level: Mapping[Any, object]) -> int:
        place, named = self._free, sum(isinstance(key, str) for key in level)
        struct.pack_into("<IIHHHH", self._first, place, 0, 0, 0, 0, named, len(level) - named)
        self._free += 16 + 8 * len(level)
        return place

    def _point(self, table: int, index: int, key: int | str, to: int, *, below: bool) -> int:
        label = 0x80000000 | self._strings[key] if isinstance(key, str) else key
        target = 0x80000000 | to if below else to
        struct.pack_into("<II", self._first, table + 16 + 8 * index, label, target)
        return to

    def _data(self, data: bytes) -> int:
        place = self._description
        struct.pack_into("<IIII", self._first, place, len(self._second), len(data), 0, 0)
        self._places.append(place)
        self._second += data + bytes(-len(data) % 8)
        self._description += 16
        return place


def _sorted(level: Mapping[Any, _Value]) -> list[tuple[Any, _Value]]:
    return sorted(level.items(), key=lambda item: _order(item[0]))


def _object(first: bytes, second: bytes, places: list[int]) -> bytes:
    """Return the COFF object of the two resource sections."""
    flags = 0x40300040  # initialised data, readable, aligned to 4 bytes
    header = 20 + 2 * 40
    relocations = header + len(first)
    data = relocations + 10 * len(places)
    table = data + len(second)
    section = struct.Struct("<8s8xIII4xH2xI")
    parts = [
        struct.pack("<HHIIIHH", ARM64, 2, 0, table, 2, 0, 0),
        section.pack(b".rsrc$01", len(first), header, relocations, len(places), flags),
        section.pack(b".rsrc$02", len(second), data, 0, 0, flags),
        first,
        # IMAGE_REL_ARM64_ADDR32NB against .rsrc$02, the second symbol.
        *(struct.pack("<IIH", place, 1, 2) for place in places),
        second,
        struct.pack("<8sIhHBB", b".rsrc$01", 0, 1, 0, 3, 0),
        struct.pack("<8sIhHBB", b".rsrc$02", 0, 2, 0, 3, 0),
        (4).to_bytes(4, "little"),
    ]
    return b"".join(parts)
