"""The rarer one-word tools of a toolchain, in Python: `tools.py TOOL argument…`.

The launcher (launcher.c) runs this for everything but compilers, `ar` and `ranlib`. It is copied
next to that program, uses the standard library only, and reads no more of a file than it needs.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

_Value = TypeVar("_Value")


ARM64 = 0xAA64
#: Bytes of an archive that are read at most; LLVM's own libraries are smaller.
MAX_FILE = 2**31


class ToolError(Exception):
    """The work could not be done; the text says why."""


def layer(name: str) -> str:
    """Return a fact of the layer that this file is in: zig's path, the target's names."""
    file = Path(__file__).with_name("tools.json")
    return str(json.loads(file.read_text(encoding="utf-8"))[name])


def run(command: Sequence[str]) -> int:
    """Run a program with this one's streams and return its exit status."""
    return subprocess.run(command, check=False).returncode  # noqa: S603 - what the caller asked for


# ---- object files and libraries ----


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
    if len(data) < 20:
        raise ToolError("file format not recognized")
    wide = data[:4] == b"\0\0\xff\xff"
    try:
        if wide:
            sections, table, count = struct.unpack_from("<III", data, 44)[0:3]
            start, size = 56, 20
        else:
            machine, sections, _, table, count, optional = struct.unpack_from("<HHIIIH", data)
            if machine not in {0, ARM64, 0xA641, 0xA64E, 0x8664, 0x14C}:
                raise ToolError("file format not recognized")
            start, size = 20 + optional, 18
        flags = [
            struct.unpack_from("<I", data, start + 40 * index + 36)[0]
            for index in range(min(sections, 65535))
        ]
        return list(_table(data, table, count, size, flags))
    except (struct.error, IndexError):
        raise ToolError("file format not recognized") from None


def _table(data: bytes, at: int, count: int, size: int, flags: list[int]) -> Iterator[Symbol]:
    if at == 0 or at + count * size > len(data):
        return
    strings = at + count * size
    index = 0
    while index < count:
        entry = data[at + index * size : at + (index + 1) * size]
        (value,) = struct.unpack_from("<I", entry, 8)
        section = struct.unpack_from("<i" if size == 20 else "<h", entry, 12)[0]
        storage, auxiliary = entry[size - 2], entry[size - 1]
        index += 1 + auxiliary
        if storage not in {2, 3, 105}:
            continue
        if entry[:4] == b"\0\0\0\0":
            start = strings + struct.unpack_from("<I", entry, 4)[0]
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
    if len(data) < 22:
        raise ToolError("file format not recognized")
    sort = struct.unpack_from("<H", data, 18)[0] & 3
    name = data[20:].split(b"\0", 1)[0].decode("utf-8", "replace")
    pointer = Symbol(0, "D", f"__imp_{name}")
    # Functions have a thunk; variables are reached through the pointer only.
    return [pointer, Symbol(0, "T", name)] if sort == 0 else [pointer]


# ---- nm ----


def nm(arguments: list[str]) -> int:
    """List symbols as GNU nm does."""
    options, files = _options(arguments, ("-f", "--format", "-t", "--radix", "--target", "-X"))
    if "--version" in options or "-V" in options:
        return _print("GNU nm (winarm) 2.42\nsupported targets: pe-aarch64 pe-bigobj-aarch64")
    if "--help" in options or "-h" in options:
        return _print("Usage: nm [option(s)] [file(s)]\nsupported targets: pe-aarch64")
    letters = set("".join(option[1:] for option in options if not option.startswith("--")))
    long = {option.partition("=")[0] for option in options if option.startswith("--")}
    outside = "g" in letters or "--extern-only" in long
    undefined = "u" in letters or "--undefined-only" in long
    defined = "U" in letters or "--defined-only" in long
    posix = "P" in letters or "--format=posix" in options or "-fposix" in options
    just = "j" in letters or "--just-symbol-name" in long
    before = "A" in letters or "o" in letters or "--print-file-name" in long
    in_order = "p" in letters or "--no-sort" in long
    numeric = "n" in letters or "v" in letters or "--numeric-sort" in long
    status = 0
    files = files or ["a.out"]
    for file in files:
        try:
            for member in members(file):
                if member.name and not before and not just:
                    print(f"\n{member.name}:" if not posix else f"{file}[{member.name}]:")
                elif len(files) > 1 and not before and not just:
                    print(f"\n{file}:")
                found = [
                    s
                    for s in _symbols_of(member)
                    if not outside or s.letter.isupper() or s.letter == "w"
                ]
                if undefined:
                    found = [s for s in found if s.letter in "Uw"]
                if defined:
                    found = [s for s in found if s.letter not in "Uw"]
                if not in_order:
                    found.sort(key=(lambda s: s.value or 0) if numeric else (lambda s: s.name))
                prefix = f"{file}:{member.name}:" if member.name else f"{file}:"
                for symbol in found:
                    print((prefix if before else "") + _line(symbol, posix=posix, just=just))
        except ToolError as error:
            print(f"nm: {file}: {str(error).removeprefix(f'{file}: ')}", file=sys.stderr)
            status = 1
    return status


