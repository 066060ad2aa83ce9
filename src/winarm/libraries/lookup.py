"""The libraries of a prefix by every name under which a project may ask for one.

A library is called differently by who builds it: `libz.dll.a`, `zlib.lib`, `libzlibstatic.a`; and
by who links it: `-lz`, `zlib.lib`. Here each file gets all names that mean it, and each name one
file: an import library or a static one, as `linkage` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image
from winarm.coff.library import read_library
from winarm.coff.machines import Kind, loads
from winarm.locate.folders import files
from winarm.target import Target

if TYPE_CHECKING:
    from winarm.locate.toolchain import Style

Linkage = Literal["shared", "static"]

#: Endings of libraries to link, the longest first.
ENDINGS = (".dll.a", ".dll.lib", ".lib", ".a")
#: Libraries that are looked at in one folder.
MAX_FILES = 20_000
#: Longest library that is read, in bytes.
MAX_SIZE = 2**30
#: Bytes of a library's table of symbols in which C++ names are looked for.
MAX_TABLE = 64 * 2**20

#: What the names of static libraries end in, next to shared ones of the same name.
_STATIC = re.compile(r"(?:[-_]?static|_a)$")
#: A version at the end of a name: `png16`, `ffi-8`.
_VERSION = re.compile(r"(?<=[a-z_+])[-_]?\d+(?:[._]\d+)*$")

#: The version of a DLL's interface, as libtool and OpenSSL write it.
_INTERFACE = re.compile(r"-\d+(?:-x64|-arm64)?$")

#: Names of one library that no rule derives from each other.
_SYNONYMS = (
    ("z", "zlib", "zlib1", "zdll", "zs"),
    ("ssl", "ssleay32"),
    ("crypto", "libeay32"),
    ("lzma", "xz"),
    ("bz2", "bzip2"),
    ("zstd", "zstd_static"),
    ("openblas", "scipy_openblas"),
    ("omp", "gomp", "iomp5", "libiomp5md", "vcomp"),
)

#: What every toolchain brings itself: the C library, Windows, the compiler's own. A prefix of
#: MSYS2 has them too, for its own compiler.
_RUNTIME = re.compile(
    r"(?:lib)?(?:mingw\w*|moldname|msvcrt\w*|msvcr\d+\w*|ucrt\w*|vcruntime\w*|crtdll\w*|c\+\+\w*"
    r"|unwind|gcc\w*|clang_rt.*|winpthread|pthread|ssp\w*|m|kernel32|ntdll|user32|gdi32|advapi32"
    r"|shell32|ole32|oleaut32|uuid|ws2_32|wsock32|api-ms-.*|ext-ms-.*|windowsapp\w*|onecore\w*"
    r"|python3?\d*t?)"
)


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A library that the target's linker takes."""

    path: Path
    #: File name without its ending, in lower case.
    stem: str
    linkage: Linkage


@dataclass(frozen=True, slots=True)
class Refused:
    """A library that cannot be linked, and why."""

    path: Path
    stem: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the folders of one prefix have."""

    libraries: tuple[LibraryFile, ...]
    refused: tuple[Refused, ...]


def libraries_in(
    folders: Iterable[Path], target: Target, style: Style, *, without_runtime: bool
) -> Found:
    """Return the libraries in `folders`, each read for its machine and its kind.

    :param without_runtime: leave out what the toolchain brings itself.
    """
    usable: list[LibraryFile] = []
    refused: list[Refused] = []
    for folder in folders:
        for path in files(folder)[:MAX_FILES]:
            stem = stem_of(path.name)
            if stem is None or (without_runtime and is_runtime(stem)):
                continue
            judged = judge(path, stem, target, style)
            if isinstance(judged, LibraryFile):
                usable.append(judged)
            else:
                refused.append(judged)
    return Found(tuple(usable), tuple(refused))


def dlls_in(
    folders: Iterable[Path], target: Target, style: Style, known: Mapping[str, object]
) -> tuple[LibraryFile, ...]:
    """Return the DLLs in `folders` that no name of `known` links: LLD takes a DLL for a library.

    Empty for linkers of Microsoft's style, which do not.
    """
    found = []
    for path in (file for folder in folders if style == "gnu" for file in files(folder)):
        stem = dll_stem(path.name)
        names = {*names_of(stem), unversioned(stem)}
        is_dll = path.name.lower().endswith(".dll")
        if not is_dll or is_runtime(stem) or not names.isdisjoint(known):
            continue
        try:
            image = read_image(_content(path), wanted=lambda _: False)
        except (OSError, MalformedError):
            continue
        symbols = [name.encode("latin-1") for name in image.exports.names]
        if symbols and image.loads_on(target) and not _other_abi(symbols, "shared", style):
            found.append(LibraryFile(path, stem, "shared"))
    return tuple(found)


def dll_stem(name: str) -> str:
    """Return a DLL's name without its ending and the version of its interface, in lower case.

    >>> dll_stem("libsqlite3-0.dll"), dll_stem("libssl-3-arm64.dll"), dll_stem("zlib1.dll")
    ('libsqlite3', 'libssl', 'zlib1')
    """
    return _INTERFACE.sub("", name.lower().removesuffix(".dll"))


def stem_of(name: str) -> str | None:
    """Return a library's name without its ending, in lower case, or None for another file.

    >>> stem_of("libZ.dll.a"), stem_of("zlib.lib"), stem_of("zlib1.dll")
    ('libz', 'zlib', None)
    """
    lower = name.lower()
    ending = next((ending for ending in ENDINGS if lower.endswith(ending)), None)
    return lower.removesuffix(ending) or None if ending else None


def is_runtime(stem: str) -> bool:
    """Return whether a library is the toolchain's own business."""
    return _RUNTIME.fullmatch(stem) is not None


