"""Object files and libraries: which machines they hold code for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple

from winarm.coff.buffer import Buffer, MalformedError
from winarm.coff.machines import OBJECT_MACHINES, Kind

#: Suffixes of object files and libraries.
OBJECT_SUFFIXES = frozenset({".lib", ".a", ".obj", ".o"})

#: Machine, and the beginnings of an anonymous object (ANON_OBJECT_HEADER).
_ANONYMOUS = Struct("<HHHH4x16s")
#: By their class identity: /bigobj, and intermediate code of /GL (ClGl in LLVM's COFF.h).
_ANONYMOUS_SORTS = {
    bytes.fromhex("c7a1bad1eebaa94baf20faf66aa4dcb8"): "object",
    bytes.fromhex("38feb30ca5d9ab4dac9bd6b6222653c2"): "intermediate",
}
_BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
_UNKNOWN, _ANY = 0, 0xFFFF

#: Bytes of the header before each member.
MEMBER_HEADER = 60
#: Members that hold tables, not code: symbols, long names, ARM64EC symbols and the like.
_TABLES = ("/", "//", "__.SYMDEF")
#: Members read of one library. The largest import library of the Windows SDK has 40,000.
MAX_MEMBERS = 250_000


class Form(NamedTuple):
    """What one object file is."""

    #: None where it says nothing of a machine.
    kind: Kind | None
    #: `object`, `import` (of a DLL's symbol), `intermediate` (/GL, bitcode) or `other`.
    sort: str


@dataclass(frozen=True, slots=True)
class Library:
    """An object file, or all the members of a library together."""

    kinds: frozenset[Kind]
    sorts: frozenset[str]
    members: int
    #: It has a table of ARM64EC symbols.
    ec_symbols: bool
    size: int

    @property
    def label(self) -> str:
        """Return its machines in words."""
        return " + ".join(sorted(kind.value for kind in self.kinds)) or "no machine"


def read_library(data: Buffer, max_members: int = MAX_MEMBERS) -> Library:
    """Read an object file or a library.

    :param max_members: how many members are read at most.
    :raises MalformedError: it is neither, or cut off.
    """
    if data[:8] == b"!<thin>\n":
        raise MalformedError("it is a thin archive, which holds only the names of object files")
    if data[:8] != b"!<arch>\n":
        form = read_object(data, 0, len(data))
        if form.sort == "other":
            raise MalformedError("it is neither an object file nor a library")
        return _library([form], data, ec_symbols=False)
    forms = []
    ec_symbols = False
    for name, start, stop in _members(data, max_members):
        if name == "/<ECSYMBOLS>/":
            ec_symbols = True
        elif not (name in _TABLES or (name.startswith("/<") and name.endswith(">/"))):
            forms.append(read_object(data, start, stop))
    return _library(forms, data, ec_symbols=ec_symbols)


def _library(forms: list[Form], data: Buffer, *, ec_symbols: bool) -> Library:
    return Library(
        kinds=frozenset(form.kind for form in forms if form.kind is not None),
        sorts=frozenset(form.sort for form in forms),
        members=len(forms),
        ec_symbols=ec_symbols,
        size=len(data),
    )


def read_object(data: Buffer, start: int, stop: int) -> Form:
    """Return what the object file in `data[start:stop]` is."""
    if data[start : min(start + 4, stop)] in _BITCODE:
        return Form(None, "intermediate")
    if stop - start < _ANONYMOUS.size:
        return Form(None, "other")
    machine, second, version, inner, identity = _ANONYMOUS.unpack_from(data, start)
    if machine == _UNKNOWN and second == _ANY:
        sort = "import" if version == 0 else _ANONYMOUS_SORTS.get(identity, "other")
        return Form(OBJECT_MACHINES.get(inner, Kind.OTHER) if sort != "other" else None, sort)
    if machine == _UNKNOWN:
        # Objects of resources and absolute symbols suit every machine.
        return Form(None, "object")
    kind = OBJECT_MACHINES.get(machine)
    return Form(kind, "object") if kind else Form(None, "other")


def _members(data: Buffer, most: int) -> Iterator[tuple[str, int, int]]:
    """Yield name, start and stop of every member of a library (the `ar` format)."""
    at = 8
    for _ in range(most):
        if at >= len(data):
            return
        header = bytes(data[at : at + MEMBER_HEADER])
        size = header[48:58].strip()
        if len(header) < MEMBER_HEADER or header[58:] != b"`\n" or not size.isdigit():
            raise MalformedError("a member's header is damaged")
        start, length = at + MEMBER_HEADER, int(size)
        if start + length > len(data):
            raise MalformedError("a member is cut off")
        yield header[:16].decode("ascii", "backslashreplace").rstrip(), start, start + length
        # Members begin at even offsets.
        at = start + length + (length & 1)
    raise MalformedError(f"it has more than the {most} members that the limit allows")
