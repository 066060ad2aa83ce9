"""What an image needs: its imports and delay imports, all of them.

A limit on the number of symbols must never lose a DLL (pefile stops after 8,192 symbols and
drops the DLLs that follow, erocarrera/pefile#66): DLL names are read before any symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from struct import Struct
from typing import NamedTuple

from winarm.coff.buffer import (
    MAX_DLL_NAME,
    MAX_NAME,
    U32,
    U64,
    Buffer,
    MalformedError,
    dll_file,
    fields,
    string_at,
)
from winarm.coff.headers import DELAY_IMPORT, IMPORT, Headers
from winarm.coff.hinted_names import hinted_names

_DESCRIPTOR = Struct("<IIIII")
_DELAY_DESCRIPTOR = Struct("<IIIIIIII")
#: In a delay descriptor's attributes: its fields are relative addresses (all since VC7).
_RELATIVE = 1
#: The low half of a thunk: the address of hint and name.
_NAME_RVA = 0x7FFF_FFFF
#: No process loads more DLLs than this; a hostile table may name millions.
MAX_DLLS = 4096

#: Says whether the symbols of a DLL (its file, in lower case) are worth reading.
Wanted = Callable[[str], bool]


class Import(NamedTuple):
    """A DLL that an image needs, and what it takes from it."""

    dll: str
    #: Names, a byte a character, and ordinals as numbers; empty where they were not wanted.
    symbols: Collection[str | int]
    #: Loaded when first used, not with the image.
    delayed: bool = False
    #: Where in memory the loader writes the symbols' addresses.
    addresses: int = 0

    @property
    def file(self) -> str:
        """Return the file that the loader looks for, in lower case."""
        return dll_file(self.dll)


#: A DLL, where the list of its symbols is, whether it is delayed, and where their addresses go.
_Table = tuple[str, int, bool, int]


def read_imports(
    data: Buffer, headers: Headers, wanted: Wanted, max_symbols: int
) -> tuple[tuple[Import, ...], tuple[str, ...], int]:
    """Return the imports of an image, what is wrong with its import tables, and how much was read.

    That is counted in symbols; one whose name could not be read counts too.

    :param wanted: which DLLs' symbols to read.
    :param max_symbols: how many symbols to read in all.
    """
    tables: list[_Table] = []
    defects: list[str] = []
    for walk in (_import_tables, _delay_tables):
        try:
            tables.extend(walk(data, headers))
        except MalformedError as error:
            defects.append(error.what)
    reader = _SymbolReader(data, headers, max_symbols)
    found = []
    for dll, thunks, delayed, addresses in tables:
        symbols: Collection[str | int] = ()
        if thunks and wanted(dll_file(dll)):
            try:
                symbols = reader.symbols(thunks)
            except MalformedError as error:
                defects.append(f"{error.what} (imports from {dll})")
        found.append(Import(dll, symbols, delayed, addresses))
    return tuple(found), tuple(defects), max_symbols - max(reader.symbols_left, 0)


def _import_tables(data: Buffer, headers: Headers) -> Iterator[_Table]:
    rva = headers.place(IMPORT)
    if not rva:
        return
    offset = headers.offset(rva)
    for _ in range(MAX_DLLS):
        lookup, _, _, name, addresses = fields(_DESCRIPTOR, data, offset, "import table")
        # The loader stops at the first descriptor without a name or an address table.
        if not name or not addresses:
            return
        dll = string_at(data, headers.offset(name), "DLL name", MAX_DLL_NAME)
        # Borland's linker fills in no lookup table; before binding the address table equals it.
        yield dll, lookup or addresses, False, addresses
        offset += _DESCRIPTOR.size
    raise MalformedError(f"the import table names more than {MAX_DLLS} DLLs")


def _delay_tables(data: Buffer, headers: Headers) -> Iterator[_Table]:
    rva = headers.place(DELAY_IMPORT)
    if not rva:
        return
    offset = headers.offset(rva)
    for _ in range(MAX_DLLS):
        attributes, name, _, addresses, lookup, *_ = fields(
            _DELAY_DESCRIPTOR, data, offset, "delay import table"
        )
        if not name:
            return
        base = 0 if attributes & _RELATIVE else headers.image_base & 0xFFFF_FFFF
        dll = string_at(data, headers.offset(name - base), "DLL name", MAX_DLL_NAME)
        yield dll, lookup - base if lookup else 0, True, addresses - base
        offset += _DELAY_DESCRIPTOR.size
    raise MalformedError(f"the delay import table names more than {MAX_DLLS} DLLs")


class _SymbolReader:
    """Reads lists of symbols within one allowance for the whole image.

    Tables may overlap, so that a small file can describe a huge one; hence allowances of
    symbols, and of bytes of names (which do not overlap in an honest file).
    """

    def __init__(self, data: Buffer, headers: Headers, max_symbols: int) -> None:
        self._data = data
        self._headers = headers
        self.symbols_left = max_symbols
        self._bytes_left = len(data) + MAX_NAME
        self._thunk = U64 if headers.wide else U32
        self._ordinal_flag = 1 << (self._thunk.size * 8 - 1)

    def symbols(self, table: int) -> Collection[str | int]:
        """Return the names, then the ordinals, of the list of thunks at address `table`."""
        thunks = sorted(self._thunks(table))
        flag = self._ordinal_flag
        if not thunks or thunks[-1] < flag:
            return self._names(thunks)
        ordinals = (thunk & 0xFFFF for thunk in thunks if thunk & flag)
        return (*self._names([thunk for thunk in thunks if not thunk & flag]), *ordinals)

    def _names(self, thunks: Sequence[int]) -> Collection[str]:
        if not thunks:
            return ()
        names = hinted_names(self._data, self._headers.span(thunks[0]), thunks)
        if names is None or len(names.region) > self._bytes_left:
            return tuple(self._scattered(thunks))
        self._bytes_left -= len(names.region)
        return names

    def _scattered(self, thunks: Sequence[int]) -> list[str]:
        data = self._data
        start = stop = shift = 0
        found = []
        for thunk in thunks:
            rva = thunk & _NAME_RVA
            if not start <= rva < stop:
                start, stop, shift = self._headers.span(rva) or self._missing(rva)
            # Two bytes of hint stand before the name.
            at = rva + shift + 2
            end = data.find(b"\0", at, at + MAX_NAME)
            # Spent whatever comes of it, or each list could spend it again.
            self._bytes_left -= MAX_NAME if end < 0 else end - at
            if end < 0 or self._bytes_left < 0:
                raise MalformedError("the names of imported symbols do not end")
            found.append(data[at:end].decode("latin-1"))
        return found

    def _thunks(self, table: int) -> tuple[int, ...]:
        """Return the thunks up to the first that is zero."""
        size = self._thunk.size
        start = self._headers.offset(table)
        stop = self._zeros(start, min(len(self._data), start + (self.symbols_left + 1) * size))
        count = ((len(self._data) if stop < 0 else stop) - start) // size
        self.symbols_left -= count
        if self.symbols_left < 0:
            raise MalformedError("there are more imported symbols than the limit allows")
        if stop < 0:
            raise MalformedError("a list of imported symbols does not end")
        return Struct(f"<{count}{self._thunk.format[-1]}").unpack_from(self._data, start)

    def _zeros(self, start: int, most: int) -> int:
        """Return where the first thunk of zeros is, of those from `start` on, or -1."""
        size = self._thunk.size
        at = self._data.find(bytes(size), start, most)
        while at >= 0 and (inside := (at - start) % size):
            # The end of one thunk and the beginning of the next.
            at = self._data.find(bytes(size), at - inside + size, most)
        return at

    @staticmethod
    def _missing(rva: int) -> tuple[int, int, int]:
        raise MalformedError(f"the name of an imported symbol, at {rva:#x}, is in no section")
