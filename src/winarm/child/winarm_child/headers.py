r"""Headers as Windows finds them: in any case, with `\` in names, under Microsoft's names.

A compiler on another host takes names literally. Where one misses a header that Windows would
find, a header map (clang's own kind of file, which says where a name is) is made for that
compilation, and the compilation is repeated. Nothing is read where all headers are found.
"""

import itertools
import os
import re
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: Microsoft's headers that every other toolchain has under another name.
SAME_AS = {"arm64_neon.h": "arm_neon.h", "arm64intr.h": "intrin.h", "armintr.h": "intrin.h"}

#: Headers of C that old projects bring for Visual Studio, refusing other compilers.
BROUGHT = ("stdint.h", "inttypes.h")

_MISSING = re.compile(
    r"^(?P<file>[^\n]*?):\d+:\d+: fatal error: '(?P<name>[^'\n]+)' file not found",
    re.MULTILINE,
)
_REFUSED = re.compile(
    r"^(?P<file>[^\n]*?):\d+:\d+: error: [^\n]*(?:Microsoft|Visual C|MSVC|_MSC_VER)", re.MULTILINE
)

#: Options that name a folder of headers, alone or in front of it.
_FOLDER_OPTIONS = ("-I", "-isystem", "-iquote", "-idirafter")


class Mended(NamedTuple):
    """The command line to repeat a compilation with, and what was changed, for people."""

    argv: tuple[str, ...]
    why: str


class Headers:
    """Finds headers as Windows does."""

    def __init__(self, scratch: str) -> None:
        self._folder = os.path.join(scratch, "headers")
        self._number = itertools.count()
        #: What each map says, by the option that gives it to the compiler.
        self._maps: dict[str, dict[str, str]] = {}

    def mend(self, argv: Sequence[str], output: str) -> Mended | None:
        """Return how to repeat a compilation that failed, or None where headers are not why."""
        refused = _REFUSED.search(output)
        if refused is not None and os.path.basename(refused["file"]).lower() in BROUGHT:
            return later(argv, os.path.dirname(refused["file"]))
        missing = _MISSING.search(output)
        if missing is None:
            return None
        name = missing["name"]
        last = next((word for word in reversed(argv) if word in self._maps), "")
        known = self._maps.get(last, {})
        found = meant(name, missing["file"], argv)
        if found is None or name in known:
            return None
        # With Microsoft's extensions clang looks the name up with `/`.
        option = self._written({**known, name: found, name.replace("\\", "/"): found})
        kept = tuple(word for word in argv if word != last)
        return Mended((*kept, option), f'#include "{name}": found {found}, as on Windows')

    def _written(self, places: dict[str, str]) -> str:
        """Write a map under a new name, since zig keeps results by names; return its option."""
        os.makedirs(self._folder, exist_ok=True)
        path = os.path.join(self._folder, f"{os.getpid()}-{next(self._number)}.hmap")
        with open(path, "wb") as file:
            file.write(header_map(places))
        option = f"-I{path}"
        self._maps[option] = places
        return option


def meant(name: str, file: str, argv: Sequence[str]) -> str | None:
    """Return what Windows would find for a name that `file` includes, or None."""
    if name.lower() in SAME_AS:
        return SAME_AS[name.lower()]
    places = (os.path.dirname(file) or ".", *folders(argv))
    found = next(filter(None, (in_any_case(folder, name) for folder in places)), None)
    return None if found is None else os.path.abspath(found)


def header_map(places: dict[str, str]) -> bytes:
    """Return a header map: the file of each name; a relative one is looked for further on.

    The form is that of clang's HeaderMapTypes.h: a header, a hash table with open addresses, and
    the texts, each with a NUL, that both name by their offsets.
    """
    buckets = 1
    while buckets < 2 * len(places) + 1:
        buckets *= 2
    texts, table = bytearray(b"\0"), [(0, 0, 0)] * buckets

    def offset(text: str) -> int:
        start = len(texts)
        texts.extend(os.fsencode(text) + b"\0")
        return start

    for name, place in places.items():
        # Keys are compared without regard to case.
        bucket = sum(os.fsencode(name.lower())) * 13 % buckets
        while table[bucket][0]:
            bucket = (bucket + 1) % buckets
        table[bucket] = (offset(name), offset(place), len(texts) - 1)
    start = 24 + 12 * buckets
    longest = max(len(os.fsencode(place)) for place in places.values())
    head = struct.pack("<4sHHIIII", b"pamh", 1, 0, start, len(places), buckets, longest)
    return head + b"".join(struct.pack("<III", *bucket) for bucket in table) + bytes(texts)


def later(argv: Sequence[str], folder: str) -> Mended | None:
    """Return a command line in which a folder of headers comes after the toolchain's own."""
    made: list[str] = []
    words = iter(argv)
    for word in words:
        option = next((name for name in ("-I", "-isystem") if word.startswith(name)), None)
        if option is None:
            made.append(word)
            continue
        value = word[len(option) :]
        path = value or next(words, "")
        named = [word] if value else [word, path]
        same = os.path.normpath(path) == os.path.normpath(folder or ".")
        made += ["-idirafter", path] if same else named
    if made == list(argv):
        return None
    return Mended(tuple(made), f"{folder}: searched after the toolchain's own headers")


def folders(argv: Sequence[str]) -> Iterator[str]:
    """Yield the folders of headers that a command line names.

    >>> list(folders(["cc", "-Ia", "-isystem", "b", "-DI=c"]))
    ['a', 'b']
    """
    words = iter(argv)
    for word in words:
        for option in _FOLDER_OPTIONS:
            if word == option:
                yield next(words, ".")
            elif word.startswith(option):
                yield word[len(option) :]


def in_any_case(folder: str, name: str) -> str | None:
    r"""Return the file that `name` means below `folder` on Windows, or None.

    :param name: with `/` or `\`, in any case.
    """
    found = folder
    for part in filter(None, re.split(r"[\\/]", name)):
        exact = os.path.join(found, part)
        if os.path.exists(exact):
            found = exact
            continue
        try:
            entries = sorted(os.listdir(found or "."))
        except OSError:
            return None
        alike = next((entry for entry in entries if entry.lower() == part.lower()), None)
        if alike is None:
            return None
        found = os.path.join(found, alike)
    return found if os.path.isfile(found) else None
