"""What an image offers: its exported names and ordinals, and the DLLs that it passes them on to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from struct import Struct
from typing import TYPE_CHECKING

from winarm.coff.buffer import (
    MAX_FORWARDER,
    MAX_NAME,
    U32,
    Buffer,
    MalformedError,
    fields,
    string_at,
)
from winarm.coff.headers import EXPORT, Headers
from winarm.coff.hinted_names import HintedNames

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_EXPORTS = Struct("<16xIIIII")
#: Ordinals are 16 bits wide.
MAX_EXPORTS = 0x10000


@dataclass(frozen=True)
class Exports:
    """The export directory of an image."""

    #: Names in their order, in which importers' hints count, a byte a character, each with the NUL
    #: at its end: where that is compared, too, the whole name is.
    table: tuple[str, ...] = ()
    first_ordinal: int = 0
    ordinals: int = 0
    #: Names and forwarders as they are listed, repeated ones too.
    listed: int = 0
    #: DLLs that really offer some of it: loaded when a symbol that forwards to them is resolved.
    forwards_to: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Return the exported names, a byte a character."""
        return frozenset(name[:-1] for name in self.table)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.table)

    def have_any(self, names: Iterable[str]) -> bool:
        """Return whether one of `names` is exported."""
        return not self._known.isdisjoint(f"{name}\0" for name in names)

    def lacks(self, symbols: Collection[str | int]) -> frozenset[str | int]:
        """Return those of `symbols`, names and ordinals, that cannot be imported."""
        if isinstance(symbols, HintedNames) and symbols.all_hinted_in(self.table):
            return frozenset()
        known = self._known
        ordinals = range(self.first_ordinal, self.first_ordinal + self.ordinals)
        return frozenset(
            symbol
            for symbol in symbols
            if (symbol not in ordinals if isinstance(symbol, int) else f"{symbol}\0" not in known)
        )


def read_exports(
    data: Buffer, headers: Headers, max_symbols: int
) -> tuple[Exports, tuple[str, ...]]:
    """Return the exports of an image, and what is wrong with its export directory."""
    directory = headers.directory(EXPORT)
    if not directory.rva:
        return Exports(), ()
    try:
        return _read(data, headers, min(max_symbols, MAX_EXPORTS)), ()
    except MalformedError as error:
        # A table of so many names may have been read.
        return Exports(listed=min(len(data) // U32.size, max_symbols)), (error.what,)


def _read(data: Buffer, headers: Headers, most: int) -> Exports:
    at = headers.offset(headers.directory(EXPORT).rva)
    base, functions, count, addresses, names = fields(_EXPORTS, data, at, "export directory")
    if functions > MAX_EXPORTS or count > most:
        message = "the export directory claims more symbols than the limit allows"
        raise MalformedError(message)
    forwarders = _forwarders(data, headers, addresses, functions, most) if functions else []
    return Exports(
        table=tuple(_names(data, headers, names, count) if count else ()),
        first_ordinal=base,
        ordinals=functions,
        listed=count + len(forwarders),
        forwards_to=frozenset(f"{text.rpartition('.')[0]}.dll" for text in forwarders),
    )


def _column(data: Buffer, headers: Headers, rva: int, count: int) -> tuple[int, ...]:
    offset = headers.offset(rva)
    if offset + count * U32.size > len(data):
        message = "a table of the export directory is cut off"
        raise MalformedError(message)
    return Struct(f"<{count}I").unpack_from(data, offset)


def _names(data: Buffer, headers: Headers, rva: int, count: int) -> list[str]:
    pointers = _column(data, headers, rva, count)
    names = _consecutive_names(data, headers, pointers)
    return _scattered_names(data, headers, pointers) if names is None else names


def _consecutive_names(
    data: Buffer, headers: Headers, pointers: tuple[int, ...]
) -> list[str] | None:
    """Return the names at `pointers` if they follow one another, as linkers lay them out."""
    span = headers.span(pointers[0])
    if span is None or not pointers[0] <= pointers[-1] < span.stop:
        return None
    first, last = pointers[0] + span.shift, pointers[-1] + span.shift
    end = data.find(b"\0", last, last + MAX_NAME) + 1
    text = data[first:end]
    if not end or not text.isascii() or b"\n" in text or text.count(b"\0") != len(pointers):
        return None
    names = text.decode("ascii").replace("\0", "\0\n").split("\n")[:-1]
    starts = accumulate(map(len, names), initial=pointers[0])
    return names if len(names) == len(pointers) and pointers == tuple(starts)[:-1] else None


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
            message = "the names of exported symbols do not end"
            raise MalformedError(message)
        found.append(data[at : end + 1].decode("latin-1"))
    return found


def _forwarders(data: Buffer, headers: Headers, rva: int, count: int, most: int) -> list[str]:
    """Return the forwarders: texts `DLL.symbol` within the export directory itself.

    (PE Format, Export Address Table: an address in the directory's own range is a forwarder's.)
    """
    start, size = headers.directory(EXPORT)
    stop = start + size
    addresses = [at for at in _column(data, headers, rva, count) if start <= at < stop]
    if len(addresses) > most:
        message = "the export directory forwards more symbols than the limit allows"
        raise MalformedError(message)
    bytes_left = min(size, len(data))
    found = []
    for address in addresses:
        text = string_at(data, headers.offset(address), "forwarder", MAX_FORWARDER)
        bytes_left -= len(text)
        if bytes_left < 0:
            message = "its forwarders overlap"
            raise MalformedError(message)
        found.append(text)
    return found