def _symbols_of(member: Member) -> list[Symbol]:
    try:
        return symbols(member.data)
    except ToolError:
        if member.name:
            return []
        raise


def _line(symbol: Symbol, *, posix: bool, just: bool) -> str:
    if just:
        return symbol.name
    if posix:
        value = "" if symbol.value is None else f" {symbol.value:x}"
        return f"{symbol.name} {symbol.letter}{value}"
    value = " " * 16 if symbol.value is None else f"{symbol.value:016x}"
    return f"{value} {symbol.letter} {symbol.name}"


def _options(arguments: list[str], valued: Sequence[str]) -> tuple[list[str], list[str]]:
    options: list[str] = []
    files: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            files += rest
        elif argument in valued:
            options.append(f"{argument}={next(rest, '')}")
        elif argument.startswith("-") and argument != "-":
            options.append(argument)
        else:
            files.append(argument)
    return options, files


def _print(text: str) -> int:
    print(text)
    return 0


# ---- objdump ----


def objdump(arguments: list[str]) -> int:
    """Print what libtool and others ask of GNU objdump: formats, sections, imports, symbols."""
    options, files = _options(arguments, ("-m", "-b", "-j", "-M", "--section", "--architecture"))
    if {"--version", "-V", "-v"} & set(options):
        return _print("GNU objdump (winarm) 2.42")
    if {"--help", "-H", "-i", "--info"} & set(options):
        return _print(
            "Usage: objdump <option(s)> <file(s)>\nobjdump: supported targets: pe-aarch64-little "
            "pei-aarch64-little\nobjdump: supported architectures: aarch64"
        )
    letters = set("".join(option[1:] for option in options if not option.startswith("--")))
    long = {option.partition("=")[0] for option in options if option.startswith("--")}
    status = 0
    for file in files:
        try:
            for member in members(file):
                _dump(file, member, letters, long)
        except ToolError as error:
            print(f"objdump: {file}: {str(error).removeprefix(f'{file}: ')}", file=sys.stderr)
            status = 1
    return status


def _dump(file: str, member: Member, letters: set[str], long: set[str]) -> None:
    data = member.data
    image = data[:2] == b"MZ"
    if image:
        at = struct.unpack_from("<I", data, 0x3C)[0] if len(data) > 64 else 0
        if data[at : at + 4] != b"PE\0\0":
            raise ToolError(f"{file}: file format not recognized")
        coff = at + 4
    elif data[:4] == b"\0\0\xff\xff" or len(data) >= 20:
        symbols(data)
        coff = 0
    else:
        raise ToolError(f"{file}: file format not recognized")
    name = member.name or file
    shape = "pei-aarch64-little" if image else "pe-aarch64-little"
    print(f"\n{name}:     file format {shape}\n")
    if "f" in letters or "--file-headers" in long or "x" in letters:
        print("architecture: aarch64, flags 0x00000039:\nHAS_RELOC, HAS_DEBUG, HAS_SYMS\n")
    if (
        "h" in letters or "--headers" in long or "--section-headers" in long or "x" in letters
    ) and (data[:4] != b"\0\0\xff\xff"):
        _sections(data, coff)
    if "t" in letters or "--syms" in long:
        print("SYMBOL TABLE:")
        for symbol in [] if image else symbols(data):
            print(f"{symbol.value or 0:016x} {symbol.letter} {symbol.name}")
    if image and ("p" in letters or "--private-headers" in long or "x" in letters):
        print("The Import Tables (interpreted)")
        for dll in _imports(data, coff):
            print(f"\tDLL Name: {dll}")
        print("\n[Ordinal/Name Pointer] Table")
        for index, exported in enumerate(_exports(data, coff)):
            print(f"\t[{index:4}] {exported}")


