"""The side-by-side manifest among an image's resources ("PE Format", The .rsrc Section)."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from winarm.coff.buffer import Buffer, MalformedError, fields
from winarm.coff.headers import IS_DLL, RESOURCE, Headers

_DIRECTORY = Struct("<12xHH")
_ENTRY = Struct("<II")
_DATA = Struct("<II8x")
_IS_FOLDER = 0x8000_0000
_MANIFEST = 24
#: The manifest that Windows reads when it starts a program, and when it loads a DLL
#: (CREATEPROCESS_MANIFEST_RESOURCE_ID and ISOLATIONAWARE_MANIFEST_RESOURCE_ID in winuser.h).
_OF_PROGRAM, _OF_DLL = 1, 2
#: Entries of one directory that are looked at; Windows' largest DLLs have some thousand.
_MAX_ENTRIES = 4096
MAX_MANIFEST = 64 * 2**10


def read_manifest(data: Buffer, headers: Headers) -> tuple[bytes, bool]:
    """Return the manifest that Windows obeys when it loads an image, and whether `data` holds it.

    An image without one has none; nor has one whose resources are damaged, which Windows passes
    over.
    """
    rva = headers.place(RESOURCE)
    if not rva:
        return b"", True
    wanted = _OF_DLL if headers.characteristics & IS_DLL else _OF_PROGRAM
    try:
        start = headers.offset(rva)
        names = _folder(data, start, start, _MANIFEST)
        languages = _folder(data, start, names, wanted) if names else 0
        leaf = next((at for _, at in _entries(data, languages)), 0) if languages else 0
        if not leaf or leaf & _IS_FOLDER:
            return b"", True
        address, size = fields(_DATA, data, start + leaf, "resource")
        at = headers.offset(address)
    except MalformedError:
        return b"", False
    size = min(size, MAX_MANIFEST)
    return bytes(data[at : at + size]), at + size <= len(data)


def _folder(data: Buffer, start: int, at: int, wanted: int) -> int:
    """Return where the directory of the entry `wanted` is, or 0."""
    place = next((place for name, place in _entries(data, at) if name == wanted), 0)
    return start + (place & ~_IS_FOLDER) if place & _IS_FOLDER else 0


def _entries(data: Buffer, at: int) -> Iterator[tuple[int, int]]:
    """Yield names, or numbers, and places of a directory's entries."""
    named, numbered = fields(_DIRECTORY, data, at, "resource directory")
    for index in range(min(named + numbered, _MAX_ENTRIES)):
        place = at + _DIRECTORY.size + index * _ENTRY.size
        name, target = fields(_ENTRY, data, place, "resource directory")
        yield name, target
