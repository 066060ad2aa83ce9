"""What an image is to the Common Language Runtime of .NET (ECMA-335, II.25.3.3)."""

from __future__ import annotations

from enum import Enum
from struct import Struct

from winarm.coff.buffer import Buffer, MalformedError, fields
from winarm.coff.headers import CLR, Headers
from winarm.target import WIN32

#: Flags, and the address of the ManagedNativeHeader (ready-to-run code).
_COR20 = Struct("<16xI44xI")

_IL_ONLY = 0x1
_32BIT_REQUIRED = 0x2
_32BIT_PREFERRED = 0x20000


class Managed(Enum):
    """How an image relates to .NET."""

    NONE = "no .NET"
    #: Intermediate language only: compiled when loaded, on any machine.
    ANY_CPU = ".NET, any CPU"
    #: Intermediate language only, for the machine in the header.
    IL = ".NET"
    #: Intermediate language with code of one machine beside it.
    READY_TO_RUN = ".NET, ready to run"
    #: Native code and intermediate language (C++/CLI).
    MIXED = "mixed with .NET"


def read_managed(data: Buffer, headers: Headers) -> tuple[Managed, tuple[str, ...]]:
    """Return an image's relation to .NET, and what is wrong with its CLR header."""
    rva = headers.place(CLR)
    if not rva:
        return Managed.NONE, ()
    try:
        flags, native = fields(_COR20, data, headers.offset(rva), "CLR header")
    except MalformedError as error:
        return Managed.MIXED, (error.what,)
    if not flags & _IL_ONLY:
        return Managed.MIXED, ()
    if native:
        return Managed.READY_TO_RUN, ()
    # "Prefers 32 bit" sets both flags, and means any machine all the same.
    needs_32 = flags & (_32BIT_REQUIRED | _32BIT_PREFERRED) == _32BIT_REQUIRED
    if headers.machine == WIN32.machine and not headers.wide and not needs_32:
        return Managed.ANY_CPU, ()
    return Managed.IL, ()