def _sections(data: bytes, coff: int) -> None:
    count, optional = struct.unpack_from("<H", data, coff + 2)[0], data[coff + 16 : coff + 18]
    start = coff + 20 + int.from_bytes(optional, "little")
    print(
        "Sections:\nIdx Name          Size      VMA               LMA               File off  Algn"
    )
    for index in range(count):
        entry = data[start + 40 * index : start + 40 * index + 40]
        if len(entry) < 40:
            return
        name = entry[:8].rstrip(b"\0").decode("latin-1")
        _, address, size, at = struct.unpack_from("<IIII", entry, 8)
        print(f"{index:3} {name:13} {size:08x}  {address:016x}  {address:016x}  {at:08x}  2**4")


def _directory(data: bytes, coff: int, number: int) -> tuple[int, Callable[[int], int]]:
    sections, optional = struct.unpack_from("<H12xH", data, coff + 2)
    (address,) = struct.unpack_from("<I", data, coff + 20 + 112 + 8 * number)
    start = coff + 20 + optional
    table = [struct.unpack_from("<IIII", data, start + 40 * i + 8) for i in range(sections)]

    def offset(rva: int) -> int:
        for size, virtual, raw_size, raw in table:
            if virtual <= rva < virtual + max(size, raw_size):
                return int(raw + rva - virtual)
        raise ToolError("file format not recognized")

    return address, offset


def _text(data: bytes, at: int) -> str:
    return data[at : data.find(b"\0", at)].decode("utf-8", "replace")


def _imports(data: bytes, coff: int) -> Iterator[str]:
    try:
        for number, size, place in ((1, 20, 12), (13, 32, 4)):
            address, offset = _directory(data, coff, number)
            at = offset(address) if address else 0
            while address and any(data[at : at + size]):
                yield _text(data, offset(struct.unpack_from("<I", data, at + place)[0]))
                at += size
    except struct.error:
        raise ToolError("file format not recognized") from None


def _exports(data: bytes, coff: int) -> Iterator[str]:
    try:
        address, offset = _directory(data, coff, 0)
        if not address:
            return
        at = offset(address)
        count = struct.unpack_from("<I", data, at + 24)[0]
        names = offset(struct.unpack_from("<I", data, at + 32)[0])
        for index in range(min(count, 65536)):
            yield _text(data, offset(struct.unpack_from("<I", data, names + 4 * index)[0]))
    except struct.error:
        raise ToolError("file format not recognized") from None


# ---- strip, ld, dlltool, windres ----


def strip(arguments: list[str]) -> int:
    """Do what is left to do of strip: images are linked without symbols."""
    options, files = _options(
        arguments, ("-o", "-F", "-I", "-O", "-K", "-N", "-R", "--target", "--keep-symbol")
    )
    if {"--version", "-V"} & set(options):
        return _print("GNU strip (winarm) 2.42")
    if "--help" in options:
        return _print("Usage: strip <option(s)> in-file(s)")
    output = next((o.partition("=")[2] for o in options if o.startswith(("-o=", "--output="))), "")
    for file in files:
        if not Path(file).is_file():
            raise ToolError(f"strip: '{file}': No such file")
        if output:
            shutil.copyfile(file, output)
    return 0


LD_HELP = """\
Usage: ld [options] file...
  -shared, -Bshareable        Create a shared library
  --enable-auto-import        Do sophisticated linking of _sym to __imp_sym for DATA references
  --output-def <file>         Generate a .DEF file for the built DLL
  --out-implib <file>         Generate import library
  --whole-archive             Include all objects from following archives
  --no-whole-archive          Turn off --whole-archive
ld: supported targets: pei-aarch64-little pe-aarch64-little
ld: supported emulations: arm64pe
"""


