"""From bytes to facts: what is kept of each member while it passes by once."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from winarm.verify.binaries.buffer import MalformedError
from winarm.verify.binaries.image import MAX_SYMBOLS, Image, read_image
from winarm.verify.binaries.library import OBJECT_SUFFIXES, Library, read_library
from winarm.verify.binaries.sniff import Nature, identify
from winarm.verify.subject import suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from winarm.verify.binaries.buffer import Buffer

#: Suffixes under which Windows, or people, expect an image.
IMAGE_SUFFIXES = frozenset({".pyd", ".dll", ".exe"})
#: Words in Python code that bring DLLs in by path or extend the folders that are searched.
_SEARCH_WORDS = (b"add_dll_directory", b"LoadLibrary", b"CDLL", b"WinDLL", b"windll")
#: Suffixes of text, which is not looked at unless it is hashed.
_SOURCES = frozenset({".py", ".pyi", ".pyx", ".pxd", ".h", ".txt", ".md", ".rst", ".json"})
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
        self._hashes = hashes
        self._symbols_left = symbols
        self._wants_symbols = wants_symbols

    def take(self, name: str, size: int, pieces: Iterable[bytes], *, text: bool = False) -> Nature:
        """Take a member of `size` bytes that come in `pieces`, and return what it is.

        :param text: keep it whole in `texts`.
        """
        self.sizes[name] = size
        if suffix_of(name) in _SOURCES and not (self._hashes or text):
            return Nature.TEXT
        stream = iter(pieces)
        first = next(stream, b"")
        nature = identify(first)
        binary = nature in {Nature.IMAGE, Nature.ARCHIVE} or (
            suffix_of(name) in OBJECT_SUFFIXES and nature is Nature.DATA
        )
        whole = bytearray(size) if binary or text else None
        if self._hashes or whole is not None:
            self._pass_by(name, chain([first], stream), whole)
        if whole is not None and text:
            self.texts[name] = bytes(whole)
        elif whole is not None:
            self._read(name, whole, nature)
        if suffix_of(name) in IMAGE_SUFFIXES and nature is not Nature.IMAGE:
            self.impostors[name] = nature
        return nature

    def _pass_by(self, name: str, pieces: Iterable[bytes], whole: bytearray | None) -> None:
        """Look at every piece once: hash it, search it, and keep it where there is a place."""
        digest = hashlib.new(self.algorithms.get(name, "sha256")) if self._hashes else None
        code = suffix_of(name) == ".py"
        position = 0
        for piece in pieces:
            if digest is not None:
                digest.update(piece)
            if whole is not None:
                whole[position : position + len(piece)] = piece
            if code and not self.extends_search:
                self.extends_search = any(word in piece for word in _SEARCH_WORDS)
            position += len(piece)
        if digest is not None:
            self.digests[name] = digest.digest()

    def _read(self, name: str, data: Buffer, nature: Nature) -> None:
        try:
            if nature is Nature.IMAGE and self._symbols_left <= 0:
                self.damaged[name] = "there are more symbols in all images than the limit allows"
            elif nature is Nature.IMAGE:
                image = read_image(data, self._wants_symbols, min(MAX_SYMBOLS, self._symbols_left))
                self._symbols_left -= image.weight
                self.images[name] = image
            else:
                self.libraries[name] = read_library(data)
        except MalformedError as error:
            # Two letters do not make an image of a file that has another suffix.
            if suffix_of(name) in IMAGE_SUFFIXES | OBJECT_SUFFIXES:
                self.damaged[name] = error.what
