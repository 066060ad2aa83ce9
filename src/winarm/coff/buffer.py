"""Bounded reading of fields and strings from untrusted bytes."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from winarm.errors import WinarmError

#: What a file's content is held in.
Buffer = bytes | bytearray

U16 = Struct("<H")
U32 = Struct("<I")
U64 = Struct("<Q")

#: Longest name that is read. C++ names reach some thousand characters; compilers stop at 4,096
#: to 65,535.
MAX_NAME = 0xFFFF


class MalformedError(WinarmError):
    """The bytes are not what their beginning promises."""


#: Longest name of a DLL: MAX_PATH of Windows.
MAX_DLL_NAME = 260
#: Longest text of a forwarder: a DLL's name, and a symbol's.
MAX_FORWARDER = 1024


def fields(layout: Struct, data: Buffer, offset: int, what: str) -> tuple[int, ...]:
    """Return the fields of `layout` at `offset`.

    :param what: the name of the structure, for the message.
    :raises MalformedError: the data ends before the structure does.
    """
    if offset < 0 or offset + layout.size > len(data):
        raise MalformedError(f"the {what} lies outside of the file")
    return layout.unpack_from(data, offset)


def string_at(data: Buffer, offset: int, what: str, most: int) -> str:
    """Return the NUL-terminated string at `offset`; what is not UTF-8 becomes surrogates.

    :raises MalformedError: it does not end within the file, or within `most` bytes.
    """
    end = data.find(b"\0", offset, offset + most) if 0 <= offset < len(data) else -1
    if end < 0:
        raise MalformedError(f"a {what} does not end")
    return data[offset:end].decode("utf-8", "surrogateescape")


def symbol_text(name: str) -> str:
    """Return the name of a symbol as people write it.

    Such names are kept a byte a character: they are compared, not read, and a text takes four
    times as much for a single rare character.
    """
    return name.encode("latin-1").decode("utf-8", "replace")


@lru_cache(maxsize=1024)
def dll_file(name: str) -> str:
    """Return the file, in lower case, that the loader looks for when it is asked for `name`.

    It appends the suffix to a name without a dot (LoadLibrary in Microsoft's documentation).
    """
    name = name.lower()
    return name if "." in name else f"{name}.dll"