def ld(arguments: list[str]) -> int:
    """Answer what is asked of a linker, or link by way of the compiler."""
    first = arguments[:1]
    if first in (["-v"], ["-V"], ["--version"]):
        return _print("LLD (winarm) 22 (compatible with GNU linkers)")
    if first in (["--help"], ["-help"], ["--target-help"]):
        return _print(LD_HELP)
    options = [
        argument
        for argument in arguments
        if not argument.startswith(("-m", "--sysroot")) and argument != "arm64pe"
    ]
    passed = []
    rest = iter(options)
    for option in rest:
        if option == "-o":
            passed += [option, next(rest, "")]
        elif option.startswith("-") and not option.startswith(("-l", "-L", "-shared")):
            passed += ["-Xlinker", option]
        else:
            passed.append(option)
    return run([tool("clang"), "-nostartfiles", *passed])


def tool(name: str) -> str:
    """Return the path of another tool of the layer."""
    return str(Path(layer("bin"), f"{layer('machine')}-{name}{layer('exe')}"))


def dlltool(arguments: list[str]) -> int:
    """Make an import library, with GNU dlltool's long options too."""
    if {"--version", "-V"} & set(arguments):
        return _print("GNU dlltool (winarm) 2.42")
    if not arguments or "--help" in arguments:
        return _print("Usage: dlltool <option(s)> <object-file(s)>")
    short = {
        "--input-def": "-d",
        "--output-lib": "-l",
        "--dllname": "-D",
        "--machine": "-m",
        "--kill-at": "-k",
    }
    dropped = {"--as", "-S", "--as-flags", "-f", "--temp-prefix", "-t", "--output-exp", "-e"}
    passed: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in dropped:
            value = value if equals else next(rest, "")
            if name in {"--output-exp", "-e"}:
                raise ToolError("dlltool: no export objects are made; give the .def to the linker")
        elif name in short:
            passed.append(short[name])
            if name != "--kill-at":
                passed.append(value if equals else next(rest, ""))
        elif name not in {"-U", "--add-underscore", "-n", "--nodelete", "-v", "--verbose"}:
            passed.append(argument)
    if "-m" not in passed:
        passed = ["-m", "arm64", *passed]
    return run([layer("zig"), "dlltool", *passed])


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
        return _print("GNU windres (winarm) 2.42")
    if "--help" in arguments or "-h" in arguments:
        return _print("Usage: windres [option(s)] [input-file] [output-file]")
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
    parts = [
        struct.pack("<HHIIIHH", ARM64, 2, 0, table, 2, 0, 0),
        struct.pack(
            "<8sIIIIIIHHI",
            b".rsrc$01",
            0,
            0,
            len(first),
            header,
            relocations,
            0,
            len(places),
            0,
            flags,
        ),
        struct.pack("<8sIIIIIIHHI", b".rsrc$02", 0, 0, len(second), data, 0, 0, 0, 0, flags),
        first,
        # IMAGE_REL_ARM64_ADDR32NB against .rsrc$02, the second symbol.
        *(struct.pack("<IIH", place, 1, 2) for place in places),
        second,
        struct.pack("<8sIhHBB", b".rsrc$01", 0, 1, 0, 3, 0),
        struct.pack("<8sIhHBB", b".rsrc$02", 0, 2, 0, 3, 0),
        (4).to_bytes(4, "little"),
    ]
    return b"".join(parts)


# ---- what the launcher passes on ----


def listen(command: list[str]) -> int:
    """Compile what is on standard input: zig finds no headers for that, so it becomes a file."""
    language = command[command.index("-x") + 1] if "-x" in command else "c"
    ending = {"c++": ".cpp", "assembler-with-cpp": ".S", "assembler": ".s"}.get(language, ".c")
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
        source = Path(scratch, "stdin" + ending)
        source.write_bytes(sys.stdin.buffer.read())
        return run([str(source) if argument == "-" else argument for argument in command])


#: Options of a compilation whose value is the next argument.
COMPILER_VALUED = frozenset(
    ("-x", "-include", "-isystem", "-idirafter", "-Xclang", "-target", "-ivfsoverlay")
)


