"""What an image offers: its exported names and ordinals, and the DLLs that it passes them on to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate
from struct import Struct

from winarm.coff.buffer import (
    MAX_FORWARDER,
    MAX_NAME,
    U32,
    Buffer,
    MalformedError,
    dll_file,
    fields,
    string_at,
    symbol_text,
)
from winarm.coff.headers import EXPORT, Headers
from winarm.coff.hinted_names import HintedNames

_EXPORTS = Struct("<16xIIIIII")
#: Ordinals are 16 bits wide.
MAX_EXPORTS = 0x10000


@dataclass(frozen=True)
class Exports:
    """The export directory of an image."""

    #: Exported names in table order (import hints index it), latin-1 decoded; the trailing NUL
    #: makes a prefix match a whole match.
    table: tuple[str, ...] = ()
    first_ordinal: int = 0
    #: Addresses by ordinal, the first ordinal's first; 0 where an ordinal is not used.
    addresses: tuple[int, ...] = ()
    #: For each name the index of its address.
    indices: Sequence[int] = ()
    #: Texts `DLL.symbol` by the index of the address that they replace.
    forwarders: Mapping[int, str] = field(default_factory=dict)
    #: What keeps Windows from finding an export, in sentences.
    faults: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return the exported names, a byte a character."""
        return frozenset(name[:-1] for name in self.table)

    @property
    def listed(self) -> int:
        """Return how many names and forwarders are listed, repeated ones too."""
        return len(self.table) + len(self.forwarders)

    @cached_property
    def forwards_to(self) -> frozenset[str]:
        """Return the DLLs that really offer some of it, as file names in lower case."""
        return frozenset(dll_file(text.rpartition(".")[0]) for text in self.forwarders.values())

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The index of each name's address, by the name with its NUL."""
        return dict(zip(self.table, self.indices, strict=False))

    def have_any(self, names: Iterable[str]) -> bool:
        """Return whether one of `names` is exported."""
        return any(f"{name}\0" in self._places for name in names)

    def lacks(self, symbols: Collection[str | int]) -> frozenset[str | int]:
        """Return those of `symbols`, names and ordinals, that cannot be imported."""
        if isinstance(symbols, HintedNames) and symbols.all_hinted_in(self.table):
            return frozenset()
        known = self._places
        return frozenset(
            symbol
            for symbol in symbols
            if (not self._used(symbol) if isinstance(symbol, int) else f"{symbol}\0" not in known)
        )

    def _used(self, ordinal: int) -> bool:
        index = ordinal - self.first_ordinal
        return 0 <= index < len(self.addresses) and self.addresses[index] != 0

    def index(self, symbol: str | int) -> int | None:
        """Return the index of the address of a name or an ordinal, or None if it has none."""
        if isinstance(symbol, int):
            return symbol - self.first_ordinal if self._used(symbol) else None
        return self._places.get(f"{symbol}\0")

    def forwarder(self, symbol: str | int) -> str | None:
        """Return the text `DLL.symbol` that a name or an ordinal is forwarded to, or None."""
        index = self.index(symbol) if self.forwarders else None
        return None if index is None else self.forwarders.get(index)


