"""Where Windows finds the DLLs that an image needs, among the members of a wheel or folder.

A module's DLLs are looked for in its own folder, in folders that code has added, and in Windows
(CPython's Python/dynload_win.c; "Dynamic-link library search order" in Microsoft's documentation).
DLLs that are loaded already are found by their name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from winarm.target import WIN_ARM64
from winarm.verify.dlls import Origin, is_never_bundled, origin_of
from winarm.verify.python_code import SEARCH_WORDS, UNREADABLE, Code, Does, Step, read_code
from winarm.verify.python_paths import UNKNOWN, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winarm.coff.image import Image
    from winarm.target import Target

#: Bytes of one Python file, and of all that are looked through.
_MOST_SOURCE = 2**20
_MOST_READ = 64 * 2**20
#: What it costs to read a file, beside its bytes.
_READING = 2**11
#: Bytes of files that are kept, since most are looked through more than once or not at all.
_MOST_KEPT = 8 * 2**20
#: Paths in code that are compared with the place of a DLL.
_MOST_COMPARED = 300_000
#: What a syntax tree has about as many nodes as, and how many of these one file and all files that
#: are parsed may have: half a million lines of one letter take seconds and hundreds of MiB. The
#: largest published file that loads DLLs has 41,000, the largest wheel 180,000.
_PIECES = (b"\n", b",", b";", b"(", b".", b"=", b"+", b"-", b"*", b"[", b"{")
_MOST_PIECES = 60_000
_MOST_PIECES_IN_ALL = 400_000
#: Folders of code that no import of the package runs.
_TEST_FOLDERS = frozenset({
    "benchmark", "benchmarks", "demo", "demos", "docs", "example", "examples", "samples", "test",
    "test_data", "testdata", "testing", "tests",
})  # fmt: skip
_WORD = re.compile(r"\w+")
#: So many names are looked for one by one in a file, before it is taken apart into words.
_FEW_NAMES = 32
#: Modules that import one another, one in the other.
_DEEPEST_IMPORT = 40
#: In compiled code: the names of the functions that extend the search.
_COMPILED_WORDS = (b"add_dll_directory", b"AddDllDirectory")
#: Modules of Python whose import loads DLLs from Python's own folder.
_LOADED_BY = {
    "libcrypto": ("ssl", "hashlib"),
    "libssl": ("ssl",),
    "libffi": ("ctypes",),
    "sqlite3": ("sqlite3",),
    "tcl": ("tkinter",),
    "tk": ("tkinter",),
    "zlib1": ("zlib",),
}
_MODULES_OF_PYTHON = frozenset(chain.from_iterable(_LOADED_BY.values()))


class Found(IntEnum):
    """How sure it is that Windows finds a DLL of the wheel."""

    NOT = 0
    MAYBE = 1
    YES = 2


class Located(NamedTuple):
    """The member that is meant by a DLL's name, and whether Windows finds it there."""

    member: str
    found: Found


@dataclass(frozen=True)
class _Run:
    """The files that have been imported, and the functions of theirs that have not run."""

    seen: set[str] = field(default_factory=set)
    functions: dict[str, list[tuple[Step, ...]]] = field(default_factory=dict)


class Searched(Protocol):
    """What is searched: the part of a `Subject` that this needs."""

    @property
    def target(self) -> Target:
        """Return the subject's `target`."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return the subject's `sizes`."""

    @property
    def images(self) -> Mapping[str, Image]:
        """Return the subject's `images`."""

    @property
    def natives(self) -> Mapping[str, object]:
        """Return the subject's `natives`."""

    @property
    def impostors(self) -> Mapping[str, object]:
        """Return the subject's `impostors`."""

    @property
    def damaged(self) -> Mapping[str, str]:
        """Return the subject's `damaged`."""

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all files."""

    @property
    def owners(self) -> Mapping[str, str]:
        """Return the subject's `owners`."""

    @property
    def may_read(self) -> bool:
        """Return whether members can be read again."""

    def read(self, member: str) -> bytes:
        """Return a member's content again; nothing where it cannot be read."""