def split(arguments: list[str]) -> int:
    """Compile each source by itself and then link, so that the link is of the usual kind."""
    end = arguments.index("--")
    extras, command = arguments[:end], arguments[end + 1 :]
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
        link: list[str] = []
        sources: list[tuple[str, str]] = []
        flags: list[str] = []
        rest = iter(command[2:])
        for argument in rest:
            if argument in {"-o", "-Xlinker"}:
                link += [argument, next(rest, "")]
            elif argument in COMPILER_VALUED:
                flags += [argument, next(rest, "")]
            elif _is_source(argument):
                output = str(Path(scratch, f"{len(sources)}.o"))
                sources.append((argument, output))
                link.append(output)
            elif argument.startswith(("-l", "-L", "-Wl,", "-s", "-u")) and not argument.startswith(
                "-std"
            ):
                link.append(argument)
            elif argument.startswith("-"):
                flags.append(argument)
            else:
                link.append(argument)
        for source, output in sources:
            status = run([*command[:2], *flags, "-g0", "-c", source, "-o", output])
            if status:
                return status
        driver = "clang++" if command[1] == "c++" else "clang"
        extra = [part for option in extras for part in ("-Xlinker", option)]
        return run([tool(driver), *link, *extra])


def _is_source(argument: str) -> bool:
    endings = (".c", ".cc", ".cpp", ".cxx", ".c++", ".cp", ".C", ".i", ".ii", ".S", ".s", ".m")
    return not argument.startswith("-") and argument.endswith(endings)


def relink(arguments: list[str]) -> int:
    """Link again with options that zig does not pass to its linker, which knows them."""
    end = arguments.index("--")
    extras, command = [option.partition("=")[2] for option in arguments[:end]], arguments[end + 1 :]
    done = subprocess.run(  # noqa: S603 - zig, with what the caller asked for
        command,
        env={**os.environ, "ZIG_VERBOSE_LINK": "1"},
        stderr=subprocess.PIPE,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    lines = said.splitlines()
    line = next((text for text in reversed(lines) if text.startswith(("lld-link ", "lld "))), None)
    if line is None:
        sys.stderr.write(said)
        return done.returncode or 1
    words = linker_words(line)
    output = next(word for word in words if word.startswith("-OUT:"))
    late = any(option.startswith("-delayload:") for option in extras)
    if late and Path(layer("delay")).is_file():
        # What loads them; where zig's runtime has it, too, that one is never pulled in.
        extras.append(layer("delay"))
    again = subprocess.run(  # noqa: S603
        [layer("zig"), "lld-link", *words, *extras],
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        check=False,
    )
    sys.stderr.write(again.stdout.decode("utf-8", "replace"))
    if again.returncode and Path(output[5:]).exists():
        Path(output[5:]).unlink()
    return again.returncode


def linker_words(line: str) -> list[str]:
    """Return the arguments of a command that was printed with nothing but spaces between them."""
    words: list[str] = []
    pieces = line.split(" ")[1:]
    if pieces[:1] == ["-link"]:
        del pieces[0]
    while pieces:
        for count in range(len(pieces), 0, -1) if not pieces[0].startswith("-") else ():
            if Path(" ".join(pieces[:count])).exists():
                words.append(" ".join(pieces[:count]))
                del pieces[:count]
                break
        else:
            # An option, the value of which may have spaces.
            count = 1
            if pieces[0].startswith(("-OUT:", "-IMPLIB:", "-PDB:", "-LIBPATH:", "-DEF:")):
                while (
                    count < len(pieces)
                    and not pieces[count].startswith("-")
                    and not any(
                        Path(" ".join(pieces[count:n])).exists()
                        for n in range(count + 1, len(pieces))
                    )
                ):
                    count += 1
            words.append(" ".join(pieces[:count]))
            del pieces[:count]
    return words


TOOLS: dict[str, Callable[[list[str]], int]] = {
    "nm": nm,
    "objdump": objdump,
    "strip": strip,
    "ld": ld,
    "dlltool": dlltool,
    "windres": windres,
    "listen": listen,
    "split": split,
    "relink": relink,
}


def main(argv: list[str]) -> int:
    """Run a tool and return its exit status."""
    try:
        return TOOLS[argv[0]](argv[1:])
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
