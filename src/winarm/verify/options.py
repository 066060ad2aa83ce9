"""What a user may choose about verification; `winarm.config.verify` reads it from settings."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from winarm.target import WIN_ARM64, Target
from winarm.verify.codes import Code, Severity

#: Bytes of a file for which a second more is allowed; verifying takes a fiftieth of that.
_BYTES_A_SECOND = 4 * 2**20
#: Bytes of a file for which a symbol more is allowed; the largest wheels have one in 300.
_BYTES_A_SYMBOL = 64

#: Why an image is not read once the limit `symbols` is reached.
TOO_MANY_SYMBOLS = "there are more symbols in all images than the limit allows"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file counts as a decompression bomb; sizes in bytes, unpacked."""

    #: Members of an archive, files of a folder.
    members: int = 100_000
    member_size: int = 2 * 2**30
    total_size: int = 8 * 2**30
    #: Unpacked over packed, of a member over 16 MiB; the largest seen in a real wheel is 228.
    member_ratio: int = 300
    #: Unpacked over packed, of an archive over 64 MiB unpacked.
    total_ratio: int = 50
    #: Symbols read from all images of one call together, and one more for each 64 bytes of files.
    symbols: int = 1_000_000
    #: Seconds of processor time for one call, and one more for each 4 MiB of its files.
    seconds: int = 10


class Budget:
    """What all that is verified in one call may cost together: processor time, and symbols."""

    def __init__(self, limits: Limits) -> None:
        self._end = time.process_time() + limits.seconds
        #: Symbols of images that may still be read.
        self.symbols = limits.symbols

    def allow(self, size: int) -> None:
        """Allow more for so many bytes."""
        self._end += size / _BYTES_A_SECOND
        self.symbols += size // _BYTES_A_SYMBOL

    @property
    def is_over(self) -> bool:
        """Return whether the time is used up."""
        return time.process_time() > self._end


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What is verified, for which target, and what is reported."""

    #: The machine whose processes must load the code.
    target: Target = WIN_ARM64
    #: Further targets: a wheel that is tagged for one of them is verified for it.
    also: tuple[Target, ...] = ()
    #: Wheels for other systems are noted and passed over, not refused.
    skip_others: bool = False
    #: Codes, or beginnings of codes, that are reported; all when empty.
    select: tuple[str, ...] = ()
    #: Codes, or beginnings of codes, that are not reported.
    ignore: tuple[str, ...] = ()
    #: Patterns of members, each with codes or beginnings of codes that are not reported of them.
    per_member_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Patterns of members that may be for any machine.
    allow: tuple[str, ...] = ()
    #: Patterns of DLL names that something else provides.
    external: tuple[str, ...] = ()
    #: Wheels, folders of wheels, and folders that bring DLLs to what is verified.
    companions: tuple[Path, ...] = ()
    #: The lowest severity that fails a report; None for never.
    fail_on: Severity | None = Severity.ERROR
    #: Compare every member with its RECORD entry.
    record: bool = True
    limits: Limits = field(default_factory=Limits)

    def wants(self, code: Code, member: str = "") -> bool:
        """Return whether findings of `code` about `member` are reported.

        What could not be verified is always reported.
        """
        if code.rule.unread:
            return True
        ignored = (
            *self.ignore,
            *(
                prefix
                for pattern, prefixes in self.per_member_ignores
                if member and fnmatchcase(member, pattern)
                for prefix in prefixes
            ),
        )
        chosen = not self.select or code.name.startswith(self.select)
        return chosen and not code.name.startswith(ignored)
