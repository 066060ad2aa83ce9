"""What an image offers: its exported names, ordinals and forwarders."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import add
from struct import Struct
from typing import TYPE_CHECKING

from winarm.verify.binaries.buffer import (
    MAX_NAME,
    U16,
    U32,
    Buffer,
    MalformedError,
    fields,
    string_at,
)
from winarm.verify.binaries.headers import EXPORT, Headers

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXPORTS = Struct("<12xIIIIIII")
#: Ordinals are 16 bits wide.
MAX_EXPORTS = 0x10000


@dataclass(frozen=True, slots=True)
class Exports:
    """The export directory of an image."""

    #: The name that the linker gave the DLL.
    dll: str = ""
    names: frozenset[str] = frozenset()
    first_ordinal: int = 0
    ordinals: int = 0
    #: Pairs of a name and `OTHER.symbol`, which another DLL really offers.
    forwarders: tuple[tuple[str, str], ...] = ()

    def lacks(self, symbols: Iterable[str | int]) -> frozenset[str | int]:
        """Return those of `symbols`, names and ordinals, that cannot be imported."""
        ordinals = range(self.first_ordinal, self.first_ordinal + self.ordinals)
        others = frozenset(symbols).difference(self.names)
        return frozenset(symbol for symbol in others if symbol not in ordinals)


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
        return Exports(), (error.what,)


def _read(data: Buffer, headers: Headers, most: int) -> Exports:
    at = headers.offset(headers.directory(EXPORT).rva)
    name, base, functions, count, addresses, names, ordinals = fields(
        _EXPORTS, data, at, "export directory"
    )
    if functions > MAX_EXPORTS or count > most:
        message = "the export directory claims more symbols than the limit allows"
        raise MalformedError(message)
    listed = _names(data, headers, names, count) if count else []
    forwarders = _forwarders(
        data,
        headers,
        listed,
        _column(data, headers, addresses, functions, U32) if functions else (),
        _column(data, headers, ordinals, count, U16) if count else (),
    )
    return Exports(
        dll=string_at(data, headers.offset(name), "DLL name") if name else "",
        names=frozenset(listed),
        first_ordinal=base,
        ordinals=functions,
        forwarders=forwarders,
    )


def _column(data: Buffer, headers: Headers, rva: int, count: int, cell: Struct) -> tuple[int, ...]:
    offset = headers.offset(rva)
    if offset + count * cell.size > len(data):
        message = "a table of the export directory is cut off"
        raise MalformedError(message)
    return Struct(f"<{count}{cell.format[-1]}").unpack_from(data, offset)


def _names(data: Buffer, headers: Headers, rva: int, count: int) -> list[str]:
    pointers = _column(data, headers, rva, count, U32)
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
    end = data.find(b"\0", last, last + MAX_NAME)
    if end < 0 or not data[first:end].isascii():
        return None
    names = data[first:end].decode("ascii").split("\0")
    sizes = map(add, map(len, names), repeat(1))
    starts = accumulate(sizes, initial=pointers[0])
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
        found.append(data[at:end].decode("ascii", "backslashreplace"))
    return found


def _forwarders(
    data: Buffer,
    headers: Headers,
    names: list[str],
    addresses: tuple[int, ...],
    ordinals: tuple[int, ...],
) -> tuple[tuple[str, str], ...]:
    """Return the names whose address lies in the export directory itself: forwarders."""
    start, size = headers.directory(EXPORT)
    stop = start + size
    ordered = sorted(addresses)
    if bisect_left(ordered, start) == bisect_left(ordered, stop):
        return ()
    return tuple(
        (name, string_at(data, headers.offset(addresses[index]), "forwarder"))
        for name, index in zip(names, ordinals, strict=True)
        if index < len(addresses) and start <= addresses[index] < stop
    )