class DllSearch:
    """Finds the members that images of a subject import."""

    def __init__(self, subject: Searched) -> None:
        self._subject = subject
        self._located: dict[tuple[str, str, str], Located | None] = {}
        self._codes: dict[str, Code | None] = {}
        self._searching: dict[str, bool] = {}
        self._words: dict[str, bool] = {}
        self._foreign: dict[tuple[str, ...], bool] = {}
        self._bringers: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
        self._read = self._parsed = self._compared = 0
        self._kept: dict[str, bytes] = {}
        self._keeping = _MOST_KEPT

    @cached_property
    def _by_file(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for members in (self._subject.images, self._subject.impostors, self._subject.damaged):
            for member in members:
                found[member.rpartition("/")[2].lower()].append(member)
        return found

    def located(self, importer: str, file: str) -> Located | None:
        """Return the member that an image gets when it imports `file` (in lower case), or None."""
        folder = importer.rpartition("/")[0]
        owner = self._subject.owners.get(importer, "")
        module = importer if importer.lower().endswith(".pyd") else ""
        key = (module or folder, owner, file)
        if key not in self._located:
            self._located[key] = self._locate(module, folder, owner, file)
        return self._located[key]

    def _locate(self, module: str, folder: str, owner: str, file: str) -> Located | None:
        if is_never_bundled(file, self._subject.target):
            return None
        candidates = self._by_file.get(file)
        if not candidates:
            return None
        own = installed(f"{folder}/x" if folder else "x")[:-1]
        for member in candidates:
            if installed(member)[:-1] == own:
                return Located(member, Found.YES)
        found = [Located(member, self._found(module, own, member)) for member in candidates]
        # A distribution's own DLL before another's, then one that fits.
        return max(
            found,
            key=lambda one: (
                one.found,
                bool(owner) and self._subject.owners.get(one.member) == owner,
                _is_own(own, one.member),
                self._fits(one.member),
            ),
        )

    def _fits(self, member: str) -> bool:
        image = self._subject.images.get(member)
        return image is not None and image.loads_on(self._subject.target)

    def _found(self, module: str, own: tuple[str, ...], member: str) -> Found:
        place = installed(member)
        if not self._subject.may_read or self._compared > _MOST_COMPARED:
            return Found.MAYBE
        if module and (sure := self._found_in_order(module, member)) is not None:
            return sure
        best = Found.NOT
        for source, code in self._near(own):
            best = max(best, self._by_code(source, code, place))
            if best is Found.YES:
                return best
        for source, code in self._all_codes:
            if self._by_code(source, code, place):
                return Found.MAYBE
        return best

    def _found_in_order(self, module: str, member: str) -> Found | None:  # noqa: C901 - a case each
        """Return whether a DLL is found when a module's package imports the module.

        None where it does not for certain, or where code before may add or load anything.
        """
        place = installed(member)
        package = installed(module)[:-1]
        added: set[Place] = set()
        unsure = any(True for _ in self._codes_of(self._started))
        run = _Run()
        for count in range(2, len(package) + 1):
            for step, compiled in self._steps(package[:count], run):
                does, what, certain = step
                if compiled == module:
                    if added:
                        return Found.YES
                    if certain:
                        return None if unsure else Found.NOT
                elif compiled:
                    if member in self._loaded_beside(compiled):
                        return Found.YES
                    unsure = unsure or self._has_word(compiled)
                elif does is Does.DROP:
                    added.discard(what)
                elif does is Does.ADD and what.fits(place[:-1]):
                    if certain:
                        return Found.YES
                    added.add(what)
                elif does is Does.LOAD and any(map(what.fits, self._bringing(place))):
                    return Found.YES if what.root or len(what.parts) > 1 else None
                else:
                    unsure = unsure or (does is not Does.IMPORT and what.is_unknown)
        return None

    def _steps(
        self, module: tuple[str, ...], run: _Run, *, certain: bool = True, depth: int = 0
    ) -> Iterator[tuple[Step, str]]:
        """Yield what importing a module of the wheel does, and each compiled module."""
        for file in self._importable.get(module, ()):
            if file.lower().endswith(".pyd"):
                yield Step(Does.IMPORT, UNKNOWN, certain), file
                continue
            if file in run.seen:
                continue
            run.seen.add(file)
            if file not in self._codes and self._parsed > _MOST_PIECES_IN_ALL // 2:
                # The rest is for code that has to do with DLLs.
                yield Step(Does.ADD, UNKNOWN), ""
                return
            code = self._code(file)
            if code is not None:
                yield from self._followed(code.steps, run, certain=certain, depth=depth)
                for name, steps in code.functions.items():
                    run.functions.setdefault(name, []).append(steps)

    def _followed(
        self, steps: Iterable[Step], run: _Run, *, certain: bool, depth: int
    ) -> Iterator[tuple[Step, str]]:
        """Yield steps, and those of the modules and of the functions that they lead to."""
        if depth > _DEEPEST_IMPORT:
            yield Step(Does.ADD, UNKNOWN), ""
            return
        for step in steps:
            parts = tuple(map(str, step.place.parts))
            if step.does is Does.IMPORT:
                sure = certain and step.certain
                for count in range(1, len(parts) + 1):
                    path = ("site", *parts[:count])
                    yield from self._steps(path, run, certain=sure, depth=depth + 1)
            elif step.does is Does.USE:
                for inner in run.functions.pop(parts[0], ()):
                    yield from self._followed(inner, run, certain=False, depth=depth + 1)
            else:
                yield step, ""

    @cached_property
    def _importable(self) -> Mapping[tuple[str, ...], list[str]]:
        """The files of each module, by its path without a suffix."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for folder, members in chain(self._sources.items(), self._modules.items()):
            for member in members:
                name = member.rpartition("/")[2].partition(".")[0]
                found[folder if name == "__init__" else (*folder, name)].append(member)
        return found

    def _bringing(self, place: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """Return a DLL's place, and those of the images in its folder that load it."""
        if place not in self._bringers:
            self._bringers[place] = frozenset(
                {
                    place,
                    *(
                        installed(image)
                        for image in self._by_folder.get(place[:-1], ())
                        if place in map(installed, self._loaded_beside(image))
                    ),
                }
            )
        return self._bringers[place]

    @cached_property
    def _by_folder(self) -> Mapping[tuple[str, ...], list[str]]:
        """The images, by their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.images:
            found[installed(member)[:-1]].append(member)
        return found

    @cached_property
    def _modules(self) -> Mapping[tuple[str, ...], list[str]]:
        """The extension modules that can be read, by their folder."""
        return {
            folder: [member for member in members if member.lower().endswith(".pyd")]
            for folder, members in self._by_folder.items()
        }

    def _loaded_beside(self, module: str) -> Iterator[str]:
        """Yield the DLLs in a module's folder that it loads."""
        folder = installed(module)[:-1]
        pending, seen = [module], {module}
        while pending:
            image = self._subject.images[pending.pop()]
            new = {
                member
                for item in image.imports
                if not item.delayed
                for member in self._by_file.get(item.file, ())
                if member in self._subject.images and installed(member)[:-1] == folder
            } - seen
            seen |= new
            pending += new
            yield from new

    def _by_code(self, source: str, code: Code, place: tuple[str, ...]) -> Found:
        self._compared += 1 + len(code.added) + len(code.loaded)
        if any(one.fits(place[:-1]) for one in code.added):
            return Found.YES
        places = self._bringing(place) if code.loaded else ()
        paths = [one for one in code.loaded if any(map(one.fits, places))]
        if any(one.root or len(one.parts) > 1 for one in paths):
            return Found.YES
        unknown = any(one.is_unknown for one in code.added)
        if not (unknown or paths) and any(one.is_unknown for one in code.loaded):
            # It may load anything, but it names what it looks for.
            text = self._text(source).lower()
            names = (place[-1].rpartition(".")[0], ".dll")
            unknown = any(name.lower().encode() in text for name in names)
        return Found.MAYBE if unknown or paths else Found.NOT

    def _near(self, own: tuple[str, ...]) -> Iterator[tuple[str, Code]]:
        """Yield the code in the packages around a module, and of .pth files."""
        for count in range(1, len(own) + 1):
            yield from self._codes_of(self._sources.get(own[:count], ()))
        yield from self._codes_of(self._started)

    @cached_property
    def _all_codes(self) -> tuple[tuple[str, Code], ...]:
        return tuple(self._codes_of(chain.from_iterable(self._sources.values())))

    @cached_property
    def _sources(self) -> Mapping[tuple[str, ...], list[str]]:
        """The Python files that may run, by their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.names:
            if member.endswith(".py") and not is_test_code(member):
                found[installed(member)[:-1]].append(member)
        for members in found.values():
            # What adds a folder is nearly always in the __init__.
            members.sort(key=lambda member: (not member.endswith("__init__.py"), member))
        return found

    @cached_property
    def _started(self) -> list[str]:
        """The .pth files that Python runs at its start, and the files that they import."""
        tops = [name for name in self._subject.names if len(installed(name)) == 2]  # noqa: PLR2004
        starts = [name for name in tops if name.endswith(".pth")]
        text = b"\n".join(map(self._text, starts))
        named = [
            member
            for members in self._sources.values()
            for member in members
            if starts and member.rpartition("/")[2].removesuffix(".py").encode() in text
        ]
        return [*starts, *named]

    def _codes_of(self, members: Iterable[str]) -> Iterator[tuple[str, Code]]:
        """Yield what those of some files do that have to do with DLLs."""
        for member in members:
            if self._read > _MOST_READ and member not in self._searching:
                # Not read, so it may add any folder.
                yield member, UNREADABLE
                return
            if member not in self._searching:
                text = self._text(member)
                self._searching[member] = any(word in text for word in SEARCH_WORDS)
            code = self._code(member) if self._searching[member] else None
            if code is not None:
                yield member, code

    def _code(self, member: str) -> Code | None:
        if member not in self._codes:
            self._codes[member] = self._parse(member, self._text(member))
        return self._codes[member]

    def _parse(self, member: str, text: bytes) -> Code | None:
        # Spaces between words, without those of an indentation.
        words = text.count(b" ") - 2 * text.count(b"  ")
        pieces = sum(map(text.count, _PIECES)) + max(0, words)
        self._parsed += pieces
        if pieces > _MOST_PIECES or self._parsed > _MOST_PIECES_IN_ALL:
            return UNREADABLE
        if member.endswith(".pth"):
            lines = (
                line for line in text.splitlines() if line.startswith((b"import ", b"import\t"))
            )
            text = b"\n".join(lines)
        machine = "ARM64" if self._subject.target == WIN_ARM64 else ""
        used = partial(self._used_beside, member)
        return read_code(installed(member)[1:], text, used, machine=machine)

    def _used_beside(self, member: str, functions: frozenset[str]) -> frozenset[str]:
        """Return the functions of a file whose names are in other files."""
        points = (one for one in self._subject.names if one.endswith("/entry_points.txt"))
        found: set[str] = set()
        for other in chain(chain.from_iterable(self._sources.values()), points):
            if other != member:
                found |= self._named(functions, other)
            if self._read > _MOST_READ:
                # Not looked at: the benefit of the doubt.
                return functions
        return frozenset(found)

    def _named(self, names: frozenset[str], member: str) -> frozenset[str]:
        """Return those of some names that are words of a file."""
        text = self._text(member)
        if len(names) <= _FEW_NAMES:
            # Most files have none; taking their words apart was two thirds of onnxruntime's time.
            names = frozenset(name for name in names if name.encode("utf-8", "replace") in text)
        return names.intersection(_WORD.findall(text.decode("utf-8", "replace")) if names else ())

    def _text(self, member: str) -> bytes:
        size = self._subject.sizes.get(member, 0)
        self._read += size + _READING
        if size > _MOST_SOURCE or self._read > _MOST_READ:
            return b""
        if member in self._kept:
            return self._kept[member]
        text = self._subject.read(member)
        self._keeping -= len(text) + _READING
        if self._keeping > 0:
            self._kept[member] = text
        return text

    def has_compiled_code(self, importer: str) -> bool:
        """Return whether compiled code of an image's packages may extend the search."""
        own = installed(importer)[:-1]
        return any(
            self._has_word(member)
            for count in range(len(own), 0, -1)
            for member in self._compiled.get(own[:count], ())
        )

    @cached_property
    def _compiled(self) -> Mapping[tuple[str, ...], list[str]]:
        """The compiled modules, by their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.names:
            if member.endswith((".pyc", ".pyd")) and not is_test_code(member):
                found[installed(member)[:-1]].append(member)
        return found

    def _has_word(self, member: str) -> bool:
        if member not in self._words:
            self._words[member] = self._looked_for(member)
        return self._words[member]

    def _looked_for(self, member: str) -> bool:
        self._read += self._subject.sizes.get(member, 0)
        if self._read > _MOST_READ:
            # Not looked at: the benefit of the doubt.
            return True
        content = self._subject.read(member)
        return any(word in content for word in _COMPILED_WORDS)

    def loader_of(self, member: str, *, at_once: bool = False) -> str | None:
        """Return a Python file that loads this very DLL by its path, or None.

        :param at_once: importing the file loads it.
        """
        place = installed(member)
        for source, code in self._all_codes:
            paths = code.loaded_at_once if at_once else frozenset(code.loaded)
            if any(one.is_exact and one.fits(place) for one in paths - code.tried):
                return source
        return None

    def loaded_of(self, members: Iterable[str]) -> tuple[str, ...]:
        """Return those of some DLLs that code of the wheel may load itself."""
        paths = {one for _, code in self._all_codes for one in code.loaded}
        if not self._subject.may_read or any(one.is_unknown for one in paths):
            return tuple(members)
        found = []
        for member in members:
            place = installed(member)
            # The suffix may be left out.
            bare = (*place[:-1], place[-1].removesuffix(".dll"))
            self._compared += len(paths)
            if self._compared > _MOST_COMPARED or any(
                one.fits(place) or one.fits(bare) for one in paths
            ):
                found.append(member)
        return tuple(found)

    @cached_property
    def has_loading_code(self) -> bool:
        """Return whether some Python file of the wheel loads DLLs itself."""
        return not self._subject.may_read or any(code.loaded for _, code in self._all_codes)

    def adds_foreign_folders(self, importer: str) -> bool:
        """Return whether code near an image adds folders that the wheel does not have."""
        own = installed(importer)[:-1]
        if own not in self._foreign:
            self._foreign[own] = any(
                one.is_unknown or not any(one.fits(folder) for folder in self._folders)
                for _, code in self._near(own)
                for one in code.added
            )
        return self._foreign[own]

    @cached_property
    def _folders(self) -> frozenset[tuple[str, ...]]:
        return frozenset(installed(member)[:-1] for member in self._subject.names)

    def is_optional(self, module: str) -> bool:
        """Return whether code imports a module where it can do without, and nowhere else."""
        name = module.rpartition("/")[2].partition(".")[0]
        optional = False
        for code in self._importing(name):
            if name in code.required:
                return False
            optional = optional or name in code.optional
        return optional

    def _importing(self, name: str) -> Iterator[Code]:
        """Yield the code of files that have a name in them."""
        if not self._subject.may_read:
            return
        of_python = name in _MODULES_OF_PYTHON
        for member in (self._users_of_python if of_python else self._users).get(name, ()):
            code = self._code(member)
            if code is not None:
                yield code

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        """The Python files that mention an extension module."""
        native = (*self._subject.natives, *chain.from_iterable(self._modules.values()))
        modules = frozenset(member.rpartition("/")[2].partition(".")[0] for member in native)
        return self._mentions(modules - _MODULES_OF_PYTHON)

    @cached_property
    def _users_of_python(self) -> Mapping[str, list[str]]:
        """The Python files that mention a module of Python with DLLs."""
        return self._mentions(_MODULES_OF_PYTHON)

    def _mentions(self, names: frozenset[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for members in self._sources.values():
            for member in members:
                for name in self._named(names, member):
                    found[name].append(member)
        return found

    def is_loaded_by_python(self, file: str) -> bool:
        """Return whether code imports a module of Python that loads this DLL of Python's own."""
        if origin_of(file, self._subject.target) is not Origin.PYTHON_OWN:
            return False
        names = next((names for stem, names in _LOADED_BY.items() if file.startswith(stem)), ())
        return any(
            name in code.required | code.optional
            for name in names
            for code in self._importing(name)
        )


def installed(member: str) -> tuple[str, ...]:
    """Return where a member is installed: `site` or `prefix`, and the path below it."""
    top, _, rest = member.partition("/")
    if not top.endswith(".data"):
        return ("site", *member.split("/"))
    part, _, below = rest.partition("/")
    if part in {"platlib", "purelib"}:
        return ("site", *below.split("/"))
    folder = {"scripts": ("Scripts",), "headers": ("Include",)}.get(part, ())
    parts = (*folder, *below.split("/"))
    if [one.lower() for one in parts[:2]] == ["lib", "site-packages"]:
        return ("site", *parts[2:])
    return ("prefix", *parts)


def _is_own(folder: tuple[str, ...], member: str) -> bool:
    """Return whether a member is in a folder's package, or in what delvewheel puts beside it."""
    package = folder[1:2]
    return installed(member)[1:2] in {package, tuple(f"{name}.libs" for name in package)}


def is_test_code(member: str) -> bool:
    """Return whether a file is a test, an example or the like: importing the package runs none."""
    *folders, name = member.lower().split("/")
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or name.startswith("test_")
        or name in {"conftest.py", "setup.py"}
    )


def reached(
    images: Mapping[str, Image], target: Target, search: DllSearch, roots: Iterable[str]
) -> frozenset[str]:
    """Return `roots` and all members that loading them loads."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        member = pending.pop()
        if member in found:
            continue
        found.add(member)
        image = images.get(member)
        if image is None or not image.loads_on(target):
            continue
        for needed in image.imports:
            located = None if needed.delayed else search.located(member, needed.file)
            if located is not None:
                pending.append(located.member)
    return frozenset(found)