def read_exports(
    data: Buffer, headers: Headers, max_symbols: int
) -> tuple[Exports, tuple[str, ...], int]:
    """Return the exports of an image, what is wrong with the table, and what reading them cost.

    The cost is counted in symbols.
    """
    if not headers.place(EXPORT):
        return Exports(), (), 0
    try:
        exports = _read(data, headers, min(max_symbols, MAX_EXPORTS))
    except MalformedError as error:
        # A table of so many names may have been read.
        return Exports(), (error.what,), min(len(data) // U32.size, max_symbols)
    return exports, (), exports.listed


def _read(data: Buffer, headers: Headers, most: int) -> Exports:
    at = headers.offset(headers.place(EXPORT))
    values = fields(_EXPORTS, data, at, "export directory")
    base, functions, count, functions_at, names_at, ordinals_at = values
    if functions > MAX_EXPORTS or count > most:
        raise MalformedError("the export directory claims more symbols than the limit allows")
    addresses = _column(data, headers, functions_at, functions) if functions else ()
    table = tuple(_names(data, headers, names_at, count) if count else ())
    indices = _indices(data, headers, ordinals_at, count) if count else ()
    return Exports(
        table=table,
        first_ordinal=base,
        addresses=addresses,
        indices=indices,
        forwarders=_forwarders(data, headers, addresses, most),
        faults=tuple(_faults(headers, table, indices, addresses)),
    )


def _faults(
    headers: Headers, table: tuple[str, ...], indices: Sequence[int], addresses: tuple[int, ...]
) -> Iterator[str]:
    """Yield why Windows does not find, or does not accept, some of the exports."""
    # Of a range, max() would make every number.
    highest = len(indices) - 1 if isinstance(indices, range) else max(indices, default=-1)
    if highest >= len(addresses):
        index = next(index for index in indices if index >= len(addresses))
        yield f"a name stands for export {index} of {len(addresses)}"
    elif 0 in addresses and (empty := {at for at, rva in enumerate(addresses) if not rva}):
        names = (name for name, index in zip(table, indices, strict=True) if index in empty)
        if name := next(names, ""):
            yield f"{symbol_text(name[:-1])} has no address"
    if addresses and max(addresses) >= headers.size_of_image:
        yield f"the address of an export, {max(addresses):#x}, is outside of the image"
    # The loader searches by halves. (Sorting names in order costs less than comparing each pair.)
    if sorted(table) != list(table):
        yield "the names are not in order, so that Windows does not find all of them"


def _indices(data: Buffer, headers: Headers, rva: int, count: int) -> Sequence[int]:
    """Return the indices of the names' addresses, which linkers write in order."""
    at = headers.offset(rva)
    in_order = data[at : at + 2 * count] == _in_order()[: 2 * count]
    return range(count) if in_order else _column(data, headers, rva, count, "H")


@cache
def _in_order() -> bytes:
    return Struct(f"<{MAX_EXPORTS}H").pack(*range(MAX_EXPORTS))


def _column(
    data: Buffer, headers: Headers, rva: int, count: int, kind: str = "I"
) -> tuple[int, ...]:
    layout = Struct(f"<{count}{kind}")
    return layout.unpack(_packed(data, headers, rva, layout))


def _packed(data: Buffer, headers: Headers, rva: int, layout: Struct) -> Buffer:
    """Return a table of the export directory as the file has it."""
    at = headers.offset(rva)
    table = data[at : at + layout.size]
    if len(table) < layout.size:
        raise MalformedError("a table of the export directory is cut off")
    return table


def _names(data: Buffer, headers: Headers, rva: int, count: int) -> list[str]:
    layout = Struct(f"<{count}I")
    table = _packed(data, headers, rva, layout)
    names = _consecutive_names(data, headers, table, layout)
    return _scattered_names(data, headers, layout.unpack(table)) if names is None else names


def _consecutive_names(
    data: Buffer, headers: Headers, table: Buffer, layout: Struct
) -> list[str] | None:
    """Return the names if they follow one another, as linkers lay them out.

    :param table: their addresses, which cost less to compare packed than to unpack.
    """
    first, last = U32.unpack_from(table)[0], U32.unpack_from(table, len(table) - U32.size)[0]
    _, stop, shift = headers.span(first) or (0, 0, 0)
    if not first <= last < stop:
        return None
    end = data.find(b"\0", last + shift, last + shift + MAX_NAME) + 1
    text = str(memoryview(data)[first + shift : end], "latin-1")
    if not end or "\n" in text:
        return None
    # Few may be wanted of very many names.
    names = text.replace("\0", "\0\n", len(table) // U32.size).split("\n")
    del names[-1]
    starts = [*accumulate(map(len, names[:-1]), initial=first)]
    # Where they end alike, none is too large for its field.
    alike = len(names) * U32.size == len(table) and starts[-1] == last
    return names if alike and layout.pack(*starts) == table else None


def _scattered_names(data: Buffer, headers: Headers, pointers: tuple[int, ...]) -> list[str]:
    start = stop = shift = 0
    bytes_left = len(data) + MAX_NAME
    found = []
    for name in pointers:
        if not start <= name < stop:
            start, stop, shift = headers.span(name) or (0, 0, headers.offset(name))
        at = name + shift
        end = data.find(b"\0", at, at + MAX_NAME)
        bytes_left -= end - at
        if end < 0 or bytes_left < 0:
            raise MalformedError("the names of exported symbols do not end")
        found.append(data[at : end + 1].decode("latin-1"))
    return found


def _forwarders(
    data: Buffer, headers: Headers, addresses: tuple[int, ...], most: int
) -> Mapping[int, str]:
    """Return the forwarders: texts `DLL.symbol` within the export directory itself.

    (PE Format, Export Address Table: an address in the directory's own range is a forwarder's.)
    """
    start, size = headers.directory(EXPORT)
    stop = start + size
    if not [at for at in addresses if start <= at < stop]:
        return {}
    forwarded = [(index, at) for index, at in enumerate(addresses) if start <= at < stop]
    if len(forwarded) > most:
        raise MalformedError("the export directory forwards more symbols than the limit allows")
    bytes_left = min(size, len(data))
    found = {}
    for index, address in forwarded:
        text = string_at(data, headers.offset(address), "forwarder", MAX_FORWARDER)
        bytes_left -= len(text)
        if bytes_left < 0:
            raise MalformedError("its forwarders overlap")
        found[index] = text
    return found
