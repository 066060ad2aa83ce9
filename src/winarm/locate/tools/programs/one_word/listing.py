"""nm and objdump: what libtool, Meson and CMake ask of objects, libraries and DLLs."""

import sys
from collections.abc import Callable, Iterator

from .layer import CommandLine, ToolError, fields, parsed, printed
from .objects import Member, Symbol, members, symbols


def nm(arguments: list[str]) -> int:
    """List symbols as GNU nm does."""
    line = parsed(arguments, ("-f", "--format", "-t", "--radix", "--target", "-X"))
    if line.has("--version", "V"):
        return printed("GNU nm (winarm) 2.42\nsupported targets: pe-aarch64 pe-bigobj-aarch64")
    if line.has("--help", "h"):
        return printed("Usage: nm [option(s)] [file(s)]\nsupported targets: pe-aarch64")
    files = line.files or ["a.out"]

    def show(file: str, member: Member) -> None:
        _list_symbols(file, member, line, several=len(files) > 1)

    return _each_member("nm", files, show)


def _each_member(tool: str, files: list[str], show: Callable[[str, Member], None]) -> int:
    """Show what is in each file; one that cannot be read does not stop the others."""
    status = 0
    for file in files:
        try:
            for member in members(file):
                show(file, member)
        except ToolError as error:
            print(f"{tool}: {file}: {str(error).removeprefix(f'{file}: ')}", file=sys.stderr)
            status = 1
    return status


def _list_symbols(file: str, member: Member, line: CommandLine, *, several: bool) -> None:
    posix = line.has("P") or line.value("--format", "-f") == "posix"
    just = line.has("j", "--just-symbol-name")
    prefix = f"{file}:{member.name}:" if member.name else f"{file}:"
    if not line.has("A", "o", "--print-file-name"):
        prefix = ""
        if member.name and not just:
            print(f"{file}[{member.name}]:" if posix else f"\n{member.name}:")
        elif several and not just:
            print(f"\n{file}:")
    for symbol in _chosen(_symbols_of(member), line):
        print(prefix + _text_of(symbol, posix=posix, just=just))


def _chosen(found: list[Symbol], line: CommandLine) -> list[Symbol]:
    if line.has("g", "--extern-only"):
        found = [symbol for symbol in found if symbol.letter.isupper() or symbol.letter == "w"]
    if line.has("u", "--undefined-only"):
        found = [symbol for symbol in found if symbol.letter in "Uw"]
    if line.has("U", "--defined-only"):
        found = [symbol for symbol in found if symbol.letter not in "Uw"]
    if line.has("p", "--no-sort"):
        return found
    if line.has("n", "v", "--numeric-sort"):
        return sorted(found, key=lambda symbol: symbol.value or 0)
    return sorted(found, key=lambda symbol: symbol.name)


def _symbols_of(member: Member) -> list[Symbol]:
    try:
        return symbols(member.data)
    except ToolError:
        if member.name:
            return []
        raise


def _text_of(symbol: Symbol, *, posix: bool, just: bool) -> str:
    if just:
        return symbol.name
    if posix:
        value = "" if symbol.value is None else f" {symbol.value:x}"
        return f"{symbol.name} {symbol.letter}{value}"
    value = " " * 16 if symbol.value is None else f"{symbol.value:016x}"
    return f"{value} {symbol.letter} {symbol.name}"


def objdump(arguments: list[str]) -> int:
    """Print what libtool and others ask of GNU objdump: formats, sections, imports, symbols."""
    line = parsed(arguments, ("-m", "-b", "-j", "-M", "--section", "--architecture"))
    if line.has("--version", "V", "v"):
        return printed("GNU objdump (winarm) 2.42")
    if line.has("--help", "H", "i", "--info"):
        return printed(
            "Usage: objdump <option(s)> <file(s)>\nobjdump: supported targets: pe-aarch64-little "
            "pei-aarch64-little\nobjdump: supported architectures: aarch64"
        )
    return _each_member("objdump", line.files, lambda file, member: _dump(file, member, line))


def _dump(file: str, member: Member, line: CommandLine) -> None:
    data = member.data
    image = data[:2] == b"MZ"
    if image:
        (at,) = fields("<I", data, 0x3C)
        if data[at : at + 4] != b"PE\0\0":
            raise ToolError("file format not recognized")
        coff = at + 4
    else:
        symbols(data)
        coff = 0
    name = member.name or file
    shape = "pei-aarch64-little" if image else "pe-aarch64-little"
    print(f"\n{name}:     file format {shape}\n")
    if line.has("f", "--file-headers", "x"):
        print("architecture: aarch64, flags 0x00000039:\nHAS_RELOC, HAS_DEBUG, HAS_SYMS\n")
    if data[:4] != b"\0\0\xff\xff" and line.has("h", "--headers", "--section-headers", "x"):
        _sections(data, coff)
    if line.has("t", "--syms"):
        print("SYMBOL TABLE:")
        for symbol in [] if image else symbols(data):
            print(f"{symbol.value or 0:016x} {symbol.letter} {symbol.name}")
    if image and line.has("p", "--private-headers", "x"):
        print("The Import Tables (interpreted)")
        for dll in _imports(data, coff):
            print(f"\tDLL Name: {dll}")
        print("\n[Ordinal/Name Pointer] Table")
        for index, exported in enumerate(_exports(data, coff)):
            print(f"\t[{index:4}] {exported}")


def _sections(data: bytes, coff: int) -> None:
    count, optional = fields("<H", data, coff + 2)[0], data[coff + 16 : coff + 18]
    start = coff + 20 + int.from_bytes(optional, "little")
    print(
        "Sections:\nIdx Name          Size      VMA               LMA               File off  Algn"
    )
    for index in range(count):
        entry = data[start + 40 * index : start + 40 * index + 40]
        if len(entry) < 40:
            return
        name = entry[:8].rstrip(b"\0").decode("latin-1")
        _, address, size, at = fields("<IIII", entry, 8)
        print(f"{index:3} {name:13} {size:08x}  {address:016x}  {address:016x}  {at:08x}  2**4")


def _directory(data: bytes, coff: int, number: int) -> tuple[int, Callable[[int], int]]:
    sections, optional = fields("<H12xH", data, coff + 2)
    (address,) = fields("<I", data, coff + 20 + 112 + 8 * number)
    start = coff + 20 + optional
    table = [fields("<IIII", data, start + 40 * i + 8) for i in range(sections)]

    def offset(rva: int) -> int:
        for size, virtual, raw_size, raw in table:
            if virtual <= rva < virtual + max(size, raw_size):
                return int(raw + rva - virtual)
        raise ToolError("file format not recognized")

    return address, offset


def _text(data: bytes, at: int) -> str:
    return data[at : data.find(b"\0", at)].decode("utf-8", "replace")


def _imports(data: bytes, coff: int) -> Iterator[str]:
    for number, size, place in ((1, 20, 12), (13, 32, 4)):
        address, offset = _directory(data, coff, number)
        at = offset(address) if address else 0
        while address and any(data[at : at + size]):
            yield _text(data, offset(fields("<I", data, at + place)[0]))
            at += size


def _exports(data: bytes, coff: int) -> Iterator[str]:
    address, offset = _directory(data, coff, 0)
    if not address:
        return
    count, _, names = fields("<III", data, offset(address) + 24)
    table = offset(names)
    for index in range(min(count, 65536)):
        yield _text(data, offset(fields("<I", data, table + 4 * index)[0]))
