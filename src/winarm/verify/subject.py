"""What was read of a wheel, folder or file: the one value that every check looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from winarm.coff.buffer import dll_file
from winarm.verify.wheels.metadata import same_name, same_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.coff.image import Image
    from winarm.coff.library import Library
    from winarm.coff.sniff import Nature
    from winarm.target import Target
    from winarm.verify.wheels.archive import Archive
    from winarm.verify.wheels.filename import WheelName

#: Launchers that setuptools and distlib (and pip, which vendors it) carry for every machine and
#: copy out for the one they run on.
LAUNCHERS = (
    "*setuptools/cli*.exe",
    "*setuptools/gui*.exe",
    "*distlib/t[36][24]*.exe",
    "*distlib/w[36][24]*.exe",
)


class Shape(Enum):
    """What the path is."""

    WHEEL = "wheel"
    TREE = "folder"
    FILE = "file"


@dataclass(frozen=True)
class Subject:
    """A wheel, a folder or a file, read."""

    path: Path
    shape: Shape
    #: For whom it is verified.
    target: Target
    #: Patterns of members that may be for any machine.
    allow: tuple[str, ...] = ()
    #: Every regular member (paths with forward slashes) and its size.
    sizes: Mapping[str, int] = field(default_factory=dict)
    #: SHA-256 of every member, where asked for.
    digests: Mapping[str, bytes] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    #: Object files and libraries.
    libraries: Mapping[str, Library] = field(default_factory=dict)
    #: Members named like a Windows image that are none, and what they are.
    impostors: Mapping[str, Nature] = field(default_factory=dict)
    #: Members that could not be read as what they are, and why.
    damaged: Mapping[str, str] = field(default_factory=dict)
    #: A file of the subject extends the DLL search path, or loads DLLs by path.
    extends_search: bool = True
    #: Of a wheel only: its name, directory, and the files of its .dist-info.
    name: WheelName | None = None
    archive: Archive | None = None
    texts: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def checked(self) -> Mapping[str, Image]:
        """Return the images that are for the target, and not allowed to be as they are.

        In a wheel that is tagged for two machines, those of the other one are not.
        """
        others = [one for one in (self.name.targets if self.name else ()) if one != self.target]
        if self.target not in (self.name.targets if self.name else ()):
            others = []
        needed = {
            item.file
            for image in self.images.values()
            if others and image.loads_on(self.target)
            for item in image.needed
        }
        return {
            member: image
            for member, image in self.images.items()
            if not self.allows(member)
            and (
                image.loads_on(self.target)
                or base_name(member).lower() in needed
                or not any(image.loads_on(other) for other in others)
            )
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of all files, those that could not be read included."""
        if self.archive is None:
            return frozenset(self.sizes)
        return frozenset(entry.name for entry in self.archive.entries if not entry.is_folder)

    @cached_property
    def dist_info_folders(self) -> tuple[str, ...]:
        """Return every `.dist-info` folder at the top of the wheel.

        Only these count: setuptools carries the ones of what it vendors further down.
        """
        tops = {name.partition("/")[0] for name in self.names if "/" in name}
        return tuple(sorted(top for top in tops if top.endswith(".dist-info")))

    @cached_property
    def dist_info(self) -> str | None:
        """Return the `.dist-info` folder of the wheel's own name and version, or None."""
        if self.name is None:
            return None
        for folder in self.dist_info_folders:
            name, _, version = folder.removesuffix(".dist-info").rpartition("-")
            if same_name(name, self.name.distribution) and same_version(version, self.name.version):
                return folder
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """One image for each file name, in lower case."""
        return {base_name(member).lower(): member for member in reversed(tuple(self.images))}

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], str]:
        """The image for each folder and file name, the latter in lower case."""
        return {(self.folder(member), base_name(member).lower()): member for member in self.images}

    @cached_property
    def _folders(self) -> Mapping[str, str]:
        """The folder of every image, each an object of its own: they are compared very often."""
        folders: dict[str, str] = {}
        return {
            member: folders.setdefault(folder := folder_of(member), folder)
            for member in self.images
        }

    def folder(self, member: str) -> str:
        """Return the folder that an image is in, or ""."""
        return self._folders[member]

    def allows(self, member: str) -> bool:
        """Return whether `member` is a known launcher, or allowed by the user."""
        return any(fnmatchcase(member, pattern) for pattern in (*LAUNCHERS, *self.allow))

    def provider(self, importer: str, dll: str) -> str | None:
        """Return the member that `importer` gets when it imports `dll`, or None.

        Windows looks beside the importer first; other folders count if Python code adds them.
        """
        name = dll_file(dll)
        other = self._by_name.get(name)
        if other is None:
            return None
        return self._by_place.get((self.folder(importer), name), other)


def base_name(member: str) -> str:
    """Return a member's file name."""
    return member[member.rfind("/") + 1 :]


def folder_of(member: str) -> str:
    """Return a member's folder, or ""."""
    return member.rpartition("/")[0]


def suffix_of(member: str) -> str:
    """Return a member's last suffix in lower case."""
    dot = member.rfind(".")
    return member[dot:].lower() if dot > member.rfind("/") + 1 else ""


def is_module(member: str) -> bool:
    """Return whether a member is named like an extension module."""
    return suffix_of(member) == ".pyd"
