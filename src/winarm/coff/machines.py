"""Kinds of code, and which of them a process of a target loads."""

from __future__ import annotations

from enum import Enum

from winarm.coff.managed import Managed
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, Target


class Kind(Enum):
    """A machine as Windows tells them apart; the value is what people call it."""

    ARM64 = "ARM64"
    ARM64EC = "ARM64EC"
    ARM64X = "ARM64X"
    AMD64 = "AMD64"
    X86 = "x86"
    X86_HYBRID = "x86 hybrid (CHPE)"
    ARM32 = "ARM32"
    IA64 = "Itanium"
    OTHER = "another machine"


#: Machine numbers as image headers have them (IMAGE_FILE_MACHINE_*).
IMAGE_MACHINES = {
    WIN_ARM64.machine: Kind.ARM64,
    WIN_AMD64.machine: Kind.AMD64,
    WIN32.machine: Kind.X86,
    0x01C0: Kind.ARM32,
    0x01C2: Kind.ARM32,
    0x01C4: Kind.ARM32,
    0x0200: Kind.IA64,
}

#: Machine numbers as object files and import libraries have them, which name hybrids openly.
OBJECT_MACHINES = {
    **IMAGE_MACHINES,
    0xA641: Kind.ARM64EC,
    0xA64E: Kind.ARM64X,
    0x3A64: Kind.X86_HYBRID,
}

#: What a machine's kind becomes when there is CHPE metadata in the image.
HYBRIDS = {
    Kind.ARM64: Kind.ARM64X,
    Kind.AMD64: Kind.ARM64EC,
    Kind.X86: Kind.X86_HYBRID,
}

#: Native code that a process of each target loads. An x64 process on Arm loads ARM64EC and
#: ARM64X too, but a win_amd64 wheel must also work where the processor is x64.
_LOADS = {
    WIN_ARM64.machine: {Kind.ARM64, Kind.ARM64X},
    WIN_AMD64.machine: {Kind.AMD64},
    WIN32.machine: {Kind.X86},
}


def loads(target: Target, kind: Kind, managed: Managed = Managed.NONE) -> bool:
    """Return whether a process of `target` can load such an image."""
    return managed is Managed.ANY_CPU or kind in _LOADS[target.machine]


def label(kind: Kind, managed: Managed) -> str:
    """Return what people call an image of `kind`."""
    if managed is Managed.NONE:
        return str(kind.value)
    if managed is Managed.ANY_CPU:
        return str(managed.value)
    if managed is Managed.MIXED:
        return f"{kind.value} {managed.value}"
    return f"{managed.value} ({kind.value} only)"