def judge(path: Path, stem: str, target: Target, style: Style) -> LibraryFile | Refused:
    """Return a library with its kind, or why the target's linker cannot take it."""
    try:
        data = _content(path)
        library = read_library(data)
    except OSError as error:
        return Refused(path, stem, error.strerror or str(error))
    except MalformedError as error:
        return Refused(path, stem, error.what)
    foreign = sorted(kind.value for kind in library.kinds if not _links(target, kind))
    if foreign:
        machines = " and ".join(foreign)
        return Refused(path, stem, f"it is for {machines}, not for {target.processor}")
    if library.sorts == {"other"}:
        return Refused(path, stem, "its members are not object files of Windows")
    is_import = path.name.lower().endswith((".dll.a", ".dll.lib")) or "import" in library.sorts
    kind: Linkage = "shared" if is_import else "static"
    why = _other_abi(symbol_names(data), kind, style)
    return Refused(path, stem, why) if why else LibraryFile(path, stem, kind)


def _content(path: Path) -> bytes:
    """Return what a file holds.

    :raises MalformedError: it is larger than a library.
    """
    if path.stat().st_size > MAX_SIZE:
        raise MalformedError(f"it is larger than {MAX_SIZE} bytes")
    return path.read_bytes()


def _links(target: Target, kind: Kind) -> bool:
    """Return whether the target's linker takes objects of `kind`; ARM64X brings both kinds."""
    return loads(target, kind) or kind is Kind.ARM64EC


def symbol_names(data: bytes) -> list[bytes]:
    """Return the names in the first table of an archive: what its members define."""
    size = data[56:66].strip()
    if data[:8] != b"!<arch>\n" or data[8:10] != b"/ " or not size.isdigit():
        return []
    table = data[68 : 68 + min(int(size), MAX_TABLE)]
    count = int.from_bytes(table[:4], "big")
    return table[4 + 4 * count :].rstrip(b"\0").split(b"\0")


def _other_abi(symbols: Iterable[bytes], kind: Linkage, style: Style) -> str:
    """Return why C++ of the other ABI makes a library useless; empty where it does not.

    A DLL with functions of C serves every compiler, whatever is inside. A static library brings
    its C++ code with it, which needs the C++ runtime of its own compiler.
    """
    plain = [name.removeprefix(b"__imp_") for name in symbols if name]
    # MSVC writes texts and numbers as symbols of C++ for C, too.
    microsoft = [n for n in plain if n.startswith(b"?") and not n.startswith(b"??_C@")]
    itanium = [n for n in plain if n.startswith(b"_Z")]
    has_c = any(not name.startswith((b"?", b"_Z", *_OF_EVERY_LIBRARY)) for name in plain)
    if not (microsoft if style == "gnu" else itanium) or (kind == "shared" and has_c):
        return ""
    made_by, wanted = ("MSVC", "MinGW") if style == "gnu" else ("MinGW", "MSVC")
    return f"it is C++ with {made_by}'s ABI, and the toolchain has {wanted}'s"


#: Symbols that every import library has.
_OF_EVERY_LIBRARY = (b"__IMPORT_DESCRIPTOR_", b"__NULL_IMPORT_DESCRIPTOR", b"\x7f")


def names_of(stem: str) -> tuple[str, ...]:
    """Return the names under which projects ask for the library of this file name.

    >>> names_of("libxml2"), names_of("libcrypto")
    (('libxml2', 'xml2'), ('libcrypto', 'crypto', 'libeay32', 'liblibeay32'))
    """
    plain = stem.removeprefix("lib") or stem
    base = _STATIC.sub("", plain) or plain
    synonyms = next((group for group in _SYNONYMS if base in group), ())
    plain_names = (base, *synonyms)
    return tuple(dict.fromkeys((stem, plain, *plain_names, *(f"lib{one}" for one in plain_names))))


def unversioned(stem: str) -> str:
    """Return a library's name without a version; projects ask for `png` where `png16` is there.

    >>> unversioned("libpng16"), unversioned("libffi-8"), unversioned("libyaml")
    ('png', 'ffi', 'yaml')
    """
    plain = stem.removeprefix("lib") or stem
    return _VERSION.sub("", _STATIC.sub("", plain) or plain)


def by_name(prefixes: Iterable[Sequence[LibraryFile]], linkage: Linkage) -> dict[str, LibraryFile]:
    """Return the library that each name means.

    Of one name, the prefix that is named first comes first, as its headers do; then the kind that
    `linkage` says; then the file whose own name is nearer.
    """
    exact: list[tuple[tuple[int, bool, int], str, LibraryFile]] = []
    loose: list[tuple[tuple[int, bool, int], str, LibraryFile]] = []
    for order, libraries in enumerate(prefixes):
        for library in libraries:
            other_kind = library.linkage != linkage
            for position, name in enumerate(names_of(library.stem)):
                exact.append(((order, other_kind, position), name, library))
            loose.append(((order, other_kind, 0), unversioned(library.stem), library))
    found: dict[str, LibraryFile] = {}
    # Loose ones last: `pcre` is not `pcre2` where both are there.
    for _, name, library in (*sorted(exact, key=itemgetter(0)), *sorted(loose, key=itemgetter(0))):
        found.setdefault(name, library)
    return found
