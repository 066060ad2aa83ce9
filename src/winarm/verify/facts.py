"""What was read of a wheel, folder or file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import islice
from pathlib import Path

from winarm.coff.image import Image
from winarm.coff.library import Library
from winarm.coff.sniff import Nature
from winarm.target import Target
from winarm.verify.companions import Brought
from winarm.verify.member_names import place_of
from winarm.verify.options import VerifyOptions
from winarm.verify.wheels.archive import Archive
from winarm.verify.wheels.filename import WheelName
from winarm.verify.wheels.metadata import installed_rows


class Shape(Enum):
    """What the path is."""

    WHEEL = "wheel"
    TREE = "folder"
    FILE = "file"


@dataclass(frozen=True)
class Facts:
    """A wheel, a folder or a file, read."""

    path: Path
    shape: Shape
    #: For whom it is verified.
    target: Target
    #: What the user chose.
    options: VerifyOptions = field(default_factory=VerifyOptions)
    #: Every regular member (paths with forward slashes) and its size.
    sizes: Mapping[str, int] = field(default_factory=dict)
    #: SHA-256 of every member, where asked for.
    digests: Mapping[str, bytes] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    #: Object files and libraries.
    libraries: Mapping[str, Library] = field(default_factory=dict)
    #: Members that are named like a Windows image and are something else.
    impostors: Mapping[str, Nature] = field(default_factory=dict)
    #: Members that could not be read as what they are, and why.
    damaged: Mapping[str, str] = field(default_factory=dict)
    #: Native code of other systems: ELF and Mach-O files, whatever their names.
    natives: Mapping[str, Nature] = field(default_factory=dict)
    #: Reads a member again, or returns nothing; None where only images were looked at.
    reader: Callable[[str], bytes] | None = field(default=None, compare=False, repr=False)
    #: Files that other paths of the same call bring.
    brought: Brought = field(default_factory=Brought, compare=False, repr=False)
    #: Of a wheel only: its name, directory, and the files of its .dist-info.
    name: WheelName | None = None
    archive: Archive | None = None
    texts: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of all files, those that could not be read included."""
        if self.archive is None:
            return frozenset(self.sizes)
        return frozenset(entry.name for entry in self.archive.entries if not entry.is_folder)

    @cached_property
    def places(self) -> frozenset[tuple[str, ...]]:
        """Return where Windows has these files."""
        return frozenset(map(place_of, self.names))

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Return the distribution, as the name of its RECORD, that files of a folder belong to."""
        if self.shape is not Shape.TREE:
            return {}
        most = 2 * len(self.sizes)
        return {
            path: record
            for record, text in self.texts.items()
            for path, _ in islice(installed_rows(record, text), most)
            if path in self.sizes
        }

    @property
    def may_read(self) -> bool:
        """Return whether members can be read again."""
        return self.reader is not None

    def read(self, member: str) -> bytes:
        """Return a member's content again; nothing where it cannot be read."""
        return self.reader(member) if self.reader is not None else b""
