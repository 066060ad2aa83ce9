"""From bytes to facts: what is kept of each member while it passes by once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from winarm.coff.buffer import Buffer, MalformedError
from winarm.coff.headers import read_headers
from winarm.coff.image import MAX_SYMBOLS, Image, read_image, read_tables, tables_end
from winarm.coff.library import (
    MAX_MEMBERS,
    MEMBER_HEADER,
    OBJECT_SUFFIXES,
    Library,
    read_library,
)
from winarm.coff.sniff import Nature, identify
from winarm.verify.member_names import suffix_of
from winarm.verify.options import TOO_MANY_SYMBOLS, Budget

#: Suffixes under which Windows, or people, expect an image.
IMAGE_SUFFIXES = frozenset({".pyd", ".dll", ".exe"})
#: What a member of a library costs to look at, counted in symbols.
_MEMBER_WEIGHT = 4
#: Suffixes of text and media, which are not looked at unless they are hashed.
_OTHERS = frozenset({
    ".c", ".cpp", ".css", ".csv", ".gif", ".h", ".hpp", ".htm", ".html", ".ico", ".jpg", ".js",
    ".json", ".md", ".mo", ".pem", ".png", ".po", ".pxd", ".pxi", ".py", ".pyi", ".pyx", ".qm",
    ".qml", ".qmltypes", ".rst", ".svg", ".toml", ".ts", ".ttf", ".txt", ".xml", ".yaml", ".yml",
})  # fmt: skip
#: Files of .dist-info that are kept whole, up to this size.
MAX_TEXT = 16 * 2**20
#: Bytes of a member that are looked at first; the headers of all but the oddest images fit in.
_HEAD = 4096
#: Bytes that are asked for when all are wanted.
_ALL = 2**40


class Readable(Protocol):
    """What is left of a member, or of a file."""

    def at_once(self) -> Buffer | None:
        """Return all of it if it is to be had faster than in pieces; asked before `read`."""

    def read(self, size: int) -> bytes:
        """Return some of what comes next, at most `size` bytes; nothing at the end."""


class Collector:
    """Takes members one by one and keeps what the checks need."""

    def __init__(
        self, *, hashes: bool, budget: Budget, wants_symbols: Callable[[str], bool]
    ) -> None:
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, bytes] = {}
        self.images: dict[str, Image] = {}
        self.libraries: dict[str, Library] = {}
        self.impostors: dict[str, Nature] = {}
        self.damaged: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self.natives: dict[str, Nature] = {}
        #: Members to be hashed with another algorithm than SHA-256.
        self.algorithms: dict[str, str] = {}
        self.hashes = hashes
        self._budget = budget
        self._wants_symbols = wants_symbols

    def take(self, name: str, size: int, content: Readable, *, text: bool = False) -> Nature:
        """Take a member of `size` bytes, and return what it is.

        :param text: keep it whole in `texts`.
        """
        self.sizes[name] = size
        suffix = suffix_of(name)
        if not self.hashes:
            # Text and media are not even looked at.
            passed = suffix in _OTHERS and not text
            return Nature.TEXT if passed else self._look_at(name, suffix, size, content, text=text)
        watched = _Hashed(content, self.algorithms.get(name, "sha256"))
        nature = self._look_at(name, suffix, size, watched, text=text)
        while watched.read(_ALL):
            pass
        self.digests[name] = watched.digest.digest()
        return nature

    def _look_at(
        self, name: str, suffix: str, size: int, content: Readable, *, text: bool
    ) -> Nature:
        whole = content.at_once() if self.hashes or suffix in IMAGE_SUFFIXES else None
        first = whole or content.read(_ALL if self.hashes else _HEAD)
        nature = identify(first)
        if text:
            self.texts[name] = bytes(_filled(first, _ALL, content))
        elif nature is Nature.ELF or nature is Nature.MACH_O:
            self.natives[name] = nature
        elif nature is Nature.IMAGE:
            self._take_image(name, suffix, size, first, content)
        elif nature is Nature.ARCHIVE or (suffix in OBJECT_SUFFIXES and nature is Nature.DATA):
            self._take_library(name, suffix, _filled(first, _ALL, content))
        if suffix in IMAGE_SUFFIXES and nature is not Nature.IMAGE:
            self.impostors[name] = nature
        return nature

    def _take_image(
        self, name: str, suffix: str, size: int, first: Buffer, content: Readable
    ) -> None:
        """Read an image from as much of it as holds its tables, or else from all of it."""
        if self._budget.symbols <= 0:
            self.damaged[name] = TOO_MANY_SYMBOLS
            return
        most = min(MAX_SYMBOLS, self._budget.symbols)
        try:
            image = self._image_from(first, size, most, content)
        except MalformedError as error:
            self._note_damage(name, suffix, error)
        else:
            self._budget.symbols -= image.weight
            self.images[name] = image

    def _image_from(self, first: Buffer, size: int, most: int, content: Readable) -> Image:
        data: Buffer = first
        try:
            headers = read_headers(first, size)
            if len(first) < size:
                data = _filled(first, min(tables_end(headers), size), content)
            return read_tables(data, headers, size, self._wants_symbols, most)
        except MalformedError:
            return read_image(_filled(data, _ALL, content), self._wants_symbols, most)

    def _take_library(self, name: str, suffix: str, data: Buffer) -> None:
        try:
            library = read_library(data, min(MAX_MEMBERS, self._budget.symbols // _MEMBER_WEIGHT))
        except MalformedError as error:
            # So many members may have been read of it.
            self._budget.symbols -= _MEMBER_WEIGHT * (len(data) // MEMBER_HEADER)
            self._note_damage(name, suffix, error)
        else:
            self._budget.symbols -= _MEMBER_WEIGHT * library.members
            self.libraries[name] = library

    def _note_damage(self, name: str, suffix: str, error: MalformedError) -> None:
        # Two letters do not make an image of a file that has another suffix.
        if suffix in IMAGE_SUFFIXES or suffix in OBJECT_SUFFIXES:
            self.damaged[name] = error.what


def _filled(data: Buffer, size: int, content: Readable) -> Buffer:
    """Return `data` with what follows it: `size` bytes in all, or fewer where it ends before."""
    if len(data) >= size:
        return data
    filled = data if isinstance(data, bytearray) else bytearray(data)
    while len(filled) < size and (piece := content.read(size - len(filled))):
        filled += piece
    return filled


class _Hashed:
    """Content that is hashed as it is read."""

    def __init__(self, content: Readable, algorithm: str) -> None:
        self._content = content
        self.digest = hashlib.new(algorithm)

    def at_once(self) -> Buffer | None:
        whole = self._content.at_once()
        if whole is not None:
            self.digest.update(whole)
        return whole

    def read(self, size: int) -> bytes:
        piece = self._content.read(size)
        self.digest.update(piece)
        return piece
