"""From bytes to facts: what is kept of each member while it passes by once."""

from __future__ import annotations

import hashlib
from collections import deque
from typing import TYPE_CHECKING

from winarm.verify.binaries.buffer import MalformedError
from winarm.verify.binaries.headers import read_headers
from winarm.verify.binaries.image import MAX_SYMBOLS, Image, read_image, read_tables, tables_end
from winarm.verify.binaries.library import (
    MAX_MEMBERS,
    MEMBER_HEADER,
    OBJECT_SUFFIXES,
    Library,
    read_library,
)
from winarm.verify.binaries.sniff import Nature, identify
from winarm.verify.subject import suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from winarm.verify.binaries.buffer import Buffer

#: Suffixes under which Windows, or people, expect an image.
IMAGE_SUFFIXES = frozenset({".pyd", ".dll", ".exe"})
#: What a member of a library costs to look at, counted in symbols.
_MEMBER_WEIGHT = 4
_TOO_MANY = "there are more symbols in all images than the limit allows"
#: Words in Python code that bring DLLs in by path or extend the folders that are searched.
_SEARCH_WORDS = (b"add_dll_directory", b"LoadLibrary", b"CDLL", b"WinDLL", b"windll")
#: Suffixes of text and media, which are not looked at unless they are hashed.
_OTHERS = frozenset({
    ".c", ".cpp", ".css", ".csv", ".gif", ".h", ".hpp", ".htm", ".html", ".ico", ".jpg", ".js",
    ".json", ".md", ".mo", ".pem", ".png", ".po", ".pxd", ".pxi", ".py", ".pyi", ".pyx", ".qm",
    ".qml", ".qmltypes", ".rst", ".svg", ".toml", ".ts", ".ttf", ".txt", ".xml", ".yaml", ".yml",
})  # fmt: skip
#: Files of .dist-info that are kept whole, up to this size.
MAX_TEXT = 16 * 2**20


class Collector:
    """Takes members one by one and keeps what the checks need."""

    def __init__(self, *, hashes: bool, symbols: int, wants_symbols: Callable[[str], bool]) -> None:
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, bytes] = {}
        self.images: dict[str, Image] = {}
        self.libraries: dict[str, Library] = {}
        self.impostors: dict[str, Nature] = {}
        self.damaged: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        #: Known only where every member is read whole; otherwise the benefit of the doubt.
        self.extends_search = not hashes
        #: Members to be hashed with another algorithm than SHA-256.
        self.algorithms: dict[str, str] = {}
        self.hashes = hashes
        self._symbols_left = symbols
        self._wants_symbols = wants_symbols

    def wants_all(self, name: str) -> bool:
        """Return whether more than the first bytes of a member are probably wanted."""
        return self.hashes or suffix_of(name) in IMAGE_SUFFIXES

    def take(self, name: str, size: int, pieces: Iterator[bytes], *, text: bool = False) -> Nature:
        """Take a member of `size` bytes that come in `pieces`, and return what it is.

        :param text: keep it whole in `texts`.
        """
        self.sizes[name] = size
        suffix = suffix_of(name)
        if suffix in _OTHERS and not (self.hashes or text):
            return Nature.TEXT
        if self.hashes:
            pieces = self._watched(name, suffix, pieces)
        first = next(pieces, b"")
        nature = identify(first)
        if text:
            self.texts[name] = b"".join((first, *pieces))
        elif nature is Nature.IMAGE:
            self._take_image(name, suffix, size, first, pieces)
        elif nature is Nature.ARCHIVE or (suffix in OBJECT_SUFFIXES and nature is Nature.DATA):
            self._take_library(name, suffix, bytearray(first), pieces)
        if self.hashes:
            # What is left of it is hashed, too.
            deque(pieces, maxlen=0)
        if suffix in IMAGE_SUFFIXES and nature is not Nature.IMAGE:
            self.impostors[name] = nature
        return nature

    def _watched(self, name: str, suffix: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Hand on every piece after hashing it and, of Python code, searching it."""
        digest = hashlib.new(self.algorithms.get(name, "sha256"))
        for piece in pieces:
            digest.update(piece)
            if suffix == ".py" and not self.extends_search:
                self.extends_search = any(word in piece for word in _SEARCH_WORDS)
            yield piece
        self.digests[name] = digest.digest()

    def _take_image(
        self, name: str, suffix: str, size: int, first: bytes, pieces: Iterator[bytes]
    ) -> None:
        """Read an image from as much of it as holds its tables, or else from all of it."""
        if self._symbols_left <= 0:
            self.damaged[name] = _TOO_MANY
            return
        most = min(MAX_SYMBOLS, self._symbols_left)
        try:
            image = self._image_from(first, size, most, pieces)
        except MalformedError as error:
            self._note_damage(name, suffix, error)
        else:
            self._symbols_left -= image.weight
            self.images[name] = image

    def _image_from(self, first: bytes, size: int, most: int, pieces: Iterator[bytes]) -> Image:
        data: Buffer = first
        try:
            headers = read_headers(first, size)
            end = tables_end(headers)
            if len(first) < end:
                data = bytearray(first)
                while len(data) < end and (piece := next(pieces, None)):
                    data += piece
            return read_tables(data, headers, size, self._wants_symbols, most)
        except MalformedError:
            whole = data if isinstance(data, bytearray) else bytearray(data)
            for piece in pieces:
                whole += piece
            return read_image(whole, self._wants_symbols, most)

    def _take_library(
        self, name: str, suffix: str, data: bytearray, pieces: Iterator[bytes]
    ) -> None:
        for piece in pieces:
            data += piece
        try:
            library = read_library(data, min(MAX_MEMBERS, self._symbols_left // _MEMBER_WEIGHT))
        except MalformedError as error:
            # So many members may have been read of it.
            self._symbols_left -= _MEMBER_WEIGHT * (len(data) // MEMBER_HEADER)
            self._note_damage(name, suffix, error)
        else:
            self._symbols_left -= _MEMBER_WEIGHT * library.members
            self.libraries[name] = library

    def _note_damage(self, name: str, suffix: str, error: MalformedError) -> None:
        # Two letters do not make an image of a file that has another suffix.
        if suffix in IMAGE_SUFFIXES or suffix in OBJECT_SUFFIXES:
            self.damaged[name] = error.what
